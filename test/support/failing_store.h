// A store that fails at its n-th call: Error{transient}. What is called: list and each visit, list_folders, stat, open, each read,
// create, each write, commit, remove, copy, now,
// locked_until, lifecycle_rules, abort_uploads.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "base/error.h"
#include "store/store.h"

namespace tabferry::store {

// When the n-th call fails. `after`: it has been carried out, and only the answer is lost.
enum class Fault { before, after };

// Counts the calls of one FailingStore and of what it opened.
class Fuse {
 public:
  Fuse(uint64_t fail_at, Fault fault) : fail_at_(fail_at), fault_(fault) {}

  template <class Step>
  auto run(const char* doing, const Step& step) {
    const bool blown = ++calls == fail_at_;
    if (blown && fault_ == Fault::before) blow(doing);
    if constexpr (std::is_void_v<decltype(step())>) {
      step();
      if (blown) blow(doing);
    } else {
      auto answer = step();
      if (blown) blow(doing);
      return answer;
    }
  }

  std::atomic<uint64_t> calls = 0;

 private:
  [[noreturn]] void blow(const char* doing) const {
    base::fail(base::ErrorKind::transient, "the store failed on purpose at call {}, {}", fail_at_, doing);
  }

  const uint64_t fail_at_;
  const Fault fault_;
};

class FailingSource : public io::ByteSource {
 public:
  FailingSource(std::shared_ptr<Fuse> fuse, std::unique_ptr<io::ByteSource> inner)
      : fuse_(std::move(fuse)), inner_(std::move(inner)) {}
  size_t read(std::span<char> into) override {
    return fuse_->run("reading", [&] { return inner_->read(into); });
  }

 private:
  std::shared_ptr<Fuse> fuse_;
  std::unique_ptr<io::ByteSource> inner_;
};

class FailingSink : public ObjectSink {
 public:
  FailingSink(std::shared_ptr<Fuse> fuse, std::unique_ptr<ObjectSink> inner)
      : fuse_(std::move(fuse)), inner_(std::move(inner)) {}
  void write(std::string_view bytes) override {
    fuse_->run("writing", [&] { inner_->write(bytes); });
  }
  void commit() override {
    fuse_->run("committing", [&] { inner_->commit(); });
  }
  Object object() const override { return inner_->object(); }

 private:
  std::shared_ptr<Fuse> fuse_;
  std::unique_ptr<ObjectSink> inner_;
};

class FailingStore : public Store {
 public:
  // Keeps `inner`, which must live as long. fail_at: from 1; 0 fails never and only counts.
  FailingStore(const Store& inner, uint64_t fail_at, Fault fault = Fault::before)
      : inner_(inner), fuse_(std::make_shared<Fuse>(fail_at, fault)) {}

  uint64_t calls() const { return fuse_->calls; }

  void list(std::string_view prefix, const std::function<void(const Object&)>& visit) const override {
    fuse_->run("listing", [&] {
      inner_.list(prefix, [&](const Object& object) { fuse_->run("listing", [&] { visit(object); }); });
    });
  }
  std::vector<std::string> list_folders(std::string_view prefix) const override {
    return fuse_->run("listing folders", [&] { return inner_.list_folders(prefix); });
  }
  std::optional<Object> stat(std::string_view key) const override {
    return fuse_->run("looking", [&] { return inner_.stat(key); });
  }
  std::unique_ptr<io::ByteSource> open(std::string_view key, const OpenOptions& options = {}) const override {
    return fuse_->run("opening", [&] { return std::make_unique<FailingSource>(fuse_, inner_.open(key, options)); });
  }
  std::unique_ptr<ObjectSink> create(std::string_view key, const CreateOptions& options = {}) const override {
    return fuse_->run("creating", [&] { return std::make_unique<FailingSink>(fuse_, inner_.create(key, options)); });
  }
  void remove(std::span<const std::string> keys) const override {
    fuse_->run("removing", [&] { inner_.remove(keys); });
  }
  Object copy(const Object& from, std::string_view to_key, const CreateOptions& options = {}) const override {
    return fuse_->run("copying", [&] { return inner_.copy(from, to_key, options); });
  }
  base::WallTime now() const override {
    return fuse_->run("telling the time", [&] { return inner_.now(); });
  }
  uint64_t write_memory_bytes() const override { return inner_.write_memory_bytes(); }
  std::optional<base::WallTime> locked_until(std::string_view key) const override {
    return fuse_->run("looking at the lock", [&] { return inner_.locked_until(key); });
  }
  Lifecycle lifecycle_rules() const override {
    return fuse_->run("reading the rules", [&] { return inner_.lifecycle_rules(); });
  }
  uint64_t abort_uploads(std::string_view prefix, std::chrono::milliseconds older_than) const override {
    return fuse_->run("aborting", [&] { return inner_.abort_uploads(prefix, older_than); });
  }
  std::string url(std::string_view key) const override { return inner_.url(key); }

 private:
  const Store& inner_;
  std::shared_ptr<Fuse> fuse_;
};

}  // namespace tabferry::store
