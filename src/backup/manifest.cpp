#include "backup/manifest.h"

#include <array>

#include "backup/json_fields.h"
#include "backup/lines.h"
#include "backup/snapshot_name.h"
#include "base/error.h"

using tabferry::base::ErrorKind;

namespace tabferry::backup {
namespace {

using Outcome = Receipt::Outcome;

doc::Json to_json(const Entry& entry) {
  doc::Json json = {{"unit", entry.unit}, {"kind", entry.kind}};
  put(json, "of_kind", entry.of_kind);
  put(json, "luid", entry.luid);
  put(json, "name", entry.name);
  put(json, "natural_key", entry.natural_key);
  put(json, "updated_at", entry.updated_at);
  json["status"] = name_of(entry.outcome);
  put(json, "key", entry.key);
  if (!entry.key.empty()) json["size_bytes"] = entry.size_bytes;
  put(json, "sha256", entry.sha256);
  put(json, "etag", entry.etag);
  put(json, "as_of", entry.as_of);
  put(json, "rule", entry.rule);
  put(json, "code", static_cast<uint64_t>(entry.code));
  put(json, "reason", entry.reason);
  put(json, "tries", static_cast<uint64_t>(entry.tries));
  if (entry.accepted) json["accepted"] = true;
  if (entry.last_good) json["last_good"] = to_json(*entry.last_good);
  put(json, "fingerprint", entry.fingerprint);
  return json;
}

Entry entry_of(const doc::Json& json, const std::string& where) {
  const auto text = [&](const char* name) { return text_in(json, name, where); };
  Entry entry{.unit = text("unit"),
              .kind = text("kind"),
              .of_kind = text("of_kind"),
              .luid = text("luid"),
              .name = text("name"),
              .natural_key = text("natural_key"),
              .updated_at = text("updated_at"),
              .fingerprint = text("fingerprint"),
              .outcome = enum_in(json, "status", kOutcomes, name_of, where),
              .key = text("key"),
              .size_bytes = number_in(json, "size_bytes", where),
              .etag = text("etag"),
              .sha256 = text("sha256"),
              .as_of = text("as_of"),
              .rule = text("rule"),
              .code = static_cast<int>(number_in(json, "code", where)),
              .reason = text("reason"),
              .tries = static_cast<int>(number_in(json, "tries", where)),
              .accepted = flag_in(json, "accepted", where),
              .last_good = {}};
  if (const auto good = json.find("last_good"); good != json.end()) entry.last_good = earlier_of(*good, where);
  return entry;
}

doc::Json to_json(const Missing& missing) {
  doc::Json json = {{"unit", missing.unit}, {"kind", missing.kind}};
  put(json, "of_kind", missing.of_kind);
  put(json, "luid", missing.luid);
  put(json, "natural_key", missing.natural_key);
  json["status"] = name_of(missing.outcome);
  put(json, "code", static_cast<uint64_t>(missing.code));
  put(json, "reason", missing.reason);
  put(json, "tries", static_cast<uint64_t>(missing.tries));
  if (missing.accepted) json["accepted"] = true;
  return json;
}

Missing missing_of(const doc::Json& json, const std::string& where) {
  const auto text = [&](const char* name) { return text_in(json, name, where); };
  return {.unit = text("unit"),
          .kind = text("kind"),
          .of_kind = text("of_kind"),
          .luid = text("luid"),
          .natural_key = text("natural_key"),
          .outcome = enum_in(json, "status", kOutcomes, name_of, where),
          .code = static_cast<int>(number_in(json, "code", where)),
          .reason = text("reason"),
          .tries = static_cast<int>(number_in(json, "tries", where)),
          .accepted = flag_in(json, "accepted", where)};
}

doc::Json to_json(const File& file) {
  doc::Json json = {{"key", file.key}, {"size_bytes", file.size_bytes}, {"sha256", file.sha256}};
  put(json, "etag", file.etag);
  return json;
}

File file_of(const doc::Json& json, const std::string& where) {
  return {.key = text_in(json, "key", where),
          .size_bytes = number_in(json, "size_bytes", where),
          .etag = text_in(json, "etag", where),
          .sha256 = text_in(json, "sha256", where)};
}

void write_head(const ManifestHead& head, LineWriter& out) {
  out.value("format", head.format);
  out.value("snapshot", head.snapshot);
  out.value("tool", head.tool);
  out.value("status", head.status);
  out.value("started", head.started);
  out.value("sealed", head.sealed);
  out.value("as_of", head.as_of);
  out.value("site", backup::to_json(head.site));
  out.value("scope", head.scope);
  out.value("asked", head.asked);
  out.value("base", head.base);
  out.value("full", head.full);
  out.value("last_full", head.last_full);
  out.value("tags", head.tags);
  out.value("plan_sha256", head.plan_sha256);
  out.value("counts", doc::Json(head.counts));
  out.value("requests", doc::Json(head.requests));
  out.value("left_out", head.left_out);
  out.value("notes", head.notes);
  out.value("metadata_compared", head.metadata_compared);
}

template <class Values, class ToJson>
void write_list(LineWriter& out, std::string_view name, const Values& values, const ToJson& json_of) {
  out.begin_list(name);
  for (const auto& value : values) out.item(doc::to_line(json_of(value)));
  out.end_list();
}

void write(const Manifest& manifest, io::ByteSink& sink) {
  LineWriter out(sink);
  write_head(manifest.head, out);
  write_list(out, "gaps", manifest.head.gaps, [](const Gap& gap) { return backup::to_json(gap); });
  write_list(out, "items", manifest.entries, [](const Entry& entry) { return to_json(entry); });
  write_list(out, "missing", manifest.missing, [](const Missing& missing) { return to_json(missing); });
  write_list(out, "metadata_changes", manifest.metadata_changes,
             [](const KindChange& change) { return backup::to_json(change); });
  write_list(out, "files", manifest.files, [](const File& file) { return to_json(file); });
  out.end(true);
}

std::map<std::string, uint64_t> numbers_of(const doc::Json& json, const std::string& where) {
  std::map<std::string, uint64_t> numbers;
  if (!json.is_object()) base::fail(ErrorKind::corrupt, "{}: its counts are no object", where);
  for (const auto& [name, value] : json.items()) numbers[name] = number_in(json, name, where);
  return numbers;
}

void refuse_newer(uint64_t format, const std::string& where) {
  if (format == 0 || format > kFormat)
    base::fail(ErrorKind::corrupt, "{}: has format {}, this tabferry knows {}: take a newer one", where, format,
               kFormat);
}

// One pass over the document: the values make the head, each line of a list goes to its visitor.
class Reader {
 public:
  Reader(std::string where, const ManifestVisitor& visitor) : where_(std::move(where)), visitor_(visitor) {}

