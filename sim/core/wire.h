// One value, two languages: what the site says and hears as XML or as JSON.
//
// The XML follows the official schema (namespace http://tableau.com/api). The JSON mirrors it as real servers do:
// attributes and children become keys; numbers are strings, flags are true and false; a list keeps its wrapper and
// holds an array ({"projects": {"project": [...]}}, {"projects": {}} where it is empty); an element of text and
// attributes holds its text under "value", one of text alone is a string.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "sim/core/node.h"
#include "sim/core/refusal.h"

namespace tabferry::sim {

enum class Language { xml, json };

std::string_view content_type_of(Language language);
// `api` is the version whose schema the XML names: 327 is 3.27.
std::string rendered(const Payload& payload, Language language, int api);
Payload payload_of(const Refusal& refusal);

// The one child of a tsRequest, which must be `wanted`; namespaces do not matter (a real server strips them, clients
// send none). Refuses with 400000 what is malformed, of another name, or missing.
Node parse_request(std::string_view body, Language language, std::string_view wanted);
// All children of the tsRequest: creating a task on Cloud has two. Refuses with 400000.
Node parse_request_root(std::string_view body, Language language);
// Refuses with 400000 an attribute or child that is not listed, as the real server does.
void expect_only(const Node& node, std::initializer_list<std::string_view> attributes,
                 std::initializer_list<std::string_view> children);
// Refuse with 400000, as incomplete, where it is not there; a text that is blank is not.
const Node& needed_child(const Node& node, std::string_view name);
std::string needed_text(const Node& node, std::string_view attribute);

// "true" or "false" in any case; refuses anything else, "" too, with `code`. `name` is for the message.
bool flag_of(std::string_view value, std::string_view name, int code);
std::optional<bool> asked_flag(const Node& node, std::string_view attribute, int code);

}  // namespace tabferry::sim
