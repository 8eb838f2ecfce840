#include "sim/core/scopes.h"

#include <algorithm>
#include <array>

#include "base/glob.h"
#include "base/text.h"
#include "sim/core/refusal.h"

namespace tabferry::sim {
namespace {

// The resource in a path, and what stands for it in a scope; those that are content have one scope for reading.
struct Resource {
  std::string_view word;
  std::string_view scope;
  bool is_content = false;
};

constexpr std::array kResources = {
    Resource{"workbooks", "workbooks", true},
    Resource{"views", "views", true},
    Resource{"datasources", "datasources", true},
    Resource{"flows", "flows", true},
    Resource{"projects", "projects", true},
    Resource{"customviews", "views", true},
    Resource{"collections", "collections", true},
    Resource{"metrics", "metrics", true},
    Resource{"fileUploads", "file_uploads"},
    Resource{"users", "users"},
    Resource{"groups", "groups"},
    Resource{"groupsets", "groups"},
    Resource{"tasks", "tasks"},
    Resource{"schedules", "schedules"},
    Resource{"jobs", "jobs"},
    Resource{"subscriptions", "subscriptions"},
    Resource{"favorites", "favorites"},
    Resource{"orderFavorites", "favorites"},
    Resource{"dataAlerts", "data_driven_alerts"},
    Resource{"webhooks", "webhooks"},
    Resource{"labels", "labels"},
    Resource{"settings", "sites"},
    Resource{"domains", "sites"},
    Resource{"sites", "sites"},
};

const Resource* resource_named(std::string_view word) {
  const auto is_it = [&](const Resource& resource) { return base::equal_ignoring_case(resource.word, word); };
  const auto at = std::find_if(kResources.begin(), kResources.end(), is_it);
  return at == kResources.end() ? nullptr : &*at;
}

std::string_view verb_of(std::string_view method) {
  if (method == "GET") return "read";
  if (method == "POST") return "create";
  return method == "DELETE" ? "delete" : "update";
}

bool has_word(const std::vector<std::string_view>& words, std::string_view word) {
  return std::any_of(words.begin(), words.end(), [&](auto one) { return base::equal_ignoring_case(one, word); });
}

// Questions that go out as a POST. [INF] That labels are asked for by a scope of their own; that the Metadata API is
// open to tableau:content:read is documented.
bool only_asks(std::string_view method, const std::vector<std::string_view>& words) {
  return method == "POST" && (words.back() == "graphql" || words.back() == "labels");
}

// Pulse names its scopes otherwise, as its clients do (tableau-mcp).
std::string pulse_scope(std::string_view list, std::string_view verb) {
  return fmt::format("tableau:{}:{}", list == "subscriptions" ? "metric_subscriptions" : "insight_definitions_metrics",
                     verb);
}

bool needs_no_scope(std::string_view first) {
  return first == "auth" || first == "sessions" || base::equal_ignoring_case(first, "serverinfo");
}

}  // namespace

std::string scope_needed(std::string_view method, std::string_view route) {
  auto words = base::split(route, '/');
  if (words.front() == "-" || words.front() == "exp") words.erase(words.begin());  // /api/-/, /api/exp/
  if (needs_no_scope(words.front())) return "";
  if (has_word(words, "virtualconnections")) return "-";
  const std::string_view verb = only_asks(method, words) ? "read" : verb_of(method);
  if (words.front() == "metadata") return "tableau:content:read";
  if (words.front() == "pulse" && words.size() > 1) return pulse_scope(words[1], verb);
  if (has_word(words, "permissions") || has_word(words, "default-permissions"))
    return fmt::format("tableau:permissions:{}", verb);
  // Behind sites/{site}, but for what has no site in its path.
  const bool is_below_site = words.size() > 2 && words[0] == "sites";
  const Resource* resource = resource_named(is_below_site ? words[2] : words[0]);
  if (resource == nullptr) return fmt::format("tableau:{}:{}", is_below_site ? words[2] : words[0], verb);
  if (words.back() == "content" && method == "GET") return fmt::format("tableau:{}:download", resource->scope);
  if (resource->is_content && method == "GET") return "tableau:content:read";
  return fmt::format("tableau:{}:{}", resource->scope, verb);
}

bool grants(std::string_view scope, std::string_view needed) {
  return needed != "-" && base::Glob(std::string(scope), base::Glob::Form::fnmatch).matches(needed);
}

void check_scope(const Session& session, const Call& call) {
  if (!session.is_scoped) return;
  const std::string needed = scope_needed(call.method, call.route);
  const auto grants_it = [&](const std::string& scope) { return grants(scope, needed); };
  if (needed.empty() || std::any_of(session.scopes.begin(), session.scopes.end(), grants_it)) return;
  refuse(401002, "Invalid authentication credentials were provided. {}",
         needed == "-" ? "There is no scope for this method." : fmt::format("The scope {} is missing.", needed));
}

}  // namespace tabferry::sim
