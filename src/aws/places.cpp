#include "aws/places.h"

#include <aws/auth/aws_imds_client.h>
#include <aws/http/proxy.h>

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <mutex>

#include "base/error.h"
#include "base/text.h"

using namespace std::chrono_literals;
using tabferry::base::ErrorKind;

namespace tabferry::aws {
namespace {

bool is_set(const char* variable) {
  const char* const value = std::getenv(variable);
  return value && *value != '\0';
}

using Tls = std::function<aws_tls_ctx*()>;

constexpr auto kPatience = std::chrono::hours(1);  // none of its own: all together have theirs. A credential_process is
                                                   // run by the runtime within the call and knows no limit
constexpr auto kInstancePatience = 3s;             // outside of EC2 nobody answers

Place asked(std::string name, std::function<aws_credentials_provider*()> make) {
  return {.name = std::move(name),
          .absent = "",
          .make = [make = std::move(make)] { return ProviderPtr(make()); },
          .patience = kPatience};
}

Place not_asked(std::string name, std::string why) {
  return {.name = std::move(name), .absent = std::move(why), .make = nullptr, .patience = {}};
}

Place environment() {
  const std::string name = "the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY)";
  if (!is_set("AWS_ACCESS_KEY_ID")) return not_asked(name, "AWS_ACCESS_KEY_ID is not set");
  return asked(name, [] {
    const aws_credentials_provider_environment_options options{};
    return aws_credentials_provider_new_environment(runtime().allocator, &options);
  });
}

std::string profile_name(const CredentialsOptions& options) {
  if (!options.profile.empty()) return options.profile;
  return is_set("AWS_PROFILE") ? std::getenv("AWS_PROFILE") : "default";
}

// Fills in what the providers that go out on the network have in common.
template <class Native>
Native native_with(const Tls& tls) {
  Native native{};
  native.bootstrap = runtime().bootstrap;
  native.tls_ctx = tls();
  return native;
}

const proxy_env_var_settings& environment_proxy() {
  static const proxy_env_var_settings settings = [] {
    proxy_env_var_settings made{};
    made.env_var_type = AWS_HPEV_ENABLE;
    return made;
  }();
  return settings;
}

std::string file_named_by(const char* variable, const char* otherwise) {
  return is_set(variable) ? std::getenv(variable) : otherwise;
}

Place profile(const std::string& name, const Tls& tls) {
  const auto where = fmt::format("{} and {}", file_named_by("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"),
                                 file_named_by("AWS_CONFIG_FILE", "~/.aws/config"));
  return asked(fmt::format("the profile {} of {}", base::quoted(name), where), [name, tls] {
    auto native = native_with<aws_credentials_provider_profile_options>(tls);
    auto proxy = environment_proxy();
    native.profile_name_override = cursor(name);
    native.proxy_ev_settings = &proxy;
    return aws_credentials_provider_new_profile(runtime().allocator, &native);
  });
}

Place sso(const std::string& name, const Tls& tls) {
  return asked(fmt::format("SSO of the profile {} (aws sso login)", base::quoted(name)), [name, tls] {
    auto native = native_with<aws_credentials_provider_sso_options>(tls);
    native.profile_name_override = cursor(name);
    native.proxy_ev_settings = &environment_proxy();
    return aws_credentials_provider_new_sso(runtime().allocator, &native);
  });
}

Place web_identity(const Tls& tls) {
  const std::string name = "web identity (AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN)";
  if (!is_set("AWS_WEB_IDENTITY_TOKEN_FILE")) return not_asked(name, "AWS_WEB_IDENTITY_TOKEN_FILE is not set");
  return asked(name, [tls] {
    auto native = native_with<aws_credentials_provider_sts_web_identity_options>(tls);
    native.proxy_ev_settings = &environment_proxy();
    return aws_credentials_provider_new_sts_web_identity(runtime().allocator, &native);
  });
}

Place container(const Tls& tls) {
  const std::string name = "the container (AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, _FULL_URI)";
  if (!is_set("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") && !is_set("AWS_CONTAINER_CREDENTIALS_FULL_URI"))
    return not_asked(name, "neither variable is set");
  return asked(name, [tls] {
    const auto native = native_with<aws_credentials_provider_ecs_environment_options>(tls);
    return aws_credentials_provider_new_ecs_from_environment(runtime().allocator, &native);
  });
}

Place instance() {
  const std::string name = "the EC2 instance (IMDS)";
  const char* const disabled = std::getenv("AWS_EC2_METADATA_DISABLED");
  if (disabled && base::equal_ignoring_case(disabled, "true"))
    return not_asked(name, "AWS_EC2_METADATA_DISABLED is set");
  Place place = asked(name, [] {
    aws_credentials_provider_imds_options native{};
    native.bootstrap = runtime().bootstrap;
    native.imds_version = IMDS_PROTOCOL_V2;
    return aws_credentials_provider_new_imds(runtime().allocator, &native);
  });
  place.patience = kInstancePatience;
  return place;
}

// One answer of a provider. Both sides own it: whoever waits may have gone when it comes.
struct Answer {
  std::mutex mutex;
  std::condition_variable_any came;
  bool here = false;
  int error = 0;
  std::optional<Keys> keys;
};

std::optional<Keys> keys_of(const aws_credentials* credentials) {
  if (!credentials) return std::nullopt;
  Keys keys{.access_key_id = std::string(view(aws_credentials_get_access_key_id(credentials))),
            .secret_access_key = base::Secret(std::string(view(aws_credentials_get_secret_access_key(credentials)))),
            .session_token = base::Secret(std::string(view(aws_credentials_get_session_token(credentials)))),
            .expires = std::nullopt};
  const uint64_t expires = aws_credentials_get_expiration_timepoint_seconds(credentials);
  if (expires != UINT64_MAX) keys.expires = base::WallTime(std::chrono::seconds(expires));
  return keys;
}

void on_credentials(aws_credentials* credentials, int error_code, void* user_data) {
  const std::unique_ptr<std::shared_ptr<Answer>> answer(static_cast<std::shared_ptr<Answer>*>(user_data));
  const std::lock_guard lock((*answer)->mutex);
  (*answer)->keys = keys_of(credentials);
  (*answer)->error = error_code;
  (*answer)->here = true;
  (*answer)->came.notify_all();
}

// In people's words, where the runtime's would mislead.
std::string why_of(int error) {
  switch (error) {
    case AWS_ERROR_FILE_INVALID_PATH:
      return "the files are not there";
    case AWS_AUTH_PROFILE_PARSE_RECOVERABLE_ERROR:
    case AWS_AUTH_PROFILE_PARSE_FATAL_ERROR:
      return "the files are not well-formed";
    case AWS_ERROR_STRING_MATCH_NOT_FOUND:  // left over from looking for its properties
    case AWS_AUTH_CREDENTIALS_PROVIDER_PROFILE_SOURCE_FAILURE:
      return "it is not in the files, or has no keys there";
    case AWS_AUTH_CREDENTIALS_PROVIDER_IMDS_SOURCE_FAILURE:
      return "nobody answers there, or it has no role";
    case AWS_AUTH_SSO_TOKEN_EXPIRED:
      return "the login has expired";
    default:
      return error_words(error);
  }
}

// Absent with `why` where the place has nothing.
std::optional<Keys> ask(const Place& place, std::chrono::steady_clock::time_point until, std::stop_token stop,
                        std::string& why) {
  const auto provider = place.make();
  const auto answer = std::make_shared<Answer>();
  auto held = std::make_unique<std::shared_ptr<Answer>>(answer);
  if (!provider ||
      aws_credentials_provider_get_credentials(provider.get(), on_credentials, held.get()) != AWS_OP_SUCCESS) {
    why = why_of(aws_last_error());
    return std::nullopt;
  }
  (void)held.release();
  std::unique_lock lock(answer->mutex);
  const auto at_most = std::min(until, std::chrono::steady_clock::now() + place.patience);
  if (!answer->came.wait_until(lock, stop, at_most, [&] { return answer->here; })) {
    if (stop.stop_requested()) base::fail_cancelled("looking for AWS credentials");
    why = "no answer in time";
    return std::nullopt;
  }
  if (!answer->keys) why = why_of(answer->error);
  return answer->keys;
}

}  // namespace

std::vector<Place> places_of(const CredentialsOptions& options, const Tls& tls) {
  std::vector<Place> places;
  const bool all = options.profile.empty();
  const std::string name = profile_name(options);
  if (all) places.push_back(environment());
  places.push_back(profile(name, tls));
  places.push_back(sso(name, tls));
  if (!all) return places;
  places.push_back(web_identity(tls));
  places.push_back(container(tls));
  places.push_back(instance());
  return places;
}

Keys first_keys(const std::vector<Place>& places, std::chrono::milliseconds patience, std::stop_token stop) {
  const auto until = std::chrono::steady_clock::now() + patience;
  std::string tried;
  for (const auto& place : places) {
    std::string why = place.absent;
    if (place.make)
      if (auto keys = ask(place, until, stop, why)) {
        keys->from = place.name;
        return std::move(*keys);
      }
    tried += fmt::format("\n  - {}: {}", place.name, why);
  }
  base::fail(
      ErrorKind::denied,
      "no AWS credentials were found. Places that were tried:{}\nSet one of them up, or name a profile (s3.profile)",
      tried);
}

}  // namespace tabferry::aws
