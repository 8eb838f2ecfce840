#include "backup/unit.h"

#include "backup/json_fields.h"

namespace tabferry::backup {
namespace {

using Verb = Unit::Verb;
using Outcome = Receipt::Outcome;
using tableau::Below;

constexpr Verb kVerbs[] = {Verb::download, Verb::reference, Verb::copy, Verb::leave, Verb::read};
constexpr Below kBelow[] = {Below::site, Below::api, Below::newest, Below::experimental};

std::string_view word_of(Below below) {
  switch (below) {
    case Below::site:
      return "site";
    case Below::api:
      return "api";
    case Below::newest:
      return "newest";
    case Below::experimental:
      return "experimental";
  }
  return "";
}

}  // namespace

std::string_view name_of(Verb verb) {
  switch (verb) {
    case Verb::download:
      return "download";
    case Verb::reference:
      return "reference";
    case Verb::copy:
      return "copy";
    case Verb::leave:
      return "leave";
    case Verb::read:
      return "read";
  }
  return "";
}

std::string_view name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::done:
      return "done";
    case Outcome::referenced:
      return "referenced";
    case Outcome::gone:
      return "gone";
    case Outcome::unavailable:
      return "unavailable";
    case Outcome::failed:
      return "failed";
  }
  return "";
}

bool is_saved(Outcome outcome) { return outcome == Outcome::done || outcome == Outcome::referenced; }

doc::Json to_json(const Earlier& earlier) {
  doc::Json json = {{"key", earlier.key}, {"size_bytes", earlier.size_bytes}, {"sha256", earlier.sha256}};
  put(json, "etag", earlier.etag);
  put(json, "as_of", earlier.as_of);
  return json;
}

Earlier earlier_of(const doc::Json& json, const std::string& where) {
  return {.key = text_in(json, "key", where),
          .size_bytes = number_in(json, "size_bytes", where),
          .etag = text_in(json, "etag", where),
          .sha256 = text_in(json, "sha256", where),
          .as_of = text_in(json, "as_of", where)};
}

doc::Json to_json(const Unit& unit) {
  doc::Json json = {{"id", unit.id}, {"verb", name_of(unit.verb)}, {"kind", unit.kind}};
  put(json, "of_kind", unit.of_kind);
  put(json, "luid", unit.luid);
  put(json, "name", unit.name);
  put(json, "natural_key", unit.natural_key);
  put(json, "updated_at", unit.updated_at);
  put(json, "listed_bytes", unit.listed_bytes);
  put(json, "extension_hint", unit.extension_hint);
  put(json, "fingerprint", unit.fingerprint);
  if (unit.has_extracts) json["has_extracts"] = true;
  if (unit.is_personal) json["is_personal"] = true;
  put(json, "code", static_cast<uint64_t>(unit.code));
  put(json, "extract_at", unit.extract_at);
  json["below"] = word_of(unit.below);
  json["path"] = unit.path;
  put(json, "element", unit.element);
  put(json, "inner", unit.inner);
  put(json, "item", unit.item);
  put(json, "content_type", unit.content_type);
  put(json, "rule", unit.rule);
  if (unit.earlier) json["earlier"] = to_json(*unit.earlier);
  return json;
}

Unit unit_of(const doc::Json& json, const std::string& where) {
  const auto text = [&](const char* name) { return text_in(json, name, where); };
  Unit unit{.id = text("id"),
            .verb = enum_in(json, "verb", kVerbs, name_of, where),
            .kind = text("kind"),
            .of_kind = text("of_kind"),
            .luid = text("luid"),
            .name = text("name"),
            .natural_key = text("natural_key"),
            .updated_at = text("updated_at"),
            .listed_bytes = number_in(json, "listed_bytes", where),
            .extension_hint = text("extension_hint"),
            .fingerprint = text("fingerprint"),
            .has_extracts = flag_in(json, "has_extracts", where),
            .is_personal = flag_in(json, "is_personal", where),
            .code = static_cast<int>(number_in(json, "code", where)),
            .extract_at = text("extract_at"),
            .below = enum_in(json, "below", kBelow, word_of, where),
            .path = text("path"),
            .element = text("element"),
            .inner = text("inner"),
            .item = text("item"),
            .content_type = text("content_type"),
            .rule = text("rule"),
            .earlier = {}};
  if (const auto earlier = json.find("earlier"); earlier != json.end()) unit.earlier = earlier_of(*earlier, where);
  return unit;
}

std::string to_line(const Receipt& receipt) {
  doc::Json json = {{"unit", receipt.unit}, {"outcome", name_of(receipt.outcome)}};
  put(json, "key", receipt.key);
  if (!receipt.key.empty()) json["size_bytes"] = receipt.size_bytes;
  put(json, "etag", receipt.etag);
  put(json, "sha256", receipt.sha256);
  put(json, "code", static_cast<uint64_t>(receipt.code));
  put(json, "reason", receipt.reason);
  put(json, "rule", receipt.rule);
  json["tries"] = receipt.tries;
  std::string line = doc::to_line(json);
  if (!receipt.body.empty()) line.insert(line.size() - 1, ",\"body\":" + receipt.body);
  return line;
}

Receipt receipt_of(std::string_view line, const std::string& where) {
  const doc::Json json = doc::parse_json(line, where);
  const auto text = [&](const char* name) { return text_in(json, name, where); };
  return {.unit = text("unit"),
          .outcome = enum_in(json, "outcome", kOutcomes, name_of, where),
          .key = text("key"),
          .size_bytes = number_in(json, "size_bytes", where),
          .etag = text("etag"),
          .sha256 = text("sha256"),
          .code = static_cast<int>(number_in(json, "code", where)),
          .reason = text("reason"),
          .rule = text("rule"),
          .tries = static_cast<int>(number_in(json, "tries", where)),
          .body = json.contains("body") ? doc::to_line(json["body"]) : ""};
}

}  // namespace tabferry::backup
