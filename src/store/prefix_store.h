// A part of a store, as a store: everything below one prefix, with keys that do not show it.
#pragma once

#include <memory>

#include "store/store.h"

namespace tabferry::store {

class PrefixStore : public Store {
 public:
  // `prefix` stands before each key as it is: "tableau/"; it ends with '/', or is empty.
  PrefixStore(std::shared_ptr<const Store> whole, std::string prefix);

  void list(std::string_view prefix, const std::function<void(const Object&)>& visit) const override;
  std::vector<std::string> list_folders(std::string_view prefix) const override {
    return whole_->list_folders(outer(prefix));
  }
  std::optional<Object> stat(std::string_view key) const override;
  std::unique_ptr<io::ByteSource> open(std::string_view key, const OpenOptions& options = {}) const override;
  std::unique_ptr<ObjectSink> create(std::string_view key, const CreateOptions& options = {}) const override;
  void remove(std::span<const std::string> keys) const override;
  Object copy(const Object& from, std::string_view to_key, const CreateOptions& options = {}) const override;
  ReadAhead read_ahead() const override { return whole_->read_ahead(); }
  Compared compared() const override { return whole_->compared(); }  // of the whole store
  base::WallTime now() const override { return whole_->now(); }
  uint64_t write_memory_bytes() const override { return whole_->write_memory_bytes(); }
  std::optional<base::WallTime> locked_until(std::string_view key) const override {
    return whole_->locked_until(outer(key));
  }
  // Of the whole store, in its words.
  Lifecycle lifecycle_rules() const override;
  uint64_t abort_uploads(std::string_view prefix, std::chrono::milliseconds older_than) const override {
    return whole_->abort_uploads(outer(prefix), older_than);
  }
  std::string url(std::string_view key) const override;

 private:
  std::string outer(std::string_view key) const;  // a key of the whole store
  Object inner(Object object) const;

  std::shared_ptr<const Store> whole_;
  std::string prefix_;
};

}  // namespace tabferry::store
