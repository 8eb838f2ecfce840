// One thing that the site holds: a user, a workbook, a schedule, a permission rule.
//
// Its fields are texts under the names that the REST API gives them ("contentUrl"); a reference is the id of another
// item under that element's name ("owner", "project"). A field whose name begins with '_' is the site's own and is
// never shown ("_file"). What has a structure of its own is a part: "tags", "frequencyDetails". kinds.h says what is
// shown.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/core/node.h"

namespace tabferry::sim {

enum class Kind : uint8_t {
  site,
  site_settings,
  auth_configuration,
  connected_app,
  authorization_server,
  user,
  access_token,
  group,
  membership,
  group_set,
  group_set_member,
  project,
  permissions,
  workbook,
  view,
  datasource,
  flow,
  revision,
  connection,
  custom_view,
  virtual_connection,
  schedule,
  extract_task,
  flow_task,
  linked_task,
  subscription,
  favorite,
  data_alert,
  webhook,
  job,
  collection,
  label,
  quality_warning,
  database,
  table,
  column,
  pulse_definition,
  pulse_metric,
  pulse_subscription,
};
constexpr size_t kKindCount = static_cast<size_t>(Kind::pulse_subscription) + 1;

// A value; one thread at a time.
class Item {
 public:
  using Fields = std::vector<std::pair<std::string, std::string>>;

  Item(Kind kind, std::string id) : kind_(kind), id_(std::move(id)) {}

  Kind kind() const { return kind_; }
  const std::string& id() const { return id_; }  // LUIDs are in lower case

  bool has(std::string_view field) const;
  const std::string& get(std::string_view field) const;  // "" where it is not set
  bool flag(std::string_view field) const { return get(field) == "true"; }
  uint64_t number(std::string_view field) const;  // 0 where it is not set or no number
  const Fields& fields() const { return fields_; }

  // Each returns this item. An empty value is a value; unset() makes it absent.
  Item& set(std::string_view field, std::string_view value);
  Item& set_flag(std::string_view field, bool value) { return set(field, value ? "true" : "false"); }
  Item& set_number(std::string_view field, uint64_t value) { return set(field, std::to_string(value)); }
  Item& unset(std::string_view field);
  void add(std::string field, std::string value) {
    fields_.emplace_back(std::move(field), std::move(value));
  }  // a new one

  const Node* part(std::string_view name) const;  // null where there is none
  const std::vector<Node>& parts() const { return parts_; }
  Item& put_part(Node part);  // replaces those of its name
  Item& add_part(Node part);  // beside those of its name: "granteeCapabilities"
  Item& remove_part(std::string_view name);

 private:
  Kind kind_;
  std::string id_;
  Fields fields_;
  std::vector<Node> parts_;
};

}  // namespace tabferry::sim
