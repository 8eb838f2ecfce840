#include "store/small.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

using tabferry::base::ErrorKind;

namespace tabferry::store {
namespace {

constexpr int kReadings = 8;  // of an object that others replace all the time
constexpr size_t kBlockBytes = size_t{64} << 10;

void refuse_large(const Store& store, std::string_view key, uint64_t size_bytes, uint64_t limit_bytes) {
  if (size_bytes > limit_bytes)
    base::fail(ErrorKind::corrupt, "{} is larger than {}: no such object is", base::quoted(store.url(key), 400),
               base::human_bytes(limit_bytes));
}

// One reading; absent where the object is there no more, Error{conflict} where it changed meanwhile.
std::optional<Text> read_once(const Store& store, std::string_view key, uint64_t limit_bytes) {
  auto object = store.stat(key);
  if (!object) return std::nullopt;
  std::string text = read_text(store, *object, limit_bytes);
  return Text{.text = std::move(text), .object = std::move(*object)};
}

Object write(const Store& store, std::string_view key, std::string_view text, const CreateOptions& options) {
  const auto sink = store.create(key, options);
  sink->write(text);
  sink->commit();
  return sink->object();
}

// The object where it is what the write with these options made; absent where it is not, or cannot be known.
std::optional<Object> own_write(const Store& store, std::string_view key, std::string_view text,
                                const CreateOptions& options) {
  if (!options.if_absent && options.if_match.empty()) return std::nullopt;
  auto there = read_text(store, key, std::max<uint64_t>(text.size(), 1));
  if (!there || there->text != text || there->object.etag == options.if_match) return std::nullopt;
  return std::move(there->object);
}

}  // namespace

std::optional<Text> read_text(const Store& store, std::string_view key, uint64_t limit_bytes) {
  for (int reading = 1;; ++reading) {
    try {
      return read_once(store, key, limit_bytes);
    } catch (const base::Error& error) {
      if (error.kind() != ErrorKind::conflict || reading == kReadings) throw;
    }
  }
}

std::string read_text(const Store& store, const Object& listed, uint64_t limit_bytes) {
  refuse_large(store, listed.key, listed.size_bytes, limit_bytes);
  const auto source = store.open(listed.key, {.if_match = listed.etag, .size_bytes = listed.size_bytes});
  std::string text, block(std::clamp<uint64_t>(listed.size_bytes, 1, kBlockBytes), '\0');
  text.reserve(listed.size_bytes);
  while (const size_t got = source->read(block)) {
    text.append(block, 0, got);
    refuse_large(store, listed.key, text.size(), limit_bytes);
  }
  return text;
}

Object put_text(const Store& store, std::string_view key, std::string_view text, CreateOptions options) {
  options.size_bytes = text.size();
  try {
    return write(store, key, text, options);
  } catch (const base::Error& error) {
    if (error.kind() != ErrorKind::conflict && error.kind() != ErrorKind::transient) throw;
    try {
      if (auto own = own_write(store, key, text, options)) return *own;
    } catch (const base::Error&) {  // the failure of the write is the one to tell
    }
    throw;
  }
}

}  // namespace tabferry::store
