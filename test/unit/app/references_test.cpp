#include "app/references.h"

#include <sys/stat.h>

#include "config_fixture.h"

namespace tabferry::app {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

class References : public ConfigFixture {
 protected:
  std::string resolved(const std::string& reference) { return resolve_reference(reference, environment()).reveal(); }
  std::string error_for(const std::string& reference) { return message_of([&] { resolve_reference(reference,
      environment()); }); }
};

TEST_F(References, PlainTextIsItself) {
  for (const char* plain : {"hunter2", "ENV:X", "a env:X", " env:X"}) EXPECT_EQ(resolved(plain), plain);
}

TEST_F(References, EnvironmentVariables) {
  variables_ = {{"PAT", "s3cr3t"}, {"LINE", "s3cr3t\r\n"}, {"TWO", "a\n\n"}, {"EMPTY", ""}, {"END", "\n"}};
  EXPECT_EQ(resolved("env:PAT"), "s3cr3t");
  EXPECT_EQ(resolved("env:LINE"), "s3cr3t");
  EXPECT_EQ(resolved("env:TWO"), "a\n");
  EXPECT_EQ(error_for("env:NONE"), "env:NONE: the environment variable 'NONE' is not set");
  EXPECT_EQ(error_for("env:EMPTY"), "env:EMPTY: the environment variable is empty");
  EXPECT_EQ(error_for("env:END"), "env:END: the environment variable is empty");
  EXPECT_THAT(error_for("env:"), HasSubstr("env: needs the name of an environment variable"));
}

TEST_F(References, Files) {
  const auto file = put("pat", "s3cr3t\n").string();
  EXPECT_EQ(resolved("file:" + file), "s3cr3t");
  EXPECT_EQ(resolved("file://" + file), "s3cr3t");
  put("pat", " keeps spaces \n\n");
  EXPECT_EQ(resolved("file:" + file), " keeps spaces \n");
  put("pat", "\r\n");
  EXPECT_EQ(error_for("file:" + file), "file:pat: the file is empty");
  EXPECT_THAT(error_for("file:/none/x"), HasSubstr("file:/none/x: there is no such file (looked for '/none/x')"));
  EXPECT_THAT(error_for("file:"), HasSubstr("file: needs a path"));
}

TEST_F(References, OnlySmallRegularFiles) {
  const auto file = put("large", std::string(65536, 'x')).string();
  EXPECT_EQ(resolved("file:" + file).size(), 65536U);
  put("large", std::string(65537, 'x'));
  EXPECT_THAT(error_for("file:" + file), HasSubstr("is larger than 65.5 kB"));
  EXPECT_THAT(error_for("file:" + folder_.path().string()), HasSubstr("is no regular file"));
  const auto fifo = folder_.path() / "fifo";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_THAT(error_for("file:" + fifo.string()), HasSubstr("is no regular file"));
}

TEST_F(References, CredentialsDirectoryComesSecond) {
  put("credentials/pat", "from credentials");
  variables_["CREDENTIALS_DIRECTORY"] = (folder_.path() / "credentials").string();
  EXPECT_EQ(resolved("file:pat"), "from credentials");
  EXPECT_EQ(resolve_reference_of("x", "file:pat", folder_.path(), environment()).reveal(), "from credentials");
  put("pat", "from the config's folder");
  EXPECT_EQ(resolve_reference_of("x", "file:pat", folder_.path(), environment()).reveal(), "from the config's folder");
  EXPECT_THAT(error_for("file:none"),
      HasSubstr("file:none: there is no such file (looked for 'none', 'credentials/none')"));
}

TEST_F(References, ServicesAreNotBuiltYet) {
  EXPECT_EQ(error_for("secretsmanager:tableau/prod#PAT"),
      "secretsmanager: is not built yet; write env:NAME or file:PATH");
  EXPECT_EQ(error_for("ssm:/tableau/pat"), "ssm: is not built yet; write env:NAME or file:PATH");
}

TEST_F(References, MessagesNameTheOwnerAndNoSecret) {
  variables_["OTHER"] = "s3cr3t";
  const std::string message = message_of([&] { resolve_reference_of("auth.pat_secret of site prod", "env:PAT", "",
      environment()); });
  EXPECT_EQ(message, "auth.pat_secret of site prod: env:PAT: the environment variable 'PAT' is not set");
  EXPECT_THAT(message, Not(HasSubstr("s3cr3t")));
}

}  // namespace
}  // namespace tabferry::app
