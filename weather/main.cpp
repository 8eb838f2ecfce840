// tabferry-weather: the door. Arguments in, exit code out.
#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>
#include <random>

#include "base/error.h"
#include "weather/listener.h"
#include "weather/units.h"

namespace {

using namespace tabferry;

constexpr const char* kExamples = R"(KIND is one of
  reset-before          RST when the request's head is complete; nothing is forwarded
  cut-before            the same with a clean close
  reset-in-request      the head and --fault-bytes of the body go to the server, then RST to both sides
  reset-after-request   the server gets all and answers (it has acted); the client gets RST and no byte
  cut-in-answer         the answer's head and --fault-bytes of its body, then a clean close: a short body
  reset-in-answer       the same with RST
  stall                 the same, and then nothing for ever; the connection stays open
  mute                  the server answers, the client never hears of it; the connection stays open
  slow:DURATION         the first byte of the answer waits that long (slow:1.5s)
  status-NNN            answered here, from 400 to 599; the server hears nothing of it
N counts the requests of all connections from 1 in the order in which their heads are complete; --only and --only-path
say which are counted (the others pass unharmed). KIND@N, KIND@N-M, KIND@N+ (from N on), KIND@P% (a chance each, by the
seed). The first --fault that falls on a request wins. Where a body is shorter than --fault-bytes, the fault comes at
its end. Interim answers (100 Continue) always pass.

Examples:
  tabferry-weather --to 127.0.0.1:7070 --latency 40ms --bandwidth 40MB/s
  tabferry-weather --to 127.0.0.1:7070 --fault reset-in-answer@5 --fault-bytes 100000 --only GET
  tabferry-weather --to 127.0.0.1:7070 --fault status-503@2% --seed 7
  tabferry-weather --to 127.0.0.1:7070 --kill pid.txt@3        that process dies at the third request

stdout: "weather on URL" and "seed S" when ready; at SIGINT or SIGTERM one line of JSON: what passed and what was done.
The same line answers each line on stdin meanwhile: a request is in it before any of it is forwarded.
Exit codes: 0 stopped as asked, 1 failed, 2 wrong usage.)";

struct Arguments {
  std::string to, latency = "0s", bandwidth;
  std::vector<std::string> faults, slow, kills;
  uint16_t port = 0;
  std::optional<uint64_t> seed;
  weather::Path path;
  weather::Plan plan;
};

void declare(CLI::App& app, Arguments& arguments) {
  app.add_option("--to", arguments.to, "The server: 127.0.0.1:PORT")->required();
  app.add_option("--port", arguments.port, "The port to listen on; 0 takes a free one")->capture_default_str();
  app.add_option("--latency", arguments.latency,
                 "A round trip: added to each new connection, and to each request before its answer's first byte");
  app.add_option("--bandwidth", arguments.bandwidth, "For each connection, each way (40MB/s); none: no limit");
  app.add_option("--fault", arguments.faults, "KIND@N; repeatable")->allow_extra_args(false);
  app.add_option("--fault-bytes", arguments.path.fault_bytes,
                 "How much of a body passes before a fault in it (as on the wire: chunk lines count)")
      ->capture_default_str();
  app.add_option("--slow", arguments.slow, "DURATION@N: short for --fault slow:DURATION@N")->allow_extra_args(false);
  app.add_option("--kill", arguments.kills,
                 "PID@N or FILE@N: SIGKILL to that process (or the one whose id the file then holds) when the head of "
                 "the N-th counted request is complete, before it is forwarded; repeatable")
      ->allow_extra_args(false);
  app.add_option("--only", arguments.plan.only_method, "Count only requests of this method");
  app.add_option("--only-path", arguments.plan.only_path, "Count only requests with this in their path");
  app.add_option("--seed", arguments.seed, "For the chances; a random one is taken, and told, without it");
}

weather::Kill parse_kill(const std::string& text) {
  const size_t at = text.rfind('@');
  if (at == std::string::npos || at == 0) base::fail(base::ErrorKind::usage, "write --kill PID@N or --kill FILE@N");
  return {text.substr(0, at), weather::parse_number(text.substr(at + 1), "request number")};
}

void understand(Arguments& arguments) {
  arguments.path.to = weather::parse_address(arguments.to);
  arguments.path.latency = weather::parse_duration(arguments.latency);
  if (!arguments.bandwidth.empty()) arguments.path.bytes_per_second = weather::parse_bandwidth(arguments.bandwidth);
  for (const auto& text : arguments.faults) arguments.plan.faults.push_back(weather::parse_fault(text));
  for (const auto& text : arguments.slow) arguments.plan.faults.push_back(weather::parse_fault("slow:" + text));
  for (const auto& text : arguments.kills) arguments.plan.kills.push_back(parse_kill(text));
  arguments.plan.seed = arguments.seed ? *arguments.seed : std::random_device()();
}

int serve(Arguments& arguments) {
  weather::block_stop_signals();
  std::signal(SIGPIPE, SIG_IGN);
  understand(arguments);
  weather::Ledger ledger(arguments.plan);
  weather::Listener listener(arguments.port, arguments.path, ledger);
  std::cout << "weather on " << listener.url() << "\nseed " << arguments.plan.seed << std::endl;
  const auto tell = [&ledger] { std::cout << ledger.to_json() << std::endl; };
  listener.run(tell);
  tell();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Bad network on one machine: stands between a client and a server of HTTP/1.1.", "tabferry-weather");
  app.footer(kExamples);
  app.set_version_flag("--version", TABFERRY_VERSION);
  Arguments arguments;
  declare(app, arguments);
  try {
    app.parse(argc, argv);
    return serve(arguments);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const base::Error& error) {
    std::cerr << "tabferry-weather: " << error.what() << "\n";
    return error.kind() == base::ErrorKind::usage ? 2 : 1;
  } catch (const std::exception& error) {
    std::cerr << "tabferry-weather: " << error.what() << "\n";
    return 1;
  }
}
