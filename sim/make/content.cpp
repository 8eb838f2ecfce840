// The content of a made site: data sources, workbooks and their views, flows.
#include <fmt/format.h>

#include <unordered_map>

#include "base/text.h"
#include "sim/content/publishing.h"
#include "sim/make/bodies.h"
#include "sim/make/making.h"
#include "sim/make/names.h"

namespace tabferry::sim::make {
namespace {

constexpr std::array kTags = {"finance", "Q1/Q2", "say \"hi\"", "日本", "a, b", "certified", "50%", "<old>"};

class Shelf {
 public:
  Shelf(Making& making, const Bodies& bodies)
      : making_(making), bodies_(bodies), site_(making.site().self().get("contentUrl")) {}

  void make() {
    for (uint64_t number = 0; number < making_.counts().datasources; ++number) make_datasource(number);
    for (uint64_t number = 0; number < making_.counts().flows; ++number) make_flow(number);
    for (uint64_t number = 0; number < making_.counts().workbooks; ++number) make_workbook(number);
  }

 private:
  // Names are counted in each place, from one of five beginnings, so that they come again in other places; in every
  // other one in other letters.
  std::string name_in(const std::string& place, Named kind) {
    const auto [at, is_new] =
        counted_.try_emplace(fmt::format("{} {}", place, static_cast<int>(kind)), Counted{0, false});
    if (is_new) at->second = {.next = places_ % 5 * 9, .other_letters = places_ % 2 == 1};
    if (is_new) ++places_;
    const std::string name = name_of(kind, at->second.next++);
    return at->second.other_letters ? other_case(name) : name;
  }

  void set_tags(Item& item, Dice& dice) {
    Node tags("tags");
    for (uint64_t left = dice.below(4), at = dice.below(kTags.size()); left > 0; --left, ++at)
      tags.add(Node("tag").with("label", kTags[at % kTags.size()]));
    item.put_part(tags.as_list());
  }

  // What content of every kind has.
  Item content(Kind kind, uint64_t number, Dice& dice) {
    const std::string created = Making::past_time(dice), updated = Making::later_than(created, dice);
    Item item = making_.item(kind, number);
    item.set("description", description_of(number)).set("createdAt", created).set("updatedAt", updated);
    item.set("owner", making_.any(Kind::user, dice));
    item.set("_publishedAt", updated).set("_publisher", item.get("owner"));
    set_tags(item, dice);
    return item;
  }

  void place(Item& item, const std::string& project, Named named) {
    item.set("project", project).set("name", name_in(project, named));
  }

  void set_address(Item& item, std::string_view list) {
    item.set("webpageUrl",
             fmt::format("https://tableau.example.com/#/site/{}/{}/{}", site_, list, making_.next_number()));
  }

  static void set_file(Item& item, const Body& body) {
    item.set("_file", body.file).set("_fileType", body.file_type).set_number("_sizeBytes", body.size_bytes);
  }

  static bool extracts(const Body& body) {
    return std::any_of(body.sources.begin(), body.sources.end(),
                       [](const SourceOrder& source) { return source.has_extract(); });
  }

  // The body of the n-th item: the first ones bring a new one each, the others share these.
  template <class New>
  const Body& body_of(std::vector<Body>& bodies, uint64_t number, New make_new) {
    if (number < making_.order().bodies) bodies.push_back(make_new());
    return bodies[number % bodies.size()];
  }

  void make_datasource(uint64_t number) {
    Dice dice = making_.dice(Kind::datasource, number);
    Item item = content(Kind::datasource, number, dice);
    place(item, making_.any(Kind::project, dice), Named::datasource);
    const std::string url = making_.content_url(Kind::datasource, item.get("name"));
    const Body& body = body_of(datasources_, number, [&] {
      return bodies_.datasource(number, {.site = site_, .content_url = url}, item.get("name"));
    });
    set_file(item.set("contentUrl", url), body);
    set_address(item, "datasources");
    const SourceOrder& source = body.sources.front();
    item.set("type", source.connects == Connects::direct_extract ? "hyper" : database_of(source).connection_class);
    item.set_flag("hasExtracts", extracts(body)).set("encryptExtracts", "false").set_flag("isPublished", true);
    item.set_flag("isCertified", number % 6 == 0).set_flag("useRemoteQueryAgent", number % 9 == 0);
    if (number % 6 == 0) item.set("certificationNote", "Checked by \"Finance\" & co. ✔");
    item.set_number("size", megabytes(body.size_bytes));
    const bool from_file = source.connects == Connects::direct_extract;
    item.set("databaseName", from_file ? source.extract_entry : "shop")
        .set("serverName", from_file ? "" : database_of(source).server);
    const std::string& project = item.get("project");
    published_.push_back({.id = item.id(),
                          .name = item.get("name"),
                          .content_url = url,
                          .project_id = project,
                          .project_name = making_.site().at(Kind::project, project).get("name")});
    connect(making_.put(std::move(item)), body);
  }

