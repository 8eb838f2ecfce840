#include "doc/json.h"

#include <algorithm>
#include <set>
#include <vector>

#include "base/error.h"
#include "base/text.h"

namespace tabferry::doc {
namespace {

constexpr int kMaxDepth = 200;

std::string place_of(std::string_view text, size_t byte) {
  const auto before = text.substr(0, std::min(byte, text.size()));
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const auto line_start = before.rfind('\n');
  const size_t column = before.size() - (line_start == std::string_view::npos ? 0 : line_start + 1);
  return fmt::format("line {}, column {}", line, std::max<size_t>(1, column));
}

}  // namespace

Json parse_json(std::string_view text, std::string_view where) {
  std::vector<std::set<std::string>> keys;   // of each open object
  std::string problem;
  const auto look = [&](int depth, Json::parse_event_t event, Json& parsed) {
    if (depth > kMaxDepth) problem = fmt::format("nested deeper than {}", kMaxDepth);
    if (event == Json::parse_event_t::object_start) keys.emplace_back();
    if (event == Json::parse_event_t::object_end) keys.pop_back();
    if (event == Json::parse_event_t::key && !keys.back().insert(parsed.get<std::string>()).second)
      problem = fmt::format("the key {} stands twice in one object", base::quoted(parsed.get<std::string>()));
    if (!problem.empty()) base::fail(base::ErrorKind::corrupt, "{}: {}", where, problem);
    return true;
  };
  try {
    return Json::parse(text.begin(), text.end(), look);
  } catch (const Json::parse_error& error) {
    base::fail(base::ErrorKind::corrupt, "{}: {}: not valid JSON ({})", where, place_of(text, error.byte), error.what());
  } catch (const Json::exception& error) {   // a number beyond every type
    base::fail(base::ErrorKind::corrupt, "{}: not valid JSON ({})", where, error.what());
  }
}

std::string to_line(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace tabferry::doc
