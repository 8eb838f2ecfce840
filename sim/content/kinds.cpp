// What people make: the rows of the table in core/kinds.h.
#include "sim/core/kinds.h"

namespace tabferry::sim {
namespace {

using enum Shown;
using enum Shape;

KindRule project_kind() {
  return {
      .kind = Kind::project,
      .name = "project",
      .element = "project",
      .list = "projects",
      .called = "Project",
      .not_found = 404005,
      .parent = "parentProjectId",
      .fields = {{"name"}, {"description"}, {"createdAt"}, {"updatedAt"}, {"contentPermissions"}, {"parentProjectId"}},
      .children = {{.element = "owner", .kind = Kind::user, .attributes = "id"}},
      .aliases = {{"ownerName", "owner", "name", Kind::user},
                  {"ownerEmail", "owner", "email", Kind::user},
                  {"ownerDomain", "owner", "domain", Kind::user}}};
}

KindRule workbook_kind() {
  return {.kind = Kind::workbook,
          .name = "workbook",
          .element = "workbook",
          .list = "workbooks",
          .called = "Workbook",
          .not_found = 404006,
          .parent = "project",
          .fields = {{"name"},
                     {"description"},
                     {"contentUrl"},
                     {"webpageUrl"},
                     {"showTabs"},
                     {"size", number},
                     {"createdAt"},
                     {"updatedAt"},
                     {"encryptExtracts"},
                     {"defaultViewId"},
                     {"hasExtracts", flag, in_full},
                     {"lastPublishedAt", text, in_full},
                     {"sheetCount", number, in_full},
                     {"thumbnailsUserId", text, single},
                     {"thumbnailsGroupId", text, single}},
          .children = {{.element = "project", .kind = Kind::project, .attributes = "id name"},
                       {.element = "location"},
                       {.element = "owner", .kind = Kind::user, .attributes = "id name"},
                       {.element = "tags", .is_always_there = true},
                       {.element = "dataFreshnessPolicy", .shown = single}},
          .aliases = {{"projectName", "project", "name", Kind::project},
                      {"ownerName", "owner", "name", Kind::user},
                      {"ownerDomain", "owner", "domain", Kind::user},
                      {"ownerEmail", "owner", "email", Kind::user}}};
}

KindRule view_kind() {
  return {.kind = Kind::view,
          .name = "view",
          .element = "view",
          .list = "views",
          .called = "View",
          .not_found = 404011,
          .parent = "workbook",
          .fields = {{"name"},
                     {"contentUrl"},
                     {"createdAt"},
                     {"updatedAt"},
                     {"viewUrlName"},
                     {"sheetType", text, in_full},
                     {"hidden", flag, in_full}},
          .children = {{.element = "workbook", .kind = Kind::workbook, .attributes = "id"},
                       {.element = "owner", .kind = Kind::user, .attributes = "id"},
                       {.element = "project", .kind = Kind::project, .attributes = "id"},
                       {.element = "tags", .is_always_there = true},
                       {.element = "location"}},
          .aliases = {{"workbookName", "workbook", "name", Kind::workbook},
                      {"projectName", "project", "name", Kind::project},
                      {"ownerName", "owner", "name", Kind::user},
                      {"ownerDomain", "owner", "domain", Kind::user},
                      {"ownerEmail", "owner", "email", Kind::user}}};
}

KindRule datasource_kind() {
  return {.kind = Kind::datasource,
          .name = "datasource",
          .element = "datasource",
          .list = "datasources",
          .called = "Datasource",
          .not_found = 404004,
          .parent = "project",
          .fields = {{"name"},
                     {"contentUrl"},
                     {"description"},
                     {"type"},
                     {"createdAt"},
                     {"updatedAt"},
                     {"encryptExtracts"},
                     {"hasExtracts", flag},
                     {"isCertified", flag},
                     {"certificationNote"},
                     {"useRemoteQueryAgent", flag},
                     {"size", number},
                     {"webpageUrl"},
                     {"isPublished", flag, in_full},
                     {"databaseName", text, in_full},
                     {"serverName", text, in_full}},
          .children = {{.element = "project", .kind = Kind::project, .attributes = "id name"},
                       {.element = "owner", .kind = Kind::user, .attributes = "id name"},
                       {.element = "tags", .is_always_there = true}},
          .aliases = {{"projectName", "project", "name", Kind::project},
                      {"ownerName", "owner", "name", Kind::user},
                      {"ownerDomain", "owner", "domain", Kind::user},
                      {"ownerEmail", "owner", "email", Kind::user}}};
}

KindRule flow_kind() {
  return {.kind = Kind::flow,
          .name = "flow",
          .element = "flow",
          .list = "flows",
          .called = "Flow",
          .not_found = 404027,
          .parent = "project",
          .fields = {{"name"}, {"description"}, {"webpageUrl"}, {"fileType"}, {"createdAt"}, {"updatedAt"}},
          .children = {{.element = "project", .kind = Kind::project, .attributes = "id name"},
                       {.element = "owner", .kind = Kind::user, .attributes = "id name"},
                       {.element = "tags", .is_always_there = true}},
          .aliases = {{"projectName", "project", "name", Kind::project}, {"ownerName", "owner", "name", Kind::user}}};
}

KindRule custom_view_kind() {
  return {.kind = Kind::custom_view,
          .name = "custom_view",
          .element = "customView",
          .list = "customViews",
          .called = "Custom view",
          .not_found = 404011,
          .parent = "view",
          .fields = {{"name"}, {"createdAt"}, {"updatedAt"}, {"lastAccessedAt"}, {"shared", flag}},
          .children = {{.element = "view", .kind = Kind::view, .attributes = "id name"},
                       {.element = "workbook", .kind = Kind::workbook, .attributes = "id name"},
                       {.element = "owner", .kind = Kind::user, .attributes = "id name"}},
          .aliases = {{"viewId", "", "view"},
                      {"workbookId", "", "workbook"},
                      {"ownerId", "", "owner"},
                      {"workbookName", "workbook", "name", Kind::workbook}}};
}

KindRule virtual_connection_kind() {
  return {.kind = Kind::virtual_connection,
          .name = "virtual_connection",
          .element = "virtualConnection",
          .list = "virtualConnections",
          .called = "Virtual connection",
          .not_found = 404029,
          .parent = "project",
          .fields = {{"name"},
                     {"createdAt"},
                     {"updatedAt"},
                     {"isCertified", flag},
                     {"certificationNote"},
                     {"hasExtracts", flag},
                     {"webpageUrl"}},
          .children = {{.element = "project", .kind = Kind::project, .attributes = "id name"},
                       {.element = "owner", .kind = Kind::user, .attributes = "id name"},
                       {.element = "tags", .is_always_there = true}},
          .aliases = {{"projectName", "project", "name", Kind::project}, {"ownerName", "owner", "name", Kind::user}}};
}

}  // namespace

std::vector<KindRule> content_kinds() {
  return {
      project_kind(),
      {.kind = Kind::permissions,
       .name = "permissions",
       .element = "permissions",
       .list = "permissions",
       .called = "Permissions"},
      workbook_kind(),
      view_kind(),
      datasource_kind(),
      flow_kind(),
      {.kind = Kind::revision,
       .name = "revision",
       .element = "revision",
       .list = "revisions",
       .called = "Revision",
       .not_found = 404024,
       .parent = "content"},
      {.kind = Kind::connection,
       .name = "connection",
       .element = "connection",
       .list = "connections",
       .called = "Connection",
       .not_found = 404020,
       .parent = "content"},
      custom_view_kind(),
      virtual_connection_kind(),
  };
}

}  // namespace tabferry::sim
