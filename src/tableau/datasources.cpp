#include "tableau/datasources.h"

#include "base/text.h"
#include "base/url.h"
#include "tableau/json_of.h"
#include "tableau/json_text.h"
#include "tableau/paging.h"

namespace tabferry::tableau {
namespace {

// Values of a filter hold neither ',' nor '&', not even encoded: then all data sources are read.
// https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_concepts_filtering_and_sorting.htm
std::string list_path(const std::string& name) {
  if (name.find_first_of(",&") != std::string::npos) return "datasources";
  return "datasources?filter=name:eq:" + base::percent_encoded(name);
}

Datasource datasource_in(const doc::Json& found) {
  return {.id = text_at(found, "id"),
          .name = text_at(found, "name"),
          .project_id = text_at(found, "project/id"),
          .content_url = text_at(found, "contentUrl"),
          .webpage_url = text_at(found, "webpageUrl"),
          .updated_at = text_at(found, "updatedAt")};
}

}  // namespace

Datasource datasource_of(const doc::Element& element) { return datasource_in(json_of(element)); }

std::optional<Datasource> find_datasource_named(Lane& lane, const std::string& project_id,
                                                const std::string& name, std::stop_token stop) {
  std::optional<Datasource> exact, similar;
  const ListRequest list{.doing = fmt::format("looking for the data source {}", base::quoted(name)),
                       .path = list_path(name),
                       .wrapper = "datasources",
                       .item = "datasource"};
  for_each_item(lane, list, stop, [&](const doc::Json& item) {
    const Datasource found = datasource_in(item);
    if (found.project_id != project_id) return;
    if (found.name == name) exact = found;
    if (base::equal_ignoring_case(found.name, name)) similar = found;
  });
  return exact ? exact : similar;
}

std::optional<Datasource> find_datasource_by_id(Lane& lane, const std::string& id, std::stop_token stop) {
  const std::string doing = "looking at the data source";
  const Answer answer = lane.ask({.doing = doing, .path = "datasources/" + base::percent_encoded(id)}, stop);
  if (answer.status() == 404) return std::nullopt;
  if (!answer.ok()) answer.fail(doing);
  return datasource_of(answer.root(doing).child("datasource"));
}

}  // namespace tabferry::tableau
