// Lists that come in pages, and that move while they are read. Private to this room.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <unordered_map>

#include "doc/json.h"
#include "tableau/lane.h"
#include "tableau/page.h"
#include "tableau/reading.h"

namespace tabferry::tableau {

using Visit = std::function<void(doc::Json)>;

// A page that the site cannot give in time, behind all retries: asked for in smaller pieces, or a failure at once, as
// somebody waits for it.
enum class BigPages { become_smaller, fail };

// One list being read: Site::list(). Used once.
//
// A list that moved, or that showed less than it announced, is read again: each time with pages of another size and,
// where it has an order, every second time in the opposite one. What slips by at a boundary, or at an end, in every
// pass of one kind is met in the next. How often, and what is said of a list that never shows all: ListResult::moving.
class Listing {
 public:
  Listing(Lane& lane, const ListRequest& request, std::stop_token stop, BigPages big_pages = BigPages::become_smaller);

  // `visit` gets an item where it is seen first, and again where it comes in another form.
  ListResult read(const Visit& visit);
  // The answer that was the refusal in the result.
  const std::optional<Answer>& refused() const { return refused_; }

 private:
  struct Place {  // of the page to come
    size_t size = 0;
    size_t number = 1;
    std::string token;
  };
  struct Sight {
    size_t form = 0;  // a hash of the item
    int pass = 0;
  };

  size_t full_page() const;
  bool read_pass(size_t page_size, const Visit& visit);  // false: refused
  Answer ask_page(Place& place);
  Answer ask(const Place& place);
  bool make_smaller(Place& place);
  void drop_sort();
  std::string path_of(const Place& place) const;
  bool is_refused(const Answer& answer, const Place& place) const;
  void note_total(const Page& page);
  size_t take_items(Page& page, const Visit& visit);  // how many of them this pass had not seen
  bool go_on(const Page& page, size_t news, Place& place) const;
  std::string key_of(const doc::Json& item, size_t form);

  Lane& lane_;
  ListRequest request_;
  std::stop_token stop_;
  const BigPages big_pages_;
  ListResult result_;
  std::optional<Answer> refused_;
  size_t page_size_;               // of a full page, as it is asked for
  uint64_t told_size_ = 0;         // of the site's pages, where it says so
  std::optional<uint64_t> total_;  // as the last page of this pass announced it
  std::string sort_;               // of this pass
  bool moved_ = false;             // the total, in this pass
  bool repeats_ = false;           // a page of this pass had something new, and something of the pages before it
  std::unordered_map<std::string, Sight> seen_;
  std::unordered_map<size_t, size_t> without_id_;  // of this pass: form -> how many
};

// Each item once, in its newest form, once the list is read. Throws where the site refuses it.
void for_each_item(Lane& lane, const ListRequest& request, std::stop_token stop,
                   const std::function<void(const doc::Json&)>& visit);

}  // namespace tabferry::tableau
