// The catalogue: what a site lists, which documents it has of an item, and which of itself. Constant tables; growing a
// backup is adding a row. docs/coverage.md says the same for people.
// Sources: https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref.htm, the schema ts-api_3_29.xsd, and
// what tableauserverclient asks. Versions are those of the REST API: 318 is 3.18.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "doc/json.h"
#include "tableau/json_text.h"  // text_at(item, row.id_path)
#include "tableau/reading.h"

namespace tabferry::tableau {

// "3.18" -> 318; 0 for what is none.
int version_number(std::string_view rest_api_version);

struct Versions {
  int since = 0;
  int until = 9999;
  bool hold(int version) const { return version >= since && version <= until; }
};

// One list of the site. `kind` is its name everywhere: the metadata file's, the key in it, the units'.
struct ListedKind {
  enum class Use {
    names,     // natural keys are made of it: always read
    content,   // workbooks, data sources, flows: read where they are wanted
    metadata,  // the rest
  };

  std::string_view kind;  // "workbooks"
  std::string_view noun;  // "workbooks", in messages
  Use use = Use::metadata;
  Versions versions = {};
  Below below = Below::site;
  std::string_view path = {};  // as in ListRequest, and the three behind it
  std::string_view sort = {};
  std::string_view wrapper = {};
  std::string_view item = {};
  std::string_view id_path = "id";
  bool paged = true;
};

// Which items of the list are asked; the answer of the others is known.
enum class Asked {
  all,
  not_locked,  // content whose project does not lock its permissions (LockedToProject...: they are the project's
               // default permissions)
  untabbed,    // views: not_locked, and the workbook does not show its views as tabs (then they have its permissions)
  not_controlled,  // projects that no project above controls (controllingPermissionsProjectId)
  with_members,    // groups whose userCount is not 0
  open_id,         // ways to sign in by OpenID Connect, not by SAML
};

// One document of each item of a list. Where `kind` is `of_kind` it is the item told in full, else a file of its own.
struct DetailKind {
  std::string_view kind;          // the metadata file: "permissions"
  std::string_view of_kind;       // of the items of this list
  std::string_view content_type;  // of default permissions: for which content; "" else
  Versions versions = {};
  Asked asked = Asked::all;
  std::string_view needs = {};  // a list that must be on offer: where the site refuses it, it refuses these too
  Below below = Below::site;
  std::string_view path = {};  // "workbooks/{}/permissions": {} is the item's id
  std::string_view element =
      {};                      // below the answer's root; empty: all of it, for answers of several elements or shapes
  std::string_view item = {};  // a list: all pages of the element's children of this name
};

// A document of the site itself: goes to site.json under its name.
struct SiteDocument {
  std::string_view name;  // "embedding"
  Versions versions = {};
  Below below = Below::site;
  std::string_view path = {};  // {} is the site's id
  std::string_view element = {};
};

std::span<const ListedKind> listed_kinds();
std::span<const DetailKind> detail_kinds();
std::span<const SiteDocument> site_documents();

const ListedKind* listed_kind(std::string_view kind);  // null where there is none
ListRequest request_for(const ListedKind& kind);
// The path with the id in its place, percent-encoded.
std::string path_for(std::string_view path, std::string_view id);

// Assets that can have labels: lists by kind, and what the API calls one of them ("datasource").
struct LabelledKind {
  std::string_view kind;
  std::string_view content_type;
};
std::span<const LabelledKind> labelled_kinds();

}  // namespace tabferry::tableau
