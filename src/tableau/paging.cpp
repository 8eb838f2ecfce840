#include "tableau/paging.h"

#include <algorithm>

#include "base/error.h"
#include "base/url.h"
#include "tableau/json_text.h"

namespace tabferry::tableau {
namespace {

// Of the full page, in tenths, one a pass: other boundaries each time. What slips across one in every pass is inside a
// page of the next.
constexpr size_t kPageTenths[] = {10, 7, 9, 8};
constexpr int kPasses = 3;  // the fourth is for a list that the third still shows to move
constexpr size_t kSmallestPage = 100;
constexpr size_t kMaxPages = 10'000;
constexpr int kInvalidPageNumber = 400006, kInvalidPageSize = 400007, kPageTooLarge = 403014;

// [INF] All of Pulse pages by tokens; the other lists by numbers.
bool goes_by_token(const ListRequest& request) {
  return request.below == Below::newest && request.path.starts_with("pulse/");
}

// A big page may take the site longer than it (or a proxy in between) grants. 503 says that it is down: no page helps.
bool is_too_much(const Answer& answer) {
  return answer.status() == 500 || answer.status() == 502 || answer.status() == 504 || answer.code() == kPageTooLarge ||
         answer.code() == kInvalidPageSize;
}

// "name:asc,createdAt:asc" -> "name:desc,createdAt:desc"
std::string reversed(std::string sort) {
  constexpr std::string_view kUp = ":asc", kDown = ":desc";
  for (size_t at = 0; (at = sort.find(kUp, at)) != std::string::npos; at += kDown.size())
    sort.replace(at, kUp.size(), kDown);
  return sort;
}

}  // namespace

Listing::Listing(Lane& lane, const ListRequest& request, std::stop_token stop, BigPages big_pages)
    : lane_(lane),
      request_(request),
      stop_(stop),
      big_pages_(big_pages),
      page_size_(static_cast<size_t>(std::max(1, request.page_size))) {}

ListResult Listing::read(const Visit& visit) {
  for (const size_t tenths : kPageTenths) {
    const size_t known = seen_.size();
    ++result_.passes;
    if (!read_pass(std::max<size_t>(1, full_page() * tenths / 10), visit)) return result_;
    result_.seen = seen_.size();
    result_.announced = total_.value_or(result_.seen);
    const bool lacks = result_.seen < result_.announced;
    result_.moving = lacks && (moved_ || repeats_ || result_.seen > known);
    if (!lacks && !moved_) break;
    if (result_.passes >= kPasses && !result_.moving) break;
  }
  return result_;
}

// What the site makes of the size that is asked for, where it says so. It is not asked for tiny pages, whatever it
// says.
size_t Listing::full_page() const {
  return told_size_ == 0 ? page_size_ : std::min(page_size_, std::max<size_t>(told_size_, kSmallestPage));
}

bool Listing::read_pass(size_t page_size, const Visit& visit) {
  total_.reset();
  moved_ = repeats_ = false;
  without_id_.clear();
  sort_ = result_.passes % 2 == 0 ? reversed(request_.sort) : request_.sort;
  Place place{.size = page_size};
  for (size_t page = 1; page <= kMaxPages; ++page) {
    Answer answer = ask_page(place);
    if (page > 1 && answer.code() == kInvalidPageNumber) return true;
    if (is_refused(answer, place)) {
      result_.refusal = answer.refusal();
      refused_ = std::move(answer);
      return false;
    }
    if (!answer.ok()) answer.fail(request_.doing);
    Page found = page_of(answer, request_);
    note_total(found);
    const size_t count = found.items.size();
    const size_t news = take_items(found, visit);
    repeats_ = repeats_ || (news > 0 && news < count);
    if (!go_on(found, news, place)) return true;
  }
  base::fail(base::ErrorKind::corrupt, "{}: the list does not end ({} pages)", request_.doing, kMaxPages);
}

// The answer to a page that is made smaller until the site can give it. `place` then is that of the smaller one.
Answer Listing::ask_page(Place& place) {
  for (;;) {
    try {
      Answer answer = ask(place);
      const bool wrong_sort = answer.status() == 400 && answer.code() != kInvalidPageNumber && !is_too_much(answer) &&
                              !sort_.empty() && place.number == 1 && place.token.empty();
      if (wrong_sort)
        drop_sort();
      else if (!is_too_much(answer) || !make_smaller(place))
        return answer;
    } catch (const base::Error& error) {
      const bool too_slow = error.kind() == base::ErrorKind::transient && lane_.outcome_unknown();
      if (!too_slow || !make_smaller(place)) throw;
    }
  }
}

// An order is a help; a list without one is better than none.
void Listing::drop_sort() {
  if (sort_ == request_.sort) request_.sort.clear();
  sort_ = request_.sort;
}

Answer Listing::ask(const Place& place) {
  ++result_.requests;
  Answer answer = lane_.ask({.doing = request_.doing, .path = path_of(place), .below = request_.below}, stop_);
  if (!result_.as_of) result_.as_of = answer.date();
  return answer;
}

// Pages that overlap what was read are no harm.
bool Listing::make_smaller(Place& place) {
  const size_t size = told_size_ > 0 ? std::min<size_t>(place.size, told_size_) : place.size;
  if (!request_.paged || big_pages_ == BigPages::fail || size <= kSmallestPage) return false;
  const size_t smaller = std::max(kSmallestPage, size / 2);
  place.number = (place.number - 1) * size / smaller + 1;
  place.size = page_size_ = smaller;
  return true;
}

std::string Listing::path_of(const Place& place) const {
  std::string path = request_.path;
  const auto add = [&](const std::string& parameter) {
    path += (path.find('?') == std::string::npos ? '?' : '&') + parameter;
  };
  if (request_.paged && goes_by_token(request_)) {
    add(fmt::format("page_size={}", place.size));
    if (!place.token.empty()) add("page_token=" + base::percent_encoded(place.token));
  } else if (request_.paged) {
    add(fmt::format("pageSize={}&pageNumber={}", place.size, place.number));
  }
  if (!sort_.empty()) add("sort=" + sort_);
  return path;
}

// Later in the list it is a failure: what was read would look like all there is.
bool Listing::is_refused(const Answer& answer, const Place& place) const {
  return result_.passes == 1 && place.number == 1 && place.token.empty() && answer.refusal();
}

void Listing::note_total(const Page& page) {
  told_size_ = page.size.value_or(0);
  if (!page.total) return;
  moved_ = moved_ || (total_ && *total_ != *page.total);
  total_ = page.total;
}

size_t Listing::take_items(Page& page, const Visit& visit) {
  size_t news = 0;
  for (auto& item : page.items) {
    const size_t form = std::hash<std::string>{}(doc::to_line(item));
    const auto [at, is_new] = seen_.try_emplace(key_of(item, form), Sight{form, 0});
    if (at->second.pass != result_.passes) ++news;
    const bool visits = is_new || at->second.form != form;
    at->second = {form, result_.passes};
    if (visits) visit(std::move(item));
  }
  return news;
}

// What has no id is known by its form, and by which of its like it is.
std::string Listing::key_of(const doc::Json& item, size_t form) {
  const std::string id = request_.id_path.empty() ? "" : text_at(item, request_.id_path);
  return !id.empty() ? "=" + id : fmt::format("{}#{}", form, without_id_[form]++);
}

// A short page is the last one, unless the site announces more behind it; one that shows nothing new is the last one
// whatever it announces.
bool Listing::go_on(const Page& page, size_t news, Place& place) const {
  if (!request_.paged || news == 0) return false;
  if (!page.next_token.empty()) {
    place.token = page.next_token;
    return true;
  }
  if (!page.paginated || goes_by_token(request_)) return false;
  const uint64_t size = page.size.value_or(place.size);
  if (page.items.size() < size && page.total.value_or(0) <= place.number * size) return false;
  ++place.number;
  return true;
}

void for_each_item(Lane& lane, const ListRequest& request, std::stop_token stop,
                   const std::function<void(const doc::Json&)>& visit) {
  std::vector<doc::Json> items;
  std::unordered_map<std::string, size_t> places;
  Listing listing(lane, request, stop, BigPages::fail);
  listing.read([&](doc::Json item) {
    const auto [at, is_new] = places.try_emplace(text_at(item, request.id_path), items.size());
    if (is_new)
      items.push_back(std::move(item));
    else
      items[at->second] = std::move(item);
  });
  if (listing.refused()) listing.refused()->fail(request.doing);
  for (const auto& item : items) visit(item);
}

}  // namespace tabferry::tableau
