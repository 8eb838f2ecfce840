#include "tableau/redact.h"

#include <string>

#include "base/text.h"

namespace tabferry::tableau {
namespace {

// "embedPassword": "true" says that there is one.
bool is_flag(const std::string& text) {
  return base::equal_ignoring_case(text, "true") || base::equal_ignoring_case(text, "false");
}

bool is_secret(std::string_view key) {
  const std::string name = base::lower(key);
  return name.ends_with("secret") || name.ends_with("password") || name.ends_with("token") ||
         name.ends_with("keychain") || name.ends_with("privatekey") || name.ends_with("apikey") ||
         name.ends_with("passphrase") || name.ends_with("secretkey") || name.ends_with("accesskey");
}

void hide(doc::Json& value) {
  if (value.is_string() &&
      (is_flag(value.get_ref<const std::string&>()) || value.get_ref<const std::string&>().empty()))
    return;
  if (value.is_string() || value.is_number()) value = kRedacted;
}

// Of a secret that is an element, id and times stay; its value and its own text go.
void hide_value_of(doc::Json& secret) {
  if (secret.is_array())
    for (auto& one : secret) hide_value_of(one);
  else if (secret.is_object() && secret.contains("value"))
    hide(secret["value"]);
  else
    hide(secret);
}

void hide_secrets(doc::Json& json) {
  if (json.is_array())
    for (auto& one : json) hide_secrets(one);
  if (!json.is_object()) return;
  for (const auto& member : json.items()) {
    if (is_secret(member.key())) hide_value_of(member.value());
    if (member.value().is_structured()) hide_secrets(member.value());
  }
}

void hide_addresses(doc::Json& json) {
  if (json.is_array())
    for (auto& one : json) hide_addresses(one);
  if (!json.is_object()) return;
  for (const auto& member : json.items())
    if (member.key() == "url")
      hide(member.value());
    else
      hide_addresses(member.value());
}

}  // namespace

void redact(std::string_view kind, doc::Json& json) {
  if (kind == "webhooks") hide_addresses(json);
  hide_secrets(json);
}

}  // namespace tabferry::tableau
