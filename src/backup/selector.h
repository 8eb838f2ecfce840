// "[kind:]project/path/name", the one way in which items are named: on the command line and in the config.
//   `*` within a name, `**` across; "\/" is a slash in a name; "luid:LUID" is one item; a kind alone ("workbooks:") is
//   all of it. A kind may be given in singular and in any case ("workbook:", "Datasource:"): those of
//   metadata_kinds.h, "revisions", and the folders' names.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/glob.h"

namespace tabferry::backup {

class Selector {
 public:
  // Throws Error{usage} for an unknown kind (with a "did you mean") or an empty selector.
  explicit Selector(std::string_view text);

  // `natural_key` as in plan and manifest: "Finance/Daily/Sales".
  bool matches(std::string_view kind, std::string_view luid, std::string_view natural_key) const;
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::string kind_;  // "workbooks"; "" is any
  std::string luid_;
  base::Glob glob_;
};

}  // namespace tabferry::backup