  void make_flow(uint64_t number) {
    Dice dice = making_.dice(Kind::flow, number);
    Item item = content(Kind::flow, number, dice);
    place(item, making_.any(Kind::project, dice), Named::flow);
    const Body& body =
        body_of(flows_, number, [&] { return bodies_.flow(number, site_, item.get("name"), published_); });
    set_file(item, body);
    set_address(item, "flows");
    item.set("fileType", body.file_type);
    making_.put(std::move(item));
  }

  // The last ones lie in the personal spaces of their owners.
  bool is_personal(uint64_t number) const { return number + making_.counts().personal >= making_.counts().workbooks; }

  void place_workbook(Item& item, uint64_t number, Dice& dice) {
    if (!is_personal(number)) return place(item, making_.any(Kind::project, dice), Named::workbook);
    const std::string owner = item.get("owner");
    item.set("name", name_in(owner, Named::workbook));
    item.put_part(Node("location").with("id", owner).with("type", "PersonalSpace").with("name", "Personal Space"));
  }

  void make_workbook(uint64_t number) {
    Dice dice = making_.dice(Kind::workbook, number);
    Item item = content(Kind::workbook, number, dice);
    place_workbook(item, number, dice);
    const std::string url = making_.content_url(Kind::workbook, item.get("name"));
    const Body& body = body_of(workbooks_, number, [&] {
      return bodies_.workbook(number, {.site = site_, .content_url = url}, item.get("name"), published_);
    });
    set_file(item.set("contentUrl", url), body);
    set_address(item, "workbooks");
    item.set_flag("showTabs", number % 2 == 0).set_number("size", megabytes(body.size_bytes));
    item.set_flag("hasExtracts", extracts(body))
        .set("encryptExtracts", "false")
        .set("lastPublishedAt", item.get("updatedAt"));
    item.set_number("sheetCount", body.sheets.size() + body.dashboards.size());
    make_views(item, body, number, dice);
    connect(making_.put(std::move(item)), body);
  }

  void make_views(Item& workbook, const Body& body, uint64_t number, Dice& dice) {
    std::unordered_set<std::string> urls;
    uint64_t at = 0;
    const auto add = [&](const std::string& name, std::string_view sheet_type) {
      Item view = making_.item(Kind::view, number * 100 + at);
      std::string url;
      for (const char letter : name)
        if (static_cast<unsigned char>(letter) < 0x80 && std::isalnum(letter)) url += letter;
      if (url.empty() || !urls.insert(base::lower(url)).second) url = fmt::format("Sheet{}", at + 1);
      view.set("name", name).set("workbook", workbook.id()).set("owner", workbook.get("owner"));
      if (workbook.has("project")) view.set("project", workbook.get("project"));
      view.set("contentUrl", fmt::format("{}/sheets/{}", workbook.get("contentUrl"), url)).set("viewUrlName", url);
      view.set("sheetType", sheet_type).set_flag("hidden", false);
      view.set("createdAt", workbook.get("createdAt")).set("updatedAt", workbook.get("updatedAt"));
      view.set_number("_totalViewCount", dice.below(5000));
      view.put_part(Node("tags").as_list()).set_number("_place", at);
      if (const Node* location = workbook.part("location")) view.put_part(*location);
      if (at++ == 0) workbook.set("defaultViewId", view.id());
      making_.put(std::move(view));
    };
    for (const auto& name : body.sheets) add(name, "worksheet");
    for (const auto& name : body.dashboards) add(name, "dashboard");
  }

  void connect(const std::string& content, const Body& body) {
    for (const auto& source : body.sources) {
      Item item = making_.item(Kind::connection, connections_++);
      item.set("content", content).set_flag("embedPassword", false).set_flag("queryTaggingEnabled", false);
      if (source.connects == Connects::published) {
        const auto& read = *std::find_if(published_.begin(), published_.end(), [&](const PublishedSource& known) {
          return known.content_url == source.place.content_url;
        });
        item.set("type", "sqlproxy").set("dbClass", "sqlproxy").set("serverAddress", source.place.server);
        item.set("serverPort", "443").set("userName", "").set("datasource", read.id);
      } else if (source.connects == Connects::direct_extract) {
        item.set("type", "hyper").set("dbClass", "hyper").set("serverAddress", "").set("serverPort", "");
        item.set("userName", "tableau_internal_user");
      } else {
        const Database& database = database_of(source);
        item.set("type", database.connection_class).set("dbClass", database.connection_class).set("userName", "reader");
        item.set("serverAddress", database.server).set("serverPort", database.port);
      }
      making_.put(std::move(item));
    }
  }

  struct Counted {
    uint64_t next;
    bool other_letters;
  };

  Making& making_;
  const Bodies& bodies_;
  std::string site_;
  std::unordered_map<std::string, Counted> counted_;
  uint64_t places_ = 0, connections_ = 0;
  std::vector<Body> datasources_, workbooks_, flows_;
  std::vector<PublishedSource> published_;
};

}  // namespace

void make_content(Making& making, const Bodies& bodies) { Shelf(making, bodies).make(); }

}  // namespace tabferry::sim::make
