// What a backup reads of a site: lists, single documents, and files as they come. Free of any kind's own rules (kinds.h).
//
// A refusal is an answer here, not a failure: what the licence, the version or a policy does not offer (4xx but 401, 408,
// 429). No answer, 5xx and 429 behind all retries, and what is no answer of Tableau's, are thrown.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "doc/json.h"
#include "io/byte_source.h"

namespace tabferry::tableau {

struct Refusal {
  int status = 0;     // 403
  int code = 0;       // 403157; 0 where the answer names none
  std::string words;  // "HOST answered 403 (403157): '...'"
};

// Where a document is: below /api/VERSION/sites/SITE/, /api/VERSION/, /api/-/ or /api/exp/sites/SITE/.
enum class Below { site, api, newest, experimental };

struct ListRequest {
  std::string doing;            // "listing the workbooks"
  Below below = Below::site;
  std::string path;             // "workbooks?fields=_all_", its parts percent-encoded; without paging and sort
  std::string sort;             // "name:asc": sent where not empty; an order keeps items from moving between the pages
  std::string wrapper;          // "workbooks"; may be a path: "linkedTasks"
  std::string item;             // "workbook"
  std::string id_path = "id";   // where an item's id stands: "id", "extractRefresh/id"; items without one are all kept
  bool paged = true;            // pageSize and pageNumber are sent; a list without pagination has one page all the same
  int page_size = 1000;
};

struct ListResult {
  uint64_t announced = 0;               // the last totalAvailable; equal to `seen` where the list tells none
  uint64_t seen = 0;                    // distinct ids (and items without one)
  int passes = 0;                       // a list that moved while it was read is read again, four times at most
  // Fewer were seen than announced, and the last pass still moved: its total changed, a page showed something of an earlier
  // one beside something new, or an item was met that no pass before had shown. So something may be missing. Without it the
  // total alone is wrong: three passes with other boundaries and in both orders found nothing more (real sites announce too
  // many: tableau-rest.md 4, point 12).
  bool moving = false;
  uint64_t requests = 0;
  std::optional<base::WallTime> as_of;  // the site's own Date, of the first answer
  std::optional<Refusal> refusal;       // nothing was visited then
};

struct Document {
  doc::Json body;                       // of the element asked for; null where refused
  std::optional<Refusal> refusal;
  std::optional<base::WallTime> as_of;
};

// A file on its way. Dies before its lane asks anything else. read() throws Error{transient} for a cut body: the end is only
// seen where the framing says so (and the announced length came).
class Download : public io::ByteSource {
 public:
  virtual std::optional<uint64_t> size_bytes() const = 0;   // where the answer announces it
  virtual std::string filename() const = 0;                 // of the Content-Disposition (RFC 6266 and its many dialects:
                                                            // tableau-rest.md 4, point 10); "" where there is none.
                                                            // Foreign: for its extension and for eyes, never a path
};

struct DownloadResult {
  std::unique_ptr<Download> file;       // null where refused
  std::optional<Refusal> refusal;
};

}  // namespace tabferry::tableau
