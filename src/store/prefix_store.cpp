#include "store/prefix_store.h"

#include <vector>

namespace tabferry::store {
namespace {

class InnerSink : public ObjectSink {
 public:
  InnerSink(std::unique_ptr<ObjectSink> sink, size_t prefix_size) : sink_(std::move(sink)), prefix_size_(prefix_size) {}

  void write(std::string_view bytes) override { sink_->write(bytes); }
  void commit() override { sink_->commit(); }
  Object object() const override {
    Object object = sink_->object();
    object.key.erase(0, prefix_size_);
    return object;
  }

 private:
  std::unique_ptr<ObjectSink> sink_;
  size_t prefix_size_;
};

}  // namespace

PrefixStore::PrefixStore(std::shared_ptr<const Store> whole, std::string prefix)
    : whole_(std::move(whole)), prefix_(std::move(prefix)) {}

std::string PrefixStore::outer(std::string_view key) const { return prefix_ + std::string(key); }

Object PrefixStore::inner(Object object) const {
  object.key.erase(0, prefix_.size());
  return object;
}

void PrefixStore::list(std::string_view prefix, const std::function<void(const Object&)>& visit) const {
  whole_->list(outer(prefix), [&](const Object& object) {
    // "tableau/" itself, which some consoles make as a folder's mark, would be the empty key.
    if (object.key.size() > prefix_.size()) visit(inner(object));
  });
}

std::optional<Object> PrefixStore::stat(std::string_view key) const {
  auto object = whole_->stat(outer(key));
  return object ? std::optional(inner(std::move(*object))) : std::nullopt;
}

std::unique_ptr<io::ByteSource> PrefixStore::open(std::string_view key, const OpenOptions& options) const {
  return whole_->open(outer(key), options);
}

std::unique_ptr<ObjectSink> PrefixStore::create(std::string_view key, const CreateOptions& options) const {
  return std::make_unique<InnerSink>(whole_->create(outer(key), options), prefix_.size());
}

void PrefixStore::remove(std::span<const std::string> keys) const {
  std::vector<std::string> wholes;
  wholes.reserve(keys.size());
  for (const auto& key : keys) wholes.push_back(outer(key));
  whole_->remove(wholes);
}

Object PrefixStore::copy(const Object& from, std::string_view to_key, const CreateOptions& options) const {
  Object source = from;
  source.key = outer(from.key);
  return inner(whole_->copy(source, outer(to_key), options));
}

Lifecycle PrefixStore::lifecycle_rules() const {
  auto lifecycle = whole_->lifecycle_rules();
  lifecycle.root += prefix_;
  return lifecycle;
}

std::string PrefixStore::url(std::string_view key) const { return whole_->url(outer(key)); }

}  // namespace tabferry::store
