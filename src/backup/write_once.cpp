#include "backup/write_once.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "io/copy.h"

using tabferry::base::ErrorKind;

namespace tabferry::backup {
namespace {

constexpr unsigned kMaxNames = 1000;  // of one key: more of them is an error of somebody's

[[noreturn]] void fail_no_name(const std::string& url) {
  base::fail(ErrorKind::conflict, "creating {}: {} names of it are taken", base::quoted(url, 400), kMaxNames);
}

// The answer of `step`; nothing where the store says that the name is taken.
template <class Step>
auto unless_taken(const Step& step) -> std::optional<decltype(step())> {
  try {
    return step();
  } catch (const base::Error& error) {
    if (error.kind() != ErrorKind::conflict) throw;
    return std::nullopt;
  }
}

std::string hash_of(const store::Store& store, const store::Object& object) {
  const auto source = store.open(object.key, {.if_match = object.etag, .size_bytes = object.size_bytes});
  return io::sha256_of(*source);
}

}  // namespace

std::string numbered(std::string_view key, unsigned n) {
  if (n <= 1) return std::string(key);
  const auto slash = key.rfind('/');
  const size_t name_at = slash == std::string_view::npos ? 0 : slash + 1;
  const auto dot = key.rfind('.');
  const size_t cut = dot == std::string_view::npos || dot <= name_at ? key.size() : dot;
  return fmt::format("{}~{}{}", key.substr(0, cut), n, key.substr(cut));
}

WriteOnce::WriteOnce(const store::Store& store, std::string_view folder, std::optional<base::WallTime> locked_until)
    : store_(store), locked_until_(locked_until) {
  store.list(folder, [&](const store::Object& object) { taken_.insert(object.key); });
}

std::string WriteOnce::name_for(std::string_view key) {
  const std::lock_guard lock(mutex_);
  for (unsigned n = 1; n <= kMaxNames; ++n)
    if (auto [name, is_new] = taken_.insert(numbered(key, n)); is_new) return *name;
  fail_no_name(store_.url(key));
}

std::unique_ptr<store::ObjectSink> WriteOnce::open(std::string_view key, std::optional<uint64_t> size_bytes) {
  for (;;) {
    const std::string name = name_for(key);
    auto sink = unless_taken([&] {
      return store_.create(name, {.if_absent = true, .size_bytes = size_bytes, .locked_until = locked_until_});
    });
    if (sink) return std::move(*sink);
  }
}

store::Object put_once(const store::Store& store, std::string_view key, Spool& bytes,
                       std::optional<base::WallTime> locked_until) {
  const store::CreateOptions options{.if_absent = true, .size_bytes = bytes.size_bytes(), .locked_until = locked_until};
  for (unsigned n = 1; n <= kMaxNames; ++n) {
    const std::string name = numbered(key, n);
    const auto made = unless_taken([&] {
      const auto sink = store.create(name, options);
      io::copy(*bytes.source(), *sink);
      return sink->commit(), sink->object();
    });
    if (made) return *made;
    const auto there = locked_until ? std::nullopt : store.stat(name);
    if (there && there->size_bytes == bytes.size_bytes() && hash_of(store, *there) == bytes.sha256()) return *there;
  }
  fail_no_name(store.url(key));
}

}  // namespace tabferry::backup
