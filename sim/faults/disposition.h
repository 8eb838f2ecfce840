// The forms of Content-Disposition that clients have met on downloads from real servers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tabferry::sim {

// `form` is a word of the fault `disposition`; `part` is "tableau_workbook", `filename` has its extension. Absent: no
// such header is sent. Control characters never get into the header, whatever the name holds.
//
// clang-format off
//   plain         name="tableau_workbook"; filename="Sales.twbx"           no disposition type, as Tableau's own
//   quoted-ext    ...; filename*=UTF-8''"Sales 2025.twb"                   quotes around an ext-value (not RFC 8187)
//   ext           ...; filename*=UTF-8''Sales%202025.twb                   RFC 8187
//   unquoted      ...; filename=Sales 2025.twb
//   plus          ...; filename="Sales+2025.twb"                           + for a space (TSC issue 1312)
//   percent       ...; filename="Sales%202025.twb"
//   slash         ...; filename="A/B Sales.twb"                            (TSC issue 312)
//   japanese      ...; filename*=UTF-8''%E5%A3%B2%E4%B8%8A%20Sales.twb     (TSC issue 1395)
//   japanese-raw  ...; filename="売上 Sales.twb"                             bare UTF-8
//   question      ...; filename="What? Sales.twb"                          (TSC issue 165)
//   attachment    attachment; filename="Sales.twbx"                        as other servers do
//   no-filename   name="tableau_workbook"
//   none          no header                                                (TSC issue 1338)
// clang-format on
std::optional<std::string> disposition_in(std::string_view form, std::string_view part, std::string_view filename);

}  // namespace tabferry::sim
