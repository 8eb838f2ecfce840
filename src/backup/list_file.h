// One list of the site: what the site sent, an item a line, before any natural key is added. The survey writes it to a
// local folder; the plan's claim puts it into the work folder of the snapshot; the seal makes a metadata file of it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "backup/lines.h"
#include "tableau/reading.h"

namespace tabferry::backup {

struct ListHead {
  std::string kind;
  std::string as_of;  // the site's Date
  uint64_t announced = 0;
  uint64_t seen = 0;
  int passes = 1;
  bool moving = false;                      // fewer seen than announced, to the last pass: tableau/reading.h
  std::optional<tableau::Refusal> refusal;  // unavailable: there are no items. Status 0: the site was not asked
  std::string failure;                      // it could not be read, behind all tries: there may be items, but not all
};

// The items come one by one, each one line of JSON; the head at the end, when it is known. The sink is committed by its
// owner.
class ListWriter {
 public:
  explicit ListWriter(io::ByteSink& sink);
  void item(std::string_view json) { lines_.item(json); }
  std::string end(const ListHead& head);  // the sha256 of the bytes

 private:
  LineWriter lines_;
};

struct ReadList {
  ListHead head;
  std::string sha256;
};
// Visits the items in their order (lines of JSON, not parsed). Throws Error{corrupt} with `where`.
ReadList read_list(io::ByteSource& source, const std::string& where,
                   const std::function<void(std::string_view)>& visit);

}  // namespace tabferry::backup
