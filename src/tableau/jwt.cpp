#include "tableau/jwt.h"

#include <fmt/format.h>

#include <cctype>
#include <charconv>
#include <random>

#include "base/hash.h"
#include "base/text.h"
#include "doc/json.h"

namespace tabferry::tableau {
namespace {

constexpr std::chrono::minutes kOddClock{2};

// RFC 4648 section 5, without padding.
std::string base64url(std::string_view bytes) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  uint32_t held = 0;
  unsigned bits = 0;
  for (const char c : bytes) {
    held = (held << 8U | static_cast<unsigned char>(c)) & 0xFFFFU;
    for (bits += 8; bits >= 6; bits -= 6) text += kLetters[held >> (bits - 6) & 63U];
  }
  if (bits > 0) text += kLetters[held << (6 - bits) & 63U];
  return text;
}

std::string encoded(const doc::Json& json) { return base64url(doc::to_line(json)); }

std::string clock_words(std::optional<base::WallTime> site, base::WallTime ours) {
  if (!site) return "";
  const auto off = ours > *site ? ours - *site : *site - ours;
  if (off < kOddClock) return "";
  return fmt::format("This machine says {}, the site {}: a JWT lives for minutes, so set this machine's clock. ",
                     base::iso_time(ours), base::iso_time(*site));
}

}  // namespace

std::string fresh_jwt_id() {
  std::random_device dice;
  return fmt::format("{:08x}{:08x}{:08x}{:08x}", dice(), dice(), dice(), dice());
}

base::Secret signed_jwt(const Credentials& credentials, const std::string& id, base::WallTime now) {
  const auto ends = std::chrono::floor<std::chrono::seconds>(now + kJwtLife).time_since_epoch();
  const doc::Json header = {
      {"alg", "HS256"}, {"typ", "JWT"}, {"kid", credentials.secret_id}, {"iss", credentials.client_id}};
  const doc::Json claims = {{"iss", credentials.client_id}, {"sub", credentials.name},  {"aud", "tableau"}, {"jti", id},
                            {"exp", ends.count()},          {"scp", credentials.scopes}};
  const std::string signed_part = encoded(header) + "." + encoded(claims);
  return base::Secret(signed_part + "." + base64url(base::hmac_sha256(credentials.secret, signed_part)));
}

int jwt_refusal_number(std::string_view words) {
  for (size_t at = 0; at < words.size(); ++at) {
    if (!std::isdigit(static_cast<unsigned char>(words[at]))) continue;
    int number = 0;
    const auto end = std::from_chars(words.data() + at, words.data() + words.size(), number).ptr;
    const bool in_parentheses = at > 0 && words[at - 1] == '(';
    if (number >= 10081 && number <= 10103) return number;
    if (in_parentheses && (number == 5 || number == 16)) return number;
    at = static_cast<size_t>(end - words.data());
  }
  return 0;
}

std::string cure_of_jwt(int number, const Credentials& credentials, std::optional<base::WallTime> site,
                        base::WallTime ours) {
  const std::string clock = clock_words(site, ours);
  const std::string app = fmt::format(
      "that client_id {} is the connected app's (direct trust) on this very site and the app is enabled, that "
      "secret_id {} is one of its secrets and secret_value belongs to it",
      base::quoted(credentials.client_id), base::quoted(credentials.secret_id));
  const std::string user = fmt::format(
      "that {} is a user of this site, licensed, and written as the site has it (on Tableau Cloud an e-mail "
      "address)",
      base::quoted(credentials.name));
  switch (number) {
    case 5:
    case 16:
      return fmt::format("{}Check {}", clock, user);
    case 10096:
      return fmt::format("{}Check this machine's clock: the JWT ends too late for the site", clock);
    case 10097:
    case 10099:
      return fmt::format("{}Check connected_app.scopes, or leave it out", clock);
    case 10082:
    case 10083:
    case 10084:
      return fmt::format("{}Check {}; and this machine's clock", clock, app);
    default:
      return fmt::format("{}Check {}; {}; and this machine's clock", clock, app, user);
  }
}

}  // namespace tabferry::tableau
