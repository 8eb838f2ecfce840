// Publishing a custom view: in one request or from an upload session.
#include <algorithm>

#include "base/text.h"
#include "doc/json.h"
#include "io/file.h"
#include "sim/content/custom_views.h"
#include "sim/content/views_of.h"
#include "sim/core/access.h"
#include "sim/core/ids.h"
#include "sim/core/list.h"
#include "sim/core/parts.h"
#include "sim/faults/hooks.h"

namespace tabferry::sim {
namespace {

constexpr size_t kMaxFileBytes = size_t{64} << 20;

struct Wanted {
  std::string name, owner, workbook;
  bool shared = false;
};

Wanted wanted_of(const Parts& parts) {
  if (!parts.has_payload)
    refuse(400000, "Payload is either malformed or incomplete: the part 'request_payload' is missing.");
  const auto language = base::trim(parts.payload).starts_with('{') ? Language::json : Language::xml;
  const Node asked = parse_request(parts.payload, language, "customView");
  expect_only(asked, {"name", "shared"}, {"owner", "workbook"});
  return {std::string(base::trim(needed_text(asked, "name"))), needed_text(needed_child(asked, "owner"), "id"),
          needed_text(needed_child(asked, "workbook"), "id"),
          base::lower(asked.attribute_or("shared", "false")) == "true"};
}

uint64_t take_file(Simulator& simulator, const Call& call, const Parts& parts, NewContent& file) {
  const auto session = call.query_value("uploadSessionId");
  if (session.has_value() == parts.has_file)
    refuse(400000, "A custom view comes either in the part 'tableau_customview' or from an upload session.");
  if (session) {
    const auto upload = simulator.locked([&](World& world) { return world.uploads.take(*session); });
    file.adopt(upload.path);
    return upload.size_bytes;
  }
  if (parts.file_bytes > simulator.options.max_single_bytes)
    refuse(400011, "There was a problem publishing the file: it is larger than {} bytes.",
           simulator.options.max_single_bytes);
  file.finish();
  return parts.file_bytes;
}

const Item& view_named(const Site& site, const Item& workbook, const std::string& name) {
  for (const Item* view : views_of(site, workbook, true))
    if (view->get("name") == name) return *view;
  refuse(404011, "View '{}' could not be found in the workbook '{}'.", name, workbook.get("name"));
}

// One name for each owner and view.
void check_name(const Site& site, const Item& view, const Wanted& wanted) {
  for (const Item* other : site.children(Kind::custom_view, view.id()))
    if (other->get("owner") == wanted.owner && other->get("name") == wanted.name)
      refuse(403166, "A custom view named '{}' already exists for this view and owner.", wanted.name);
}

const Item& add(Desk& desk, const Wanted& wanted, const std::string& view_name, Item item) {
  const Item& workbook = desk.site.at(Kind::workbook, wanted.workbook);
  require(desk.site, *desk.user, workbook, "Read", 403004);
  const Item& owner = desk.site.at(Kind::user, wanted.owner);
  if (owner.id() != desk.user->id() && !is_site_admin(*desk.user))
    refuse(403004, "User '{}' cannot publish custom views for others.", desk.user->get("name"));
  const Item& view = view_named(desk.site, workbook, view_name);
  check_name(desk.site, view, wanted);
  item.set("name", wanted.name).set("owner", owner.id()).set("workbook", workbook.id()).set("view", view.id());
  item.set_flag("shared", wanted.shared).set("createdAt", desk.now).set("updatedAt", desk.now);
  return desk.site.put(item.set("lastAccessedAt", desk.now));
}

// The name that is said in one of the array's objects.
void check_sheet(const doc::Json& sheet) {
  const bool is_whole = sheet.is_object() && sheet.contains("tcv") && sheet["tcv"].is_string() &&
                        sheet.contains("viewName") && sheet["viewName"].is_string();
  const std::string tcv = is_whole ? sheet["tcv"].get<std::string>() : "";
  const auto is_letter = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '=';
  };
  if (tcv.empty() || !std::all_of(tcv.begin(), tcv.end(), is_letter))
    refuse(400011,
           "There was a problem publishing the file: a sheet of it has no viewName or no tcv in URL-safe base64.");
}

}  // namespace

std::string source_view_of(std::string_view file) {
  doc::Json sheets;
  try {
    sheets = doc::parse_json(file, "the custom view");
  } catch (const base::Error& error) {
    refuse(400011, "There was a problem publishing the file: {}.", error.what());
  }
  if (!sheets.is_array() || sheets.empty())
    refuse(400011, "There was a problem publishing the file: it is no array of sheets.");
  const doc::Json* source = &sheets[0];
  for (const auto& sheet : sheets) {
    check_sheet(sheet);
    if (sheet.value("isSourceView", doc::Json(false)) == doc::Json(true)) source = &sheet;
  }
  return (*source)["viewName"].get<std::string>();
}

Reply publish_custom_view(Simulator& simulator, Call& call) {
  faults_on_publish(simulator, call);
  NewContent file(simulator.folder, "json");
  const Parts parts = receive_parts(call, "tableau_customview", simulator.options.max_single_bytes,
                                    [&](std::string_view bytes) { file.write(bytes); });
  const Wanted wanted = wanted_of(parts);
  const uint64_t size = take_file(simulator, call, parts, file);
  if (size > kMaxFileBytes)
    refuse(400011, "There was a problem publishing the file: it is larger than {} bytes.", kMaxFileBytes);
  const std::string view = source_view_of(io::read_text(file.path(), kMaxFileBytes));
  Reply reply = simulator.change([&](World& world) {
    Desk desk = desk_of(simulator, world, call);
    Item item(Kind::custom_view, make_luid());
    item.set("_file", file.name()).set("_fileType", "json").set_number("_sizeBytes", size);
    return single(desk, add(desk, wanted, view, std::move(item)), 201);
  });
  file.keep();
  return reply;
}

}  // namespace tabferry::sim
