#include "backup/list_file.h"

#include "backup/json_fields.h"

namespace tabferry::backup {

ListWriter::ListWriter(io::ByteSink& sink) : lines_(sink) { lines_.begin_list("items"); }

std::string ListWriter::end(const ListHead& head) {
  lines_.end_list();
  lines_.value("kind", head.kind);
  lines_.value("as_of", head.as_of);
  lines_.value("announced", head.announced);
  lines_.value("seen", head.seen);
  lines_.value("passes", static_cast<uint64_t>(head.passes));
  if (head.moving) lines_.value("moving", true);
  if (head.refusal)
    lines_.value("refusal", {{"status", static_cast<uint64_t>(head.refusal->status)},
                             {"code", static_cast<uint64_t>(head.refusal->code)},
                             {"words", head.refusal->words}});
  if (!head.failure.empty()) lines_.value("failure", head.failure);
  lines_.end();
  return lines_.sha256();
}

ReadList read_list(io::ByteSource& source, const std::string& where,
                   const std::function<void(std::string_view)>& visit) {
  doc::Json values = doc::Json::object();
  const auto read =
      read_lines(source, where,
                 {.value = [&](const std::string& name, doc::Json value) { values[name] = std::move(value); },
                  .item =
                      [&](const std::string&, std::string_view line) {
                        if (visit) visit(line);
                      }});
  ListHead head{.kind = text_in(values, "kind", where),
                .as_of = text_in(values, "as_of", where),
                .announced = number_in(values, "announced", where),
                .seen = number_in(values, "seen", where),
                .passes = static_cast<int>(number_in(values, "passes", where)),
                .moving = flag_in(values, "moving", where),
                .refusal = {},
                .failure = text_in(values, "failure", where)};
  if (const auto refusal = values.find("refusal"); refusal != values.end())
    head.refusal = tableau::Refusal{.status = static_cast<int>(number_in(*refusal, "status", where)),
                                    .code = static_cast<int>(number_in(*refusal, "code", where)),
                                    .words = text_in(*refusal, "words", where)};
  return {.head = std::move(head), .sha256 = read.sha256};
}

}  // namespace tabferry::backup