  ManifestHead read(io::ByteSource& source) {
    const auto lines = read_lines(source, where_,
                                  {.value = [&](const std::string& name, const doc::Json& value) { take(name, value); },
                                   .item = [&](const std::string& list, std::string_view line) { visit(list, line); }});
    if (!lines.sealed) base::fail(ErrorKind::corrupt, "{}: does not end with its own sha256: it was changed", where_);
    refuse_newer(head_.format, where_);
    return std::move(head_);
  }

 private:
  void take(const std::string& name, const doc::Json& value) {
    doc::Json json = doc::Json::object();
    json[name] = value;
    if (const auto text = texts_.find(name); text != texts_.end()) *text->second = text_in(json, name, where_);
    if (name == "format") refuse_newer(head_.format = number_in(json, name, where_), where_);
    if (name == "site") head_.site = site_facts_of(value, where_);
    if (name == "metadata_compared") head_.metadata_compared = flag_in(json, name, where_);
    if (name == "full") head_.full = flag_in(json, name, where_);
    if (name == "tags") head_.tags = texts_in(json, name, where_);
    if (name == "left_out") head_.left_out = number_in(json, name, where_);
    if (name == "notes") head_.notes = texts_in(json, name, where_);
    if (name == "counts") head_.counts = numbers_of(value, where_);
    if (name == "requests") head_.requests = numbers_of(value, where_);
  }
  void visit(const std::string& list, std::string_view line) {
    if (list == "gaps") head_.gaps.push_back(gap_of(doc::parse_json(line, where_), where_));
    if (list == "items") ++head_.items;
    if (list == "items" && visitor_.entry) visitor_.entry(entry_of(doc::parse_json(line, where_), where_));
    if (list == "missing" && visitor_.missing) visitor_.missing(missing_of(doc::parse_json(line, where_), where_));
    if (list == "metadata_changes" && visitor_.metadata_change)
      visitor_.metadata_change(kind_change_of(doc::parse_json(line, where_), where_));
    if (list == "files" && visitor_.file) visitor_.file(file_of(doc::parse_json(line, where_), where_));
  }

