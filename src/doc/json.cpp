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

// Looks through a document before it is built: the library's own parser has no limit to its depth and keeps the last of
// two equal keys, and its callback, which could refuse both, walks through the whole array at each end of an object.
class Guard : public nlohmann::json_sax<Json> {
 public:
  explicit Guard(std::string_view text, std::string_view where) : text_(text), where_(where) {}

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return go_down(); }
  bool start_array(std::size_t) override { return go_down(); }
  bool end_object() override { return go_up(); }
  bool end_array() override { return go_up(); }

  bool key(string_t& name) override {
    if (!keys_.back().insert(name).second)
      base::fail(base::ErrorKind::corrupt, "{}: the key {} stands twice in one object", where_, base::quoted(name));
    return true;
  }

  bool parse_error(std::size_t byte, const std::string&, const nlohmann::detail::exception& error) override {
    base::fail(base::ErrorKind::corrupt, "{}: {}: not valid JSON ({})", where_, place_of(text_, byte), error.what());
  }

 private:
  bool go_down() {
    if (keys_.size() >= kMaxDepth)
      base::fail(base::ErrorKind::corrupt, "{}: nested deeper than {}", where_, kMaxDepth);
    keys_.emplace_back();
    return true;
  }
  bool go_up() {
    keys_.pop_back();
    return true;
  }

  std::string_view text_;
  std::string_view where_;
  std::vector<std::set<std::string>> keys_;   // of each open object; empty for an array
};

}  // namespace

Json parse_json(std::string_view text, std::string_view where) {
  Guard guard(text, where);
  Json::sax_parse(text.begin(), text.end(), &guard);
  return Json::parse(text.begin(), text.end());
}

std::string to_line(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace tabferry::doc
