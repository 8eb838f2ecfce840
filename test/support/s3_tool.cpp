// A hand on S3Store for tests that are written in another language: one call of the store a run.
//
//   s3_tool ENDPOINT BUCKET put KEY < bytes     {"key", "size", "etag"}; with --size N that length is announced
//   s3_tool ENDPOINT BUCKET get KEY > bytes     with --size N as listed, --if-match ETAG
//   s3_tool ENDPOINT BUCKET list PREFIX         an object a line
//   s3_tool ENDPOINT BUCKET stat KEY            the object, or null
//   s3_tool ENDPOINT BUCKET rm KEY...           "rm -": the keys are the lines of standard input
//   s3_tool ENDPOINT BUCKET cp FROM TO
//   s3_tool ENDPOINT BUCKET locked KEY          until when, or null
//   s3_tool ENDPOINT BUCKET abort PREFIX DAYS   how many uploads that are older were aborted
//   s3_tool ENDPOINT BUCKET rules PREFIX        {"readable", "why_not", "rules": how many, "threats": [...]}
//   s3_tool ENDPOINT BUCKET now
//   s3_tool ENDPOINT BUCKET keys                who we are: {"access_key_id", "token", "expires"}; the secret stays here
//
// ENDPOINT "": AWS. Flags, anywhere: --if-absent, --virtual-host, and with a value those of kValued. A failure is
// {"kind", "message"} on standard error and our exit code.
#include <cstdio>
#include <iostream>
#include <map>
#include <set>

#include "aws/s3_store.h"
#include "base/error.h"
#include "base/text.h"
#include "doc/json.h"
#include "store/lifecycle.h"

namespace tabferry {
namespace {

using doc::Json;

const std::set<std::string> kValued = {"size", "if-match", "region", "profile", "role-arn", "external-id", "sts", "ca-bundle", "proxy", "sse-kms", "storage-class",
                                       "lock-mode", "lock-until", "part-bytes", "stall-ms", "attempts"};

struct Arguments {
  std::vector<std::string> words;
  std::map<std::string, std::string> flags;

