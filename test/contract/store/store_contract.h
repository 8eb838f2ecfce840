// A store under test, and the fixture of the suite that each kind of store runs (store_suite.h).
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "store/store.h"

namespace tabferry::store {

// An empty store of its own, and a stranger who changes what is in it, not through the store.
class Bench {
 public:
  virtual ~Bench() = default;
  virtual const Store& store() const = 0;
  virtual void put(const std::string& key, const std::string& bytes) = 0;
  // Empty objects, by the quickest way there is.
  virtual void put_many(const std::vector<std::string>& keys) {
    for (const auto& key : keys) put(key, "");
  }
  virtual void remove(const std::string& key) = 0;
  // What was begun and is not finished, as the stranger sees it: multipart uploads, temporary files.
  virtual std::vector<std::string> unfinished() const = 0;
  // What url() says before the key.
  virtual std::string url_prefix() const { return "s3://bucket/"; }
  // More than two parts of the store, and no round number.
  virtual size_t large_bytes() const = 0;
};

struct BenchMaker {
  std::string name;
  std::function<std::unique_ptr<Bench>()> make;
};
inline void PrintTo(const BenchMaker& maker, std::ostream* out) { *out << maker.name; }

inline bool operator==(const Object& a, const Object& b) {
  return a.key == b.key && a.size_bytes == b.size_bytes && a.etag == b.etag;
}
inline void PrintTo(const Object& object, std::ostream* out) {
  *out << object.key << " (" << object.size_bytes << " bytes, " << object.etag << ")";
}

class StoreContract : public testing::TestWithParam<BenchMaker> {
 protected:
  using Kind = base::ErrorKind;

  std::unique_ptr<Bench> bench_ = GetParam().make();
  const Store& store_ = bench_->store();

  static std::vector<Object> objects(const Store& store, std::string_view prefix) {
    std::vector<Object> found;
    store.list(prefix, [&](const Object& object) { found.push_back(object); });
    return found;
  }
  std::vector<std::string> keys(std::string_view prefix) const {
    std::vector<std::string> found;
    for (const auto& object : objects(store_, prefix)) found.push_back(object.key);
    return found;
  }
  std::string etag(const std::string& key) const { return store_.stat(key).value().etag; }

  static std::string drain(io::ByteSource& source, size_t block_size = 70'000) {
    std::string all, block(block_size, '\0');
    while (const size_t got = source.read(block)) all.append(block, 0, got);
    EXPECT_EQ(source.read(block), 0U) << "the end stays the end";
    return all;
  }
  std::string bytes_of(const std::string& key) const { return drain(*store_.open(key)); }

  // Writes in pieces of no round size, and commits.
  static Object write(ObjectSink& sink, std::string_view bytes, size_t piece_bytes = 100'003) {
    for (size_t at = 0; at < bytes.size(); at += piece_bytes) sink.write(bytes.substr(at, piece_bytes));
    sink.commit();
    return sink.object();
  }
  static Object create(const Store& store, const std::string& key, std::string_view bytes,
                       const CreateOptions& options = {}) {
    return write(*store.create(key, options), bytes);
  }
  Object create(const std::string& key, std::string_view bytes, const CreateOptions& options = {}) const {
    return create(store_, key, bytes, options);
  }
  void remove(const std::vector<std::string>& which) const { store_.remove(which); }

  // Bytes that no other seed gives, and none of which stands where it stands by chance.
  static std::string pattern(size_t size, uint32_t seed) {
    std::string bytes(size, '\0');
    uint32_t state = seed * 2654435761U + 1;
    for (auto& byte : bytes) {
      state = state * 1664525U + 1013904223U;
      byte = static_cast<char>(state >> 24);
    }
    return bytes;
  }

  // That `step` fails in this way, and names the object.
  void expect_error(Kind kind, const std::string& key, const std::function<void()>& step) const {
    try {
      step();
      ADD_FAILURE() << "no " << name_of(kind) << " of " << key;
    } catch (const base::Error& error) {
      EXPECT_EQ(name_of(error.kind()), name_of(kind)) << error.what();
      EXPECT_THAT(error.what(), testing::HasSubstr(store_.url(key)));
    }
  }
  void expect_conflict(const std::string& key, const std::function<void()>& step) const {
    expect_error(Kind::conflict, key, step);
  }

  // Keys that some server, signer, encoder or shell has been known to break.
  static const std::vector<std::string>& odd_keys() {
    static const std::vector<std::string> all = [] {
      std::vector<std::string> keys = {
          "odd/a b", "odd/ leading and trailing ", "odd/'single' \"double\"", "odd/a+b", "odd/a%b", "odd/a%20b",
          "odd/%2F", "odd/a;b", "odd/a&b=c?d#e", "odd/<&>", "odd/&amp;", "odd/\\back", "odd/[*]{~}|^`$!@,:()",
          "odd/é", "odd/e\xCC\x81", "odd/東京/データ.csv", "odd/\xF0\x9F\x9A\xA2", "odd/..dots..", "odd/...",
          "odd/dt=2024-01-31/part-0.csv.gz"};
      std::sort(keys.begin(), keys.end());
      return keys;
    }();
    return all;
  }
};

}  // namespace tabferry::store