  const std::string where_;
  const ManifestVisitor& visitor_;
  ManifestHead head_{.format = 0};
  const std::map<std::string, std::string*> texts_{{"snapshot", &head_.snapshot},
                                                   {"tool", &head_.tool},
                                                   {"status", &head_.status},
                                                   {"started", &head_.started},
                                                   {"sealed", &head_.sealed},
                                                   {"as_of", &head_.as_of},
                                                   {"scope", &head_.scope},
                                                   {"asked", &head_.asked},
                                                   {"base", &head_.base},
                                                   {"last_full", &head_.last_full},
                                                   {"plan_sha256", &head_.plan_sha256}};
};

// False where the key is taken.
bool is_created(const store::Store& store, const Manifest& manifest, const store::CreateOptions& options) {
  try {
    const auto sink = store.create(manifest_key(manifest.head.snapshot), options);
    write(manifest, *sink);
    sink->commit();
    return true;
  } catch (const base::Error& error) {
    if (error.kind() != ErrorKind::conflict) throw;
    return false;
  }
}

}  // namespace

void create_manifest(const store::Store& store, const Manifest& manifest,
                     const std::optional<base::WallTime>& locked_until) {
  if (is_created(store, manifest, {.if_absent = true, .locked_until = locked_until})) return;
  const auto there = visit_manifest(store, manifest.head.snapshot, {});
  if (!there || there->plan_sha256 != manifest.head.plan_sha256)
    base::fail(ErrorKind::conflict, "sealing {}: its manifest is there already, and is another plan's",
               store.url(manifest_key(manifest.head.snapshot)));
}

std::optional<ManifestHead> visit_manifest(const store::Store& store, const std::string& snapshot,
                                           const ManifestVisitor& visitor) {
  const auto key = manifest_key(snapshot);
  const auto found = store.stat(key);
  if (!found) return std::nullopt;
  const auto source = store.open(key, {.if_match = found->etag, .size_bytes = found->size_bytes});
  auto head = Reader(store.url(key), visitor).read(*source);
  if (head.snapshot != snapshot)
    base::fail(ErrorKind::corrupt, "{}: is the manifest of {}", store.url(key), head.snapshot);
  return head;
}

std::optional<Manifest> read_manifest(const store::Store& store, const std::string& snapshot) {
  Manifest manifest;
  auto head = visit_manifest(
      store, snapshot,
      {.entry = [&](const Entry& entry) { manifest.entries.push_back(entry); },
       .missing = [&](const Missing& missing) { manifest.missing.push_back(missing); },
       .file = [&](const File& file) { manifest.files.push_back(file); },
       .metadata_change = [&](const KindChange& change) { manifest.metadata_changes.push_back(change); }});
  if (!head) return std::nullopt;
  manifest.head = std::move(*head);
  return manifest;
}

}  // namespace tabferry::backup
