#include "hyper/find_engine.h"

#include <algorithm>
#include <cstdlib>

#include "base/error.h"
#include "base/text.h"
#include "hyper/engine.h"

namespace fs = std::filesystem;
using tabferry::base::ErrorKind;

namespace tabferry::hyper {
namespace {

constexpr std::string_view kInWheel = "tableauhyperapi/bin/hyper/hyperd";
constexpr std::string_view kCure = "Get it with: pip install tableauhyperapi (x86-64 Linux), or name it with --engine FILE or "
                                   "TABFERRY_HYPERD=FILE (the program, or a folder that holds it)";

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool is_file(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

// Newest first: "python3.13" before "python3.9".
bool by_version(const fs::path& a, const fs::path& b) {
  const std::string left = a.filename().string(), right = b.filename().string();
  return left.size() != right.size() ? left.size() > right.size() : left > right;
}

// LIB/python3*/WHAT
void add_pythons(const fs::path& lib, std::string_view what, std::vector<fs::path>& places) {
  std::vector<fs::path> pythons;
  std::error_code error;
  for (fs::directory_iterator at(lib, error), end; !error && at != end; at.increment(error))
    if (at->path().filename().string().starts_with("python3")) pythons.push_back(at->path());
  std::sort(pythons.begin(), pythons.end(), by_version);
  for (const auto& python : pythons) places.push_back(python / what / kInWheel);
}

// The libraries of the first python3 on the PATH: beside the link that is there (a virtual environment), and beside what
// it points to.
void add_python_on_path(const std::string& path, std::vector<fs::path>& places) {
  for (const auto folder : base::split(path, ':')) {
    const fs::path python = fs::path(folder) / "python3";
    if (!python.is_absolute() || !is_file(python)) continue;
    add_pythons(python.parent_path().parent_path() / "lib", "site-packages", places);
    std::error_code error;
    const fs::path real = fs::canonical(python, error);
    if (!error) add_pythons(real.parent_path().parent_path() / "lib", "site-packages", places);
    return;
  }
}

void add_beside(const fs::path& own_program, std::vector<fs::path>& places) {
  const fs::path folder = own_program.parent_path();
  if (folder.empty()) return;
  for (const auto* beside : {"hyperd", "hyper/hyperd", "../lib/tabferry/hyper/hyperd"}) places.push_back(folder / beside);
  places.push_back(folder / "../../.deps" / kInWheel);   // build/release/tabferry of a checkout
}

// What a named place may mean: the program, or a folder somewhere above it.
fs::path in_named_place(const std::string& place, std::string_view who_named_it) {
  const fs::path named = fs::absolute(place);
  for (const std::string_view below : {std::string_view{}, std::string_view("hyperd"), std::string_view("hyper/hyperd"),
                                       std::string_view("bin/hyper/hyperd"), kInWheel}) {
    const fs::path candidate = below.empty() ? named : named / below;
    if (is_file(candidate)) return candidate.lexically_normal();
  }
  base::fail(ErrorKind::not_found, "{} names {}, but there is no hyperd. {}", who_named_it, base::quoted(place), kCure);
}

}  // namespace

Surroundings surroundings_of_this_process() {
  std::error_code error;
  return {.own_program = fs::read_symlink("/proc/self/exe", error),
          .engine_variable = variable("TABFERRY_HYPERD"),
          .virtual_env = variable("VIRTUAL_ENV"),
          .home = variable("HOME"),
          .path = variable("PATH")};
}

std::vector<fs::path> usual_places(const Surroundings& around) {
  std::vector<fs::path> places;
  add_beside(around.own_program, places);
  if (!around.virtual_env.empty()) add_pythons(fs::path(around.virtual_env) / "lib", "site-packages", places);
  add_python_on_path(around.path, places);
  if (!around.home.empty()) add_pythons(fs::path(around.home) / ".local/lib", "site-packages", places);
  places.push_back(around.root / "usr/lib/python3/dist-packages" / kInWheel);
  add_pythons(around.root / "usr/local/lib", "site-packages", places);
  add_pythons(around.root / "usr/local/lib", "dist-packages", places);
  for (auto& place : places) place = place.lexically_normal();
  std::vector<fs::path> once;
  for (const auto& place : places)
    if (std::find(once.begin(), once.end(), place) == once.end()) once.push_back(place);
  return once;
}

fs::path find_engine(const std::string& flag, const Surroundings& around) {
  if (!flag.empty()) return in_named_place(flag, "--engine");
  if (!around.engine_variable.empty()) return in_named_place(around.engine_variable, "TABFERRY_HYPERD");
  std::vector<std::string> tried;
  for (const auto& place : usual_places(around)) {
    if (is_file(place)) return place;
    tried.push_back("  " + place.string());
  }
  base::fail(ErrorKind::not_found, "the extract engine (hyperd) is not found. {}. Places tried:\n{}", kCure,
             base::join(tried, "\n"));
}

fs::path find_engine(const std::string& flag) { return find_engine(flag, surroundings_of_this_process()); }

}  // namespace tabferry::hyper