  Arguments(int count, char** values) {
    for (int i = 1; i < count; ++i) {
      const std::string word = values[i];
      if (!word.starts_with("--")) words.push_back(word);
      else if (!kValued.contains(word.substr(2))) flags[word.substr(2)] = "true";
      else if (++i < count) flags[word.substr(2)] = values[i];
    }
    if (words.size() < 3) base::fail(base::ErrorKind::usage, "s3_tool ENDPOINT BUCKET put|get|list|stat|rm|cp|keys ...");
  }
  std::string flag(const std::string& name) const { return flags.contains(name) ? flags.at(name) : ""; }
  std::optional<uint64_t> number(const std::string& name) const { return flags.contains(name) ? std::optional<uint64_t>(std::stoull(flags.at(name))) : std::nullopt; }
  const std::string& operand(size_t i) const {
    if (words.size() <= 3 + i) base::fail(base::ErrorKind::usage, "{} wants another operand", words[2]);
    return words[3 + i];
  }
};

aws::S3Options options_of(const Arguments& arguments) {
  aws::S3Options options{.bucket = arguments.words[1], .region = arguments.flag("region"), .endpoint = arguments.words[0], .path_style = !arguments.flags.contains("virtual-host")};
  options.sse_kms_key_id = arguments.flag("sse-kms");
  options.storage_class = arguments.flag("storage-class");
  options.lock_mode = arguments.flag("lock-mode");
  options.connection.network.ca_bundle = arguments.flag("ca-bundle");
  options.connection.network.proxy = arguments.flag("proxy");
  if (const auto stall = arguments.number("stall-ms")) options.connection.network.stall_timeout = std::chrono::milliseconds(*stall);
  if (const auto attempts = arguments.number("attempts")) options.connection.retry.attempts = static_cast<int>(*attempts);
  options.memory = {.part_bytes = arguments.number("part-bytes").value_or(uint64_t{5} << 20), .connections = 4};
  const aws::CredentialsOptions who{.profile = arguments.flag("profile"), .role_arn = arguments.flag("role-arn"), .external_id = arguments.flag("external-id"),
                                    .region = options.region.empty() ? "us-east-1" : options.region, .sts_endpoint = arguments.flag("sts")};
  options.credentials = std::make_shared<const aws::Credentials>(who, options.connection, base::system_clock());
  return options;
}

Json json_of(const store::Object& object) { return Json{{"key", object.key}, {"size", object.size_bytes}, {"etag", object.etag}, {"modified_at", base::iso_time(object.modified_at)}}; }

void put(const store::Store& store, const Arguments& arguments) {
  store::CreateOptions options{.if_absent = arguments.flags.contains("if-absent"), .if_match = arguments.flag("if-match"), .size_bytes = arguments.number("size")};
  if (arguments.flags.contains("lock-until")) options.locked_until = base::parse_iso_time(arguments.flag("lock-until"));
  const auto sink = store.create(arguments.operand(0), options);
  std::string block(1 << 20, '\0');
  while (std::cin.read(block.data(), static_cast<std::streamsize>(block.size())) || std::cin.gcount() > 0)
    sink->write(std::string_view(block).substr(0, static_cast<size_t>(std::cin.gcount())));
  sink->commit();
  std::cout << doc::to_line(json_of(sink->object())) << '\n';
}

void get(const store::Store& store, const Arguments& arguments) {
  const auto source = store.open(arguments.operand(0), {.if_match = arguments.flag("if-match"), .size_bytes = arguments.number("size")});
  std::string block(1 << 20, '\0');
  while (const size_t got = source->read(block)) std::cout.write(block.data(), static_cast<std::streamsize>(got));
}

void remove(const store::Store& store, const Arguments& arguments) {
  std::vector<std::string> keys(arguments.words.begin() + 3, arguments.words.end());
  if (keys == std::vector<std::string>{"-"}) {
    keys.clear();
    for (std::string key; std::getline(std::cin, key);) keys.push_back(key);
  }
  store.remove(keys);
}

void show_rules(const store::Store& store, const std::string& prefix) {
  const auto lifecycle = store.lifecycle_rules();
  Json shown{{"readable", lifecycle.readable}, {"offered", lifecycle.offered}, {"why_not", lifecycle.why_not}, {"rules", lifecycle.rules.size()}, {"threats", Json::array()}};
  for (const auto& threat : store::threats_to(lifecycle, prefix)) shown["threats"].push_back(threat.rule + " " + threat.deed);
  std::cout << doc::to_line(shown) << '\n';
}

// False where there is no such command.
bool look_after(const store::Store& store, const Arguments& arguments, const std::string& command) {
  if (command == "locked") {
    const auto until = store.locked_until(arguments.operand(0));
    std::cout << (until ? doc::to_line(Json(base::iso_time(*until))) : "null") << '\n';
  } else if (command == "abort") {
    std::cout << store.abort_uploads(arguments.operand(0), std::chrono::hours(24 * std::stoll(arguments.operand(1)))) << '\n';
  } else if (command == "rules") {
    show_rules(store, arguments.operand(0));
  } else if (command == "now") {
    std::cout << doc::to_line(Json(base::iso_time(store.now()))) << '\n';
  } else {
    return false;
  }
  return true;
}

void show_keys(const aws::S3Options& options) {
  const auto keys = options.credentials->keys({});
  Json shown{{"access_key_id", keys.access_key_id}, {"token", !keys.session_token.reveal().empty()}, {"expires", nullptr}};
  if (keys.expires) shown["expires"] = base::iso_time(*keys.expires);
  std::cout << doc::to_line(shown) << '\n';
}

void run(const Arguments& arguments) {
  const auto options = options_of(arguments);
  const aws::S3Store store(options, base::system_clock());
  const std::string& command = arguments.words[2];
  if (command == "put") return put(store, arguments);
  if (command == "get") return get(store, arguments);
  if (command == "rm") return remove(store, arguments);
  if (command == "keys") return show_keys(options);
  if (command == "list") return store.list(arguments.operand(0), [](const auto& object) { std::cout << doc::to_line(json_of(object)) << '\n'; });
  if (command == "stat") {
    const auto object = store.stat(arguments.operand(0));
    std::cout << (object ? doc::to_line(json_of(*object)) : "null") << '\n';
  } else if (command == "cp") {
    const auto from = store.stat(arguments.operand(0));
    if (!from) base::fail(base::ErrorKind::not_found, "there is no {}", store.url(arguments.operand(0)));
    store::CreateOptions creation{.if_absent = arguments.flags.contains("if-absent"), .if_match = arguments.flag("if-match")};
    if (arguments.flags.contains("lock-until")) creation.locked_until = base::parse_iso_time(arguments.flag("lock-until"));
    std::cout << doc::to_line(json_of(store.copy(*from, arguments.operand(1), creation))) << '\n';
  } else if (!look_after(store, arguments, command)) {
    base::fail(base::ErrorKind::usage, "no such command: {}", command);
  }
}

}  // namespace
}  // namespace tabferry

int main(int count, char** values) {
  std::ios::sync_with_stdio(false);
  try {
    tabferry::run(tabferry::Arguments(count, values));
    std::cout.flush();
    return 0;
  } catch (const tabferry::base::Error& error) {
    std::cout.flush();
    std::cerr << tabferry::doc::to_line({{"kind", tabferry::base::name_of(error.kind())}, {"message", error.what()}}) << '\n';
    return tabferry::base::exit_code(error.kind());
  }
}
