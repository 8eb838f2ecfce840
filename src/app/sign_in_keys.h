// Inside of the room: what a configuration calls the name and the secret of who signs in.
#pragma once

#include <string_view>

#include "tableau/site.h"

namespace tabferry::app {

struct SignInKeys {
  std::string_view name, secret;
};

// Of a connected app: below `connected_app`.
constexpr SignInKeys sign_in_keys(tableau::Credentials::Kind kind) {
  using Kind = tableau::Credentials::Kind;
  switch (kind) {
    case Kind::password:
      return {"username", "password"};
    case Kind::connected_app:
      return {"username", "secret_value"};
    case Kind::token:
      break;
  }
  return {"pat_name", "pat_secret"};
}

}  // namespace tabferry::app
