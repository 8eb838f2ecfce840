#include "doc/json.h"

#include <algorithm>
#include <set>
#include <vector>

#include "base/error.h"
#include "base/text.h"

namespace tabferry::doc {
namespace {

constexpr size_t kMaxDepth = 200;

std::string place_of(std::string_view text, size_t byte) {
  const auto before = text.substr(0, std::min(byte, text.size()));
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const auto line_start = before.rfind('\n');
  const size_t column = before.size() - (line_start == std::string_view::npos ? 0 : line_start + 1);
  return fmt::format("line {}, column {}", line, std::max<size_t>(1, column));
}

// "[json.exception.parse_error.101] parse error at line 1, column 5: syntax error while ...; last read: '...'" less its
// name, its place, and the token that was read last, which may be megabytes, or a secret. A number's is cut (it is ASCII).
std::string_view words_of(const nlohmann::detail::exception& error) {
  std::string_view words = error.what();
  if (const auto begin = words.find("syntax error"); begin != std::string_view::npos) words.remove_prefix(begin);
  return words.substr(0, std::min<size_t>(words.find("; last read"), 120));
}

// Builds the document as it is read. The library's own parser has no limit to its depth and keeps the last of two equal
// keys; its callback, which could refuse both, walks through the whole array at each end of an object, and its objects
// look for each new key among all the others: a hostile megabyte would take minutes.
class Builder : public nlohmann::json_sax<Json> {
 public:
  Builder(std::string_view text, std::string_view where) : text_(text), where_(where) {}

  Json root;

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t&) override { return add(value); }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t& value) override { return add(std::move(value)); }
  bool start_object(std::size_t) override { return go_down(Json::object()); }
  bool start_array(std::size_t) override { return go_down(Json::array()); }
  bool end_object() override { return go_up(); }
  bool end_array() override { return go_up(); }

  bool key(string_t& name) override {
    if (!open_.back().keys.insert(name).second)
      base::fail(base::ErrorKind::corrupt, "{}: the key {} stands twice in one object", where_, base::quoted(name));
    key_ = std::move(name);
    return true;
  }

  bool parse_error(std::size_t byte, const std::string&, const nlohmann::detail::exception& error) override {
    base::fail(base::ErrorKind::corrupt, "{}: {}: not valid JSON ({})", where_, place_of(text_, byte), words_of(error));
  }

 private:
  struct Open {
    Json* value;              // stays where it is while it is open: nothing is added beside it
    std::set<std::string> keys;
  };

  Json& place(Json&& value) {
    if (open_.empty()) return root = std::move(value);
    Json& parent = *open_.back().value;
    if (parent.is_array()) return parent.get_ref<Json::array_t&>().emplace_back(std::move(value));
    return parent.get_ref<Json::object_t&>().emplace_back(std::move(key_), std::move(value)).second;
  }
  bool add(Json&& value) {
    place(std::move(value));
    return true;
  }
  bool go_down(Json&& container) {
    if (open_.size() >= kMaxDepth) base::fail(base::ErrorKind::corrupt, "{}: nested deeper than {}", where_, kMaxDepth);
    Json& placed = place(std::move(container));
    open_.push_back({&placed, {}});
    return true;
  }
  bool go_up() {
    open_.pop_back();
    return true;
  }

  std::string_view text_;
  std::string_view where_;
  std::string key_;
  std::vector<Open> open_;
};

}  // namespace

Json parse_json(std::string_view text, std::string_view where) {
  Builder builder(text, where);
  Json::sax_parse(text.begin(), text.end(), &builder);
  return std::move(builder.root);
}

std::string to_line(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace tabferry::doc
