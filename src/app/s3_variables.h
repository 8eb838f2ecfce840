// The environment variables that say something about S3. Buckets takes what they say; load_settings() checks it and tells
// where it came from. Private to this room.
//
// Of each list the first that is set to something counts.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "app/settings.h"

namespace tabferry::app {

inline constexpr const char* kForcedEndpointVariables[] = {"TABFERRY_S3_ENDPOINT"};  // beats the file
// These hold where the file says nothing. https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html
inline constexpr const char* kEndpointVariables[] = {"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"};
inline constexpr const char* kRegionVariables[] = {"AWS_REGION", "AWS_DEFAULT_REGION"};
inline constexpr const char* kCaBundleVariables[] = {"AWS_CA_BUNDLE", "SSL_CERT_FILE"};
inline constexpr const char* kStsEndpointVariables[] = {"AWS_ENDPOINT_URL_STS"};

struct Variable {
  const char* name;
  std::string value;
};
std::optional<Variable> first_set(const Environment& environment, std::span<const char* const> names);
// The same; "" where none is set.
std::string value_of(const Environment& environment, std::span<const char* const> names);

}  // namespace tabferry::app
