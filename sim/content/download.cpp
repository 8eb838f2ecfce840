#include "sim/content/download.h"

#include <algorithm>

#include "base/url.h"
#include "io/file.h"
#include "sim/content/content_type.h"
#include "sim/content/repack.h"

namespace tabferry::sim {
namespace {

// The headers seen from real servers have no disposition type; names beyond plain ASCII take the form of RFC 8187.
std::string disposition_of(std::string_view part, const std::string& filename) {
  const bool is_plain = std::all_of(filename.begin(), filename.end(),
                                    [](char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\' && c != '%'; });
  return is_plain ? fmt::format(R"(name="{}"; filename="{}")", part, filename)
                  : fmt::format(R"(name="{}"; filename*=UTF-8''{})", part, base::percent_encoded(filename));
}

Reply reply_of(const Downloaded& what, std::shared_ptr<io::FileSource> source) {
  Reply reply{.content_type = "application/octet-stream", .file = source, .file_bytes = source->size_bytes()};
  const std::string name = what.content.get("name") + "." + what.file_type;
  reply.headers.emplace_back("Content-Disposition", disposition_of(content_type_of(what.content.kind()).part, name));
  return reply;
}

bool wants_extract(const Call& call) {
  return !call.query_value("includeExtract") || call.query_flag("includeExtract");
}

bool is_package(const std::string& file_type) { return file_type == "twbx" || file_type == "tdsx"; }

// The new file is open and goes from the folder at once.
std::shared_ptr<io::FileSource> without_extracts(const Simulator& simulator, std::shared_ptr<io::FileSource> package) {
  NewContent lighter(simulator.folder, "bin");
  if (!write_without_extracts(package->fd(), lighter.path())) return package;
  return std::make_shared<io::FileSource>(lighter.path());
}

}  // namespace

Reply download(Simulator& simulator, Call& call, const Find& find) {
  const bool with_extract = wants_extract(call);
  std::shared_ptr<io::FileSource> source;
  const Downloaded what = simulator.locked([&](World& world) {
    Downloaded found = find(desk_of(simulator, world, call), call);
    source = std::make_shared<io::FileSource>(simulator.folder.path_of(found.file));
    return found;
  });
  if (!with_extract && is_package(what.file_type)) source = without_extracts(simulator, source);
  return reply_of(what, source);
}

Reply download_content(Simulator& simulator, Call& call, Kind kind) {
  return download(simulator, call, [kind](const Desk& desk, const Call& asked) -> Downloaded {
    const Item& item = asked_item(desk, asked, kind, "ExportXml", content_type_of(kind).no_download);
    return {item, item.get("_file"), item.get("_fileType")};
  });
}

}  // namespace tabferry::sim
