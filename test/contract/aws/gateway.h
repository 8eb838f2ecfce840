// A real S3 server (versitygw) on loopback, for one test; with one bucket named "bucket".
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>

#include "aws/s3_options.h"
#include "base/fd.h"
#include "base/tempdir.h"

namespace tabferry::aws {

class Gateway {
 public:
  Gateway() {
    std::filesystem::create_directories(temp_.path() / "root" / "bucket");
    std::filesystem::create_directories(temp_.path() / "side");
    ::setenv("AWS_ACCESS_KEY_ID", "testkey", 1);
    ::setenv("AWS_SECRET_ACCESS_KEY", "testsecret", 1);
    ::setenv("AWS_EC2_METADATA_DISABLED", "true", 1);
    for (int attempt = 0; attempt < 5 && !start(); ++attempt) {
    }  // someone else may have taken the port
    if (child_ < 0)
      throw std::runtime_error("versitygw did not start: is " + program() + " there (scripts/bootstrap test)?");
  }
  ~Gateway() { stop(); }

  std::filesystem::path bucket_folder() const { return temp_.path() / "root" / "bucket"; }
  uint16_t port() const { return port_; }

  S3Options options() const {
    S3Options options{.bucket = "bucket", .endpoint = "http://127.0.0.1:" + std::to_string(port_), .path_style = true};
    options.credentials = std::make_shared<Credentials>(CredentialsOptions{}, Connection{}, base::system_clock());
    options.memory = {.part_bytes = uint64_t{5} << 20, .connections = 4, .read_ahead_bytes = uint64_t{20} << 20};
    return options;
  }

 private:
  static std::string program() {
    const char* const set = std::getenv("TABFERRY_VERSITYGW");
    return set ? set : "versitygw";
  }

  static uint16_t free_port() {
    const base::Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{.sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
    socklen_t size = sizeof(address);
    ::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), size);
    ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
  }

  bool answers() const {
    const base::Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const sockaddr_in address{
        .sin_family = AF_INET, .sin_port = htons(port_), .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
    return ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  }

  bool start() {
    port_ = free_port();
    const std::string port = "127.0.0.1:" + std::to_string(port_), root = temp_.path() / "root",
                      side = temp_.path() / "side", name = program();
    child_ = ::fork();
    if (child_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      ::setenv("ROOT_ACCESS_KEY", "testkey", 1);
      ::setenv("ROOT_SECRET_KEY", "testsecret", 1);
      const int log = ::open((temp_.path() / "log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
      ::dup2(log, 1);
      ::dup2(log, 2);
      ::execlp(name.c_str(), "versitygw", "--port", port.c_str(), "--keep-alive", "--quiet", "posix", "--sidecar",
               side.c_str(), root.c_str(), nullptr);
      ::_exit(127);
    }
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (std::chrono::steady_clock::now() < until) {
      if (::waitpid(child_, nullptr, WNOHANG) == child_) break;
      if (answers()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    stop();
    return false;
  }

  void stop() {
    if (child_ <= 0) return;
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
    child_ = -1;
  }

  base::TempDir temp_{base::default_temp_parent()};
  uint16_t port_ = 0;
  pid_t child_ = -1;
};

}  // namespace tabferry::aws
