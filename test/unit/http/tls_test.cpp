// Certificates, against a real TLS server: `openssl s_server` with a certificate made for the occasion.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "base/error.h"
#include "base/tempdir.h"
#include "http/client.h"
#include "support/fake_clock.h"
#include "support/scripted_server.h"

extern char** environ;

namespace tabferry::http {
namespace {

using namespace std::chrono_literals;
using base::ErrorKind;
using ::testing::AllOf;
using ::testing::HasSubstr;

// A program with its output on a pipe; ended when this dies.
class Program {
 public:
  explicit Program(std::vector<std::string> words) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) base::fail_errno(errno, "making a pipe");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    std::vector<char*> argv;
    for (auto& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    const int error = ::posix_spawnp(&pid_, argv[0], &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    output_ = ::fdopen(ends[0], "r");
    if (error != 0) base::fail_errno(error, "starting " + words[0]);
  }
  ~Program() {
    ::kill(pid_, SIGKILL);
    wait();
    ::fclose(output_);
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  int wait() {
    int status = 0;
    return ::waitpid(pid_, &status, 0) == pid_ ? status : -1;
  }
  // The next line that starts with this; "" where the output ends first.
  std::string line_with(const std::string& beginning) {
    char line[1000];
    while (::fgets(line, sizeof line, output_) != nullptr)
      if (std::string(line).starts_with(beginning)) return line;
    return "";
  }

 private:
  pid_t pid_ = -1;
  FILE* output_ = nullptr;
};

class Tls : public ::testing::Test {
 protected:
  Tls() {
    EXPECT_EQ(Program({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                       "-keyout", key(), "-out", certificate(), "-days", "2", "-subj", "/CN=tabferry-test", "-addext",
                       "subjectAltName=DNS:localhost"})
                  .wait(),
              0)
        << "openssl (the command) is needed to make a certificate";
    server_.emplace(std::vector<std::string>{"openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", certificate(),
                                             "-key", key(), "-www"});
    const std::string line = server_->line_with("ACCEPT ");
    port_ = line.substr(line.rfind(':') + 1);
    port_.erase(port_.find_last_not_of(" \r\n") + 1);
  }

  std::string key() const { return (folder_.path() / "key.pem").string(); }
  std::string certificate() const { return (folder_.path() / "cert.pem").string(); }

  base::Error error_of(const std::string& url, NetworkOptions network) {
    try {
      Client(std::move(network), {.attempts = 2}, clock_).send({.url = url, .may_repeat = true}, {});
    } catch (const base::Error& error) {
      return error;
    }
    return {ErrorKind::bug, "no failure"};
  }

  base::TempDir folder_{base::default_temp_parent()};
  std::optional<Program> server_;
  std::string port_;
  test::FakeClock clock_;
};

TEST_F(Tls, RefusesACertificateThatNobodyVouchesFor) {
  const auto error = error_of("https://localhost:" + port_ + "/", {});
  EXPECT_EQ(error.kind(), ErrorKind::denied);
  EXPECT_THAT(error.what(),
              AllOf(HasSubstr("the certificate of localhost:" + port_), HasSubstr("self"), HasSubstr("SSL_CERT_FILE")));
  EXPECT_TRUE(clock_.slept().empty()) << "trying again does not help";
}

TEST_F(Tls, AcceptsTheCertificateOfTheCaBundle) {
  const Response response = Client({.ca_bundle = certificate()}, {.attempts = 1}, clock_)
                                .send({.url = "https://localhost:" + port_ + "/", .may_repeat = true}, {});
  EXPECT_EQ(response.status, 200);
}

TEST_F(Tls, RefusesACertificateOfAnotherHost) {
  const auto error = error_of("https://127.0.0.1:" + port_ + "/", {.ca_bundle = certificate()});
  EXPECT_EQ(error.kind(), ErrorKind::denied);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("127.0.0.1"), HasSubstr("not accepted")));
}

TEST_F(Tls, NamesACaBundleThatIsMissing) {
  const auto error = error_of("https://localhost:" + port_ + "/", {.ca_bundle = "/nowhere/ca.pem"});
  EXPECT_EQ(error.kind(), ErrorKind::config);
  EXPECT_THAT(error.what(), HasSubstr("/nowhere/ca.pem"));
}

// Were SIGPIPE raised, this program would end here: nothing in it ignores the signal.
TEST_F(Tls, AFarSideThatDiesWhileWeSendIsAFailure) {
  Client client({.ca_bundle = certificate()}, {.attempts = 1}, clock_);
  Request request{.method = "PUT", .url = "https://localhost:" + port_ + "/", .body = text_body(std::string(16'000'000, 'x'))};
  request.on_sent = [&](uint64_t) { server_.reset(); };
  try {
    client.send(request, {});
    ADD_FAILURE() << "an answer came";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::transient);
    EXPECT_FALSE(client.outcome_unknown());
  }
}

TEST_F(Tls, SaysThatAPortSpeaksNoTls) {
  test::ScriptedServer plain;
  plain.expect("", "*").answer_unread("HTTP/1.1 400 Bad Request\r\n\r\n").times(2);
  const auto error = error_of("https://" + plain.host() + "/", {});
  EXPECT_EQ(error.kind(), ErrorKind::transient);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("TLS handshake"), HasSubstr("http:// instead of https://")));
}

}  // namespace
}  // namespace tabferry::http
