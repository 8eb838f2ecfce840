// Tags: of content (https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_workbooks_and_views.htm) and
// in batches (rest_api_ref_metadata.htm).
#include <algorithm>
#include <deque>

#include "base/text.h"
#include "sim/core/access.h"
#include "sim/core/routes.h"

namespace tabferry::sim {
namespace {

struct Taggable {
  std::string_view list;     // in URLs
  std::string_view content;  // in batches, in lower case
  Kind kind;
  int since;
  std::string_view feature = {};
};
constexpr Taggable kTaggables[] = {
    {"workbooks", "workbook", Kind::workbook, 204},
    {"views", "view", Kind::view, 204},
    {"datasources", "datasource", Kind::datasource, 206},
    {"flows", "flow", Kind::flow, 303, "flows"},
    {"virtualconnections", "virtualconnection", Kind::virtual_connection, 323, "data-management"},
    {"databases", "database", Kind::database, 309, "data-management"},
    {"tables", "table", Kind::table, 309, "data-management"},
    {"columns", "column", Kind::column, 309, "data-management"}};

using Labels = std::vector<std::string>;

constexpr size_t kMaxLabels = 1000;  // of one item [INF]: each new one is compared with all

void add_label(Labels& labels, std::string_view label) {
  label = base::trim(label);
  if (labels.size() >= kMaxLabels) refuse(400000, "An item has at most {} tags.", kMaxLabels);
  if (!label.empty() && std::find(labels.begin(), labels.end(), label) == labels.end()) labels.emplace_back(label);
}

// "a b,c" is three labels, "\"a b\"" is one: outside of quotes spaces and commas divide.
void read_labels(std::string_view text, Labels& labels) {
  std::string label;
  bool is_quoted = false;
  for (const char c : text) {
    if (c == '"') {
      is_quoted = !is_quoted;
    } else if (!is_quoted && (c == ' ' || c == ',')) {
      add_label(labels, label);
      label.clear();
    } else {
      label += c;
    }
  }
  add_label(labels, label);
}

Labels labels_asked(const Node& tags) {
  Labels labels;
  for (const auto& tag : tags.children) {
    if (tag.name != "tag") refuse(400000, "unexpected element (uri:\"\", local:\"{}\") in 'tags'.", tag.name);
    expect_only(tag, {"label"}, {});
    read_labels(tag.attribute_or("label", ""), labels);
  }
  if (labels.empty()) refuse(400000, "Payload is either malformed or incomplete. Missing element: tag");
  return labels;
}

Labels labels_of(const Item& item) {
  Labels labels;
  if (const Node* tags = item.part("tags"))
    for (const auto& tag : tags->children) add_label(labels, tag.attribute_or("label", ""));
  return labels;
}

Node tags_node(const Labels& labels) {
  Node tags("tags");
  for (const auto& label : labels) tags.add(Node("tag").with("label", label));
  return tags.as_list();
}

void put_labels(Desk& desk, const Item& item, const Labels& labels) {
  Item changed = item;
  if (labels.empty())
    changed.remove_part("tags");
  else
    changed.put_part(tags_node(labels));
  desk.site.put(std::move(changed));
}

void check_may_tag(const Desk& desk, const Item& item) {
  if (desk.user->get("siteRole") == "Viewer") refuse(403004, "User '{}' may not tag.", desk.user->get("name"));
  require(desk.site, *desk.user, item, "Read", 403004);
}

Labels with_added(const Item& item, const Labels& more) {
  Labels labels = labels_of(item);
  for (const auto& label : more) add_label(labels, label);
  return labels;
}

Labels without(const Item& item, const Labels& less) {
  Labels labels = labels_of(item);
  std::erase_if(labels, [&](const auto& one) { return std::find(less.begin(), less.end(), one) != less.end(); });
  return labels;
}

const Item& target_of(const Desk& desk, const Call& call) {
  const auto list = base::split(call.route, '/')[2];
  const auto type =
      std::find_if(std::begin(kTaggables), std::end(kTaggables), [&](const Taggable& one) { return one.list == list; });
  return desk.site.at(type->kind, call.parameter("id"));
}

// The answer tells all tags that the item has now.
Reply add_tags(Desk& desk, const Call& call) {
  const Item& item = target_of(desk, call);
  const Labels asked = labels_asked(call.request("tags"));
  check_may_tag(desk, item);
  const Labels labels = with_added(item, asked);
  put_labels(desk, item, labels);
  return {.payload = {tags_node(labels)}};
}

// The label stands in the path as it is, or in the quotes it was sent with.
Reply delete_tag(Desk& desk, const Call& call) {
  const Item& item = target_of(desk, call);
  check_may_tag(desk, item);
  std::string_view label = call.parameter("label");
  if (label.size() > 1 && label.starts_with('"') && label.ends_with('"')) label = label.substr(1, label.size() - 2);
  const Labels labels = without(item, {std::string(label)});
  if (labels.size() == labels_of(item).size()) refuse(404007, "Tag '{}' could not be found.", label);
  put_labels(desk, item, labels);
  return {.status = 204};
}

const Item& content_of(const Desk& desk, const Node& content) {
  const std::string type = base::lower(content.attribute_or("contentType", ""));
  for (const auto& one : kTaggables)
    if (one.content == type) return desk.site.at(one.kind, content.attribute_or("id", ""));
  refuse(400003, "Content of type '{}' has no tags.", content.attribute_or("contentType", ""));
}

Reply change_batch(Desk& desk, const Call& call, Labels (*changed)(const Item&, const Labels&)) {
  const Node batch = call.request("tagBatch");
  expect_only(batch, {}, {"tags", "contents"});
  const Node* tags = batch.child("tags");
  const Node* contents = batch.child("contents");
  if (tags == nullptr || contents == nullptr || contents->children.empty())
    refuse(400000, "Payload is either malformed or incomplete: tags and contents are expected.");
  const Labels labels = labels_asked(*tags);
  for (const auto& content : contents->children) {
    const Item& item = content_of(desk, content);
    check_may_tag(desk, item);
    put_labels(desk, item, changed(item, labels));
  }
  Node answer("tagBatch");
  Node list = *contents;
  return {.payload = {answer.add(tags_node(labels)).add(list.as_list())}};
}

Reply create_batch(Desk& desk, const Call& call) { return change_batch(desk, call, with_added); }
Reply delete_batch(Desk& desk, const Call& call) { return change_batch(desk, call, without); }

}  // namespace

std::vector<Route> tag_routes() {
  static std::deque<std::string> patterns;  // rows hold views
  std::vector<Route> routes = {{"PUT", "tags:batchCreate", create_batch, {.since = 309}},
                               {"PUT", "tags:batchDelete", delete_batch, {.since = 309}}};
  for (const auto& type : kTaggables) {
    const Terms terms{.since = type.since, .feature = type.feature};
    const std::string_view all = patterns.emplace_back(fmt::format("sites/{{site}}/{}/{{id}}/tags", type.list));
    routes.push_back({"PUT", all, add_tags, terms});
    routes.push_back({"DELETE", patterns.emplace_back(std::string(all) + "/{label}"), delete_tag, terms});
  }
  return routes;
}

}  // namespace tabferry::sim
