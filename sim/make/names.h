// Names for what a site holds, as people give them and as they break programs: other scripts, emoji, quotes, & < > ]]>,
// slashes, percent signs, commas, names of exactly 60 characters. Every name is well-formed UTF-8 without control
// characters; a description may hold line breaks. A pure function of (kind, number): no site needs the list of all
// names.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tabferry::sim::make {

enum class Named { project, workbook, datasource, flow, sheet, dashboard, group, collection, connection };

// Different numbers give names that differ in more than case, of at most 60 characters (code points). About one in
// three is an odd one. For equal names below different parents, count the items of each parent for themselves.
std::string name_of(Named kind, uint64_t number);

// The same name in other letters (A-Z for a-z and back): the same item to Tableau in one project, another one
// elsewhere.
std::string other_case(std::string_view name);

struct PersonName {
  std::string user;  // "ada.okafor17@example.com"; differ in more than case
  std::string full;  // "Ada Okafor"; may come twice
};
PersonName person(uint64_t number);

// With line breaks, quotes and "]]>" in every fifth; empty in every third.
std::string description_of(uint64_t number);

// What Tableau makes of a name for a file inside a package: without / \ : * ? " < > | (they become '_').
std::string file_name_of(std::string_view name);

}  // namespace tabferry::sim::make
