#include "hyper/find_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/error.h"
#include "base/tempdir.h"

namespace fs = std::filesystem;
using testing::HasSubstr;

namespace tabferry::hyper {
namespace {

constexpr const char* kWheel = "tableauhyperapi/bin/hyper/hyperd";

class FindEngine : public testing::Test {
 protected:
  fs::path make(const fs::path& below) {
    const fs::path file = root() / below;
    fs::create_directories(file.parent_path());
    std::ofstream(file) << "engine";
    return file;
  }
  const fs::path& root() const { return folder_.path(); }

  // A machine on which nothing is found, with every place below the test's folder.
  Surroundings around() const {
    return {.own_program = root() / "checkout/build/release/tabferry",
            .virtual_env = (root() / "venv").string(),
            .home = (root() / "home").string(),
            .path = "/nonexistent:relative:" + (root() / "opt/bin").string(),
            .root = root()};
  }

  std::string failure(const std::string& flag, const Surroundings& where) {
    try {
      const auto found = find_engine(flag, where);
      ADD_FAILURE() << "found " << found;
    } catch (const base::Error& error) {
      EXPECT_EQ(error.kind(), base::ErrorKind::not_found);
      return error.what();
    }
    return "";
  }

 private:
  base::TempDir folder_{base::default_temp_parent()};
};

TEST_F(FindEngine, TheFlagGoesBeforeTheVariableAndThatBeforeAllElse) {
  const auto flag = make("flag/hyperd"), variable = make("variable/hyperd"), beside = make("checkout/build/release/hyperd");
  auto where = around();
  EXPECT_EQ(find_engine("", where), beside);
  where.engine_variable = variable.string();
  EXPECT_EQ(find_engine("", where), variable);
  EXPECT_EQ(find_engine(flag.string(), where), flag);
}

TEST_F(FindEngine, ANamedPlaceMayBeAFolderAboveIt) {
  const auto in_wheel = make(fs::path("site") / kWheel);
  for (const auto* folder : {"site", "site/tableauhyperapi", "site/tableauhyperapi/bin", "site/tableauhyperapi/bin/hyper"})
    EXPECT_EQ(find_engine((root() / folder).string(), around()), in_wheel) << folder;
}

TEST_F(FindEngine, ARelativeNameBecomesAbsolute) {
  const auto file = make("engines/hyperd");
  const auto relative = fs::proximate(file).string();
  EXPECT_EQ(find_engine(relative, around()), file);
}

TEST_F(FindEngine, ANamedPlaceWithoutItIsAnErrorThoughAnotherHasIt) {
  make("checkout/build/release/hyperd");
  auto where = around();
  EXPECT_THAT(failure("/nonexistent/hyperd", where), HasSubstr("--engine names '/nonexistent/hyperd'"));
  where.engine_variable = "/nonexistent/hyperd";
  EXPECT_THAT(failure("", where), HasSubstr("TABFERRY_HYPERD names '/nonexistent/hyperd'"));
}

TEST_F(FindEngine, PlacesInTheirOrder) {
  fs::create_directories(root() / "opt/bin");
  make("opt/bin/python3");
  const std::vector<fs::path> order{
      "checkout/build/release/hyperd", "checkout/build/release/hyper/hyperd", "checkout/build/lib/tabferry/hyper/hyperd",
      fs::path("checkout/.deps") / kWheel,
      fs::path("venv/lib/python3.11/site-packages") / kWheel,
      fs::path("opt/lib/python3.13/site-packages") / kWheel,
      fs::path("opt/lib/python3.9/site-packages") / kWheel,
      fs::path("home/.local/lib/python3.11/site-packages") / kWheel,
      fs::path("usr/lib/python3/dist-packages") / kWheel,
      fs::path("usr/local/lib/python3.11/site-packages") / kWheel,
      fs::path("usr/local/lib/python3.11/dist-packages") / kWheel};
  for (const auto& place : order) make(place);
  for (const auto& place : order) {
    EXPECT_EQ(find_engine("", around()), root() / place);
    fs::remove(root() / place);
  }
  failure("", around());
}

TEST_F(FindEngine, TheEnvironmentOfALinkedPythonGoesBeforeThePythonItLinksTo) {
  make("real/bin/python3.11");
  fs::create_directories(root() / "opt/bin");
  fs::create_symlink(root() / "real/bin/python3.11", root() / "opt/bin/python3");
  const auto real = make(fs::path("real/lib/python3.11/site-packages") / kWheel);
  EXPECT_EQ(find_engine("", around()), real);
  const auto linked = make(fs::path("opt/lib/python3.11/site-packages") / kWheel);
  EXPECT_EQ(find_engine("", around()), linked);
}

TEST_F(FindEngine, TheMessageNamesThePlacesAndTheCures) {
  const auto message = failure("", around());
  EXPECT_THAT(message, HasSubstr((root() / "checkout/.deps" / kWheel).string()));
  EXPECT_THAT(message, HasSubstr((root() / "checkout/build/release/hyperd").string()));
  EXPECT_THAT(message, HasSubstr("pip install tableauhyperapi"));
  EXPECT_THAT(message, HasSubstr("--engine"));
  EXPECT_THAT(message, HasSubstr("TABFERRY_HYPERD"));
}

TEST_F(FindEngine, AFolderOfThatNameIsNoEngine) {
  fs::create_directories(root() / "checkout/build/release/hyperd");
  const auto beside = make("checkout/build/release/hyper/hyperd");
  EXPECT_EQ(find_engine("", around()), beside);
}

}  // namespace
}  // namespace tabferry::hyper
