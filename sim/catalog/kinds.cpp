// What is said about content: the rows of the table in core/kinds.h.
#include "sim/core/kinds.h"

namespace tabferry::sim {
namespace {

using enum Shape;

KindRule label_kind() {
  return {.kind = Kind::label,
          .name = "label",
          .element = "label",
          .list = "labelList",
          .called = "Label",
          .parent = "content",
          .fields = {{"contentId"},
                     {"contentType"},
                     {"category"},
                     {"value"},
                     {"message"},
                     {"active", flag},
                     {"elevated", flag},
                     {"userDisplayName"},
                     {"createdAt"},
                     {"updatedAt"}},
          .children = {{.element = "owner", .kind = Kind::user, .attributes = "id"}}};
}

KindRule quality_warning_kind() {
  return {.kind = Kind::quality_warning,
          .name = "quality_warning",
          .element = "dataQualityWarning",
          .list = "dataQualityWarningList",
          .called = "Data quality warning",
          .parent = "content",
          .fields = {{"contentId"},
                     {"contentType"},
                     {"type"},
                     {"message"},
                     {"isActive", flag},
                     {"isSevere", flag},
                     {"userDisplayName"},
                     {"createdAt"},
                     {"updatedAt"}},
          .children = {{.element = "owner", .kind = Kind::user, .attributes = "id"}}};
}

KindRule database_kind() {
  return {.kind = Kind::database,
          .name = "database",
          .element = "database",
          .list = "databases",
          .called = "Database",
          .fields = {{"name"},
                     {"connectionType"},
                     {"connectorUrl"},
                     {"type"},
                     {"hostName"},
                     {"port", number},
                     {"filePath"},
                     {"fileExtension"},
                     {"fileId"},
                     {"mimeType"},
                     {"provider"},
                     {"requestUrl"},
                     {"description"},
                     {"contentPermissions"},
                     {"isEmbedded", flag},
                     {"isCertified", flag},
                     {"certificationNote"}},
          .children = {{.element = "contact", .kind = Kind::user, .attributes = "id"},
                       {.element = "certifier", .kind = Kind::user, .attributes = "id"},
                       {.element = "tags", .is_always_there = true}}};
}

KindRule table_kind() {
  return {
      .kind = Kind::table,
      .name = "table",
      .element = "table",
      .list = "tables",
      .called = "Table",
      .parent = "database",
      .fields =
          {{"name"}, {"schema"}, {"description"}, {"isEmbedded", flag}, {"isCertified", flag}, {"certificationNote"}},
      .children = {{.element = "contact", .kind = Kind::user, .attributes = "id"},
                   {.element = "certifier", .kind = Kind::user, .attributes = "id"},
                   {.element = "tags", .is_always_there = true}}};
}

}  // namespace

std::vector<KindRule> catalog_kinds() {
  return {
      {.kind = Kind::collection,
       .name = "collection",
       .element = "collection",
       .list = "collections",
       .called = "Collection",
       .fields = {{"name"}, {"description"}, {"visibility"}, {"createdAt"}, {"updatedAt"}},
       .aliases = {{"ownerLuid", "", "owner"},
                   {"createdTime", "", "createdAt"},
                   {"updatedTime", "", "updatedAt"},
                   {"modifiedTime", "", "updatedAt"}}},
      label_kind(),
      quality_warning_kind(),
      database_kind(),
      table_kind(),
      {.kind = Kind::column,
       .name = "column",
       .element = "column",
       .list = "columns",
       .called = "Column",
       .parent = "table",
       .fields = {{"name"}, {"description"}, {"remoteType"}},
       .aliases = {{"parentTableId", "", "table"}}},
      {.kind = Kind::pulse_definition,
       .name = "pulse_definition",
       .element = "definition",
       .list = "definitions",
       .called = "Definition"},
      {.kind = Kind::pulse_metric,
       .name = "pulse_metric",
       .element = "metric",
       .list = "metrics",
       .called = "Metric",
       .parent = "definition"},
      {.kind = Kind::pulse_subscription,
       .name = "pulse_subscription",
       .element = "subscription",
       .list = "subscriptions",
       .called = "Subscription",
       .parent = "metric"},
  };
}

}  // namespace tabferry::sim
