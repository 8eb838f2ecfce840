#include "sim/people/jwt.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>

#include "base/text.h"
#include "doc/json.h"
#include "sim/core/refusal.h"

namespace tabferry::sim {
namespace {

constexpr std::chrono::minutes kLongestLife{10};

template <class... Args>
[[noreturn]] void refuse_jwt(int number, fmt::format_string<Args...> format, Args&&... args) {
  refuse(401001, "{} ({})", fmt::format(format, std::forward<Args>(args)...), number);
}

// base64url without padding (RFC 4648 section 5).
std::string decoded(std::string_view text) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string bytes;
  uint32_t held = 0;
  int bits = 0;
  for (const char c : text) {
    const auto value = kLetters.find(c);
    if (value == std::string_view::npos) refuse_jwt(10084, "The JWT is not base64url.");
    held = (held << 6U | static_cast<uint32_t>(value)) & 0xFFFFFU;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push_back(static_cast<char>(held >> static_cast<unsigned>(bits) & 0xFFU));
  }
  return bytes;
}

doc::Json object_of(std::string_view encoded) {
  const std::string text = decoded(encoded);
  try {
    doc::Json value = doc::parse_json(text, "the JWT");
    if (value.is_object()) return value;
  } catch (const Refusal&) {
    throw;
  } catch (const base::Error&) {
  }
  refuse_jwt(10084, "A part of the JWT is not a JSON object.");
}

std::string text_of(const doc::Json& object, const char* name) {
  const auto at = object.find(name);
  return at != object.end() && at->is_string() ? at->get<std::string>() : "";
}

// A text or a list of texts.
std::vector<std::string> texts_of(const doc::Json& object, const char* name) {
  std::vector<std::string> texts;
  const auto at = object.find(name);
  if (at == object.end()) return texts;
  if (at->is_string()) texts.push_back(at->get<std::string>());
  if (!at->is_array()) return texts;
  for (const auto& one : *at)
    if (one.is_string()) texts.push_back(one.get<std::string>());
  return texts;
}

base::WallTime expiry_of(const doc::Json& claims) {
  const auto at = claims.find("exp");
  if (at == claims.end() || !at->is_number()) refuse_jwt(10083, "The JWT has no 'exp'.");
  const double seconds = at->get<double>();
  if (!(seconds > 0 && seconds < 1e11)) refuse_jwt(10083, "The 'exp' of the JWT is no time.");
  return base::WallTime(std::chrono::milliseconds(static_cast<int64_t>(seconds * 1000)));
}

void take_header(Jwt& jwt, const doc::Json& header) {
  if (text_of(header, "alg") != "HS256") refuse_jwt(10087, "The JWT is not signed with HS256.");
  jwt.key_id = text_of(header, "kid");
  jwt.header_issuer = text_of(header, "iss");
  if (jwt.key_id.empty()) refuse_jwt(10083, "The JWT has no 'kid'.");
}

void take_claims(Jwt& jwt, const doc::Json& claims) {
  jwt.issuer = text_of(claims, "iss");
  jwt.id = text_of(claims, "jti");
  jwt.subject = text_of(claims, "sub");
  jwt.audiences = texts_of(claims, "aud");
  jwt.scopes = texts_of(claims, "scp");
  jwt.expires = expiry_of(claims);
  if (jwt.issuer.empty()) refuse_jwt(10082, "The JWT has no 'iss'.");
  if (jwt.id.empty()) refuse_jwt(10094, "The JWT has no 'jti'.");
  if (jwt.subject.empty()) refuse_jwt(10083, "The JWT has no 'sub'.");
  if (jwt.scopes.empty()) refuse_jwt(10099, "The JWT has no 'scp'.");
}

}  // namespace

Jwt parse_jwt(std::string_view text) {
  const auto pieces = base::split(text, '.');
  if (pieces.size() != 3 || pieces[2].empty()) refuse_jwt(10098, "The JWT is not signed, or encrypted.");
  Jwt jwt;
  take_header(jwt, object_of(pieces[0]));
  take_claims(jwt, object_of(pieces[1]));
  jwt.signed_part = text.substr(0, pieces[0].size() + 1 + pieces[1].size());
  jwt.signature = decoded(pieces[2]);
  return jwt;
}

bool is_signed_with(const Jwt& jwt, std::string_view secret) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(jwt.signed_part.data()), jwt.signed_part.size(), digest, &length);
  return jwt.signature.size() == length && CRYPTO_memcmp(jwt.signature.data(), digest, length) == 0;
}

void check_claims(const Jwt& jwt, base::WallTime now) {
  const auto is_tableau = [](const std::string& audience) {
    return audience == "tableau" || audience.starts_with("tableau:");
  };
  if (std::none_of(jwt.audiences.begin(), jwt.audiences.end(), is_tableau))
    refuse_jwt(10083, "The JWT is not for the audience 'tableau'.");
  if (jwt.expires <= now) refuse_jwt(10083, "The JWT is expired.");
  if (jwt.expires > now + kLongestLife) refuse_jwt(10096, "The JWT lives longer than ten minutes.");
}

}  // namespace tabferry::sim
