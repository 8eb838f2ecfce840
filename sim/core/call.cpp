#include "sim/core/call.h"

#include "base/text.h"

namespace tabferry::sim {
namespace {

constexpr size_t kMaxDocumentBytes = size_t{4} << 20;

bool names_json(std::string_view header) { return base::lower(header).find("application/json") != std::string::npos; }

}  // namespace

std::string read_all(Body& body) {
  std::string text;
  body.read([&](std::string_view bytes) {
    if (text.size() + bytes.size() > kMaxDocumentBytes)
      refuse(400000, "Payload is larger than {} bytes.", kMaxDocumentBytes);
    text += bytes;
  });
  return text;
}

std::optional<std::string> Call::query_value(std::string_view name) const {
  const auto at = query.find(name);
  return at == query.end() ? std::nullopt : std::optional(at->second);
}

bool Call::query_flag(std::string_view name) const {
  return flag_of(query_value(name).value_or("false"), name, 400008);
}

const std::string& Call::header(std::string_view lower_case_name) const {
  static const std::string nothing;
  const auto at = headers.find(lower_case_name);
  return at == headers.end() ? nothing : at->second;
}

Node Call::request(std::string_view wanted) const { return parse_request(document, request_language(), wanted); }

Language Call::answer_language() const { return names_json(header("accept")) ? Language::json : Language::xml; }
Language Call::request_language() const { return names_json(header("content-type")) ? Language::json : Language::xml; }

}  // namespace tabferry::sim
