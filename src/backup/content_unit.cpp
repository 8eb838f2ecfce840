#include "backup/content_unit.h"

#include <span>

#include "backup/content_kinds.h"
#include "backup/refused.h"
#include "backup/snapshot_name.h"
#include "backup/words.h"
#include "base/hash.h"
#include "base/text.h"
#include "package/passing_check.h"

using tabferry::base::ErrorKind;
using Form = tabferry::package::PassingCheck::Form;

namespace tabferry::backup {
namespace {

constexpr size_t kBlockBytes = size_t{256} << 10;
constexpr uint64_t kSmallBytes = uint64_t{8} << 20;  // beyond, an object goes out in parts
// What a download holds besides: the ring, the block, curl's buffers.
constexpr uint64_t kRingBytes = uint64_t{2} << 20;

std::string doing(const Unit& unit) {
  return fmt::format("saving {} {}", unit.kind, base::quoted(label_of(unit.natural_key, unit.luid), 200));
}

// What the store does wrong is said as such: it ends the run.
template <class Step>
auto in_store(ContentShared& shared, const Step& step) {
  try {
    return step();
  } catch (const base::Error& error) {
    const bool is_about_the_object = error.kind() == ErrorKind::conflict || error.kind() == ErrorKind::not_found;
    if (!is_about_the_object && error.kind() != ErrorKind::cancelled) shared.store_failed = true;
    throw;
  }
}

// A revision is a file of its item's kind.
const ContentKind* kind_of(const Unit& unit) { return content_kind(unit.of_kind.empty() ? unit.kind : unit.of_kind); }

std::string extension_of(const Unit& unit, Form form, const std::string& filename) {
  const ContentKind* row = kind_of(unit);
  if (row == nullptr) return "bin";
  if (row->other_zip.empty()) return std::string(form == Form::zip ? row->zip : row->other);
  if (!unit.extension_hint.empty()) return unit.extension_hint;
  return std::string(base::lower(filename).ends_with(fmt::format(".{}", row->other_zip)) ? row->other_zip : row->zip);
}

std::string key_of(const Unit& unit, const Plan& plan, const std::string& extension) {
  const std::string revision = unit.kind == kRevisions ? "_r" + safe_name(unit.id.substr(unit.id.rfind('/') + 1)) : "";
  return fmt::format("{}/{}/{}{}_{}.{}", plan.snapshot, folder_of(unit.kind), safe_name(unit.luid), revision,
                     safe_name(unit.name), extension);
}

// The bytes of one item on their way into the store.
class Passage {
 public:
  Passage(const Unit& unit, ContentShared& shared) : unit_(unit), shared_(shared) {}

  // `read` fills a block. The first one is there before the object has a name: its extension is what its bytes prove.
  template <class Read>
  Receipt run(std::optional<uint64_t> size_bytes, const std::string& filename, const Read& read) {
    std::string block(kBlockBytes, '\0');
    size_t got = 0;  // of a far side that drips, more than one read
    for (size_t more = 1; more > 0 && got < package::PassingCheck::kProofBytes; got += more)
      more = read(std::span(block).subspan(got));
    take(std::string_view(block).substr(0, got));
    expect_known_form();
    const auto key = key_of(unit_, shared_.plan, extension_of(unit_, check_.form(), filename));
    const auto sink = in_store(shared_, [&] { return shared_.names.open(key, size_bytes); });
    for (; got > 0; got = read(block), take(std::string_view(block).substr(0, got)))
      in_store(shared_, [&] { sink->write(std::string_view(block).substr(0, got)); });
    check_.finish(doing(unit_) + ": the file that the site sent");
    in_store(shared_, [&] { sink->commit(); });
    const auto object = sink->object();
    return {.unit = unit_.id,
            .outcome = Receipt::Outcome::done,
            .key = object.key,
            .size_bytes = object.size_bytes,
            .etag = object.etag,
            .sha256 = hash_.hex()};
  }

 private:
  // A workbook, a data source, a flow is a package or a document; other bytes are a far side's that is not Tableau.
  void expect_known_form() const {
    const ContentKind* row = kind_of(unit_);
    const bool is_json = row != nullptr && row->is_json();
    const bool known = check_.form() == Form::zip || check_.form() == Form::xml || check_.form() == Form::unknown;
    if (!known && !is_json)
      base::fail(ErrorKind::corrupt, "{}: what the site sent is neither a package nor a document of Tableau's",
                 doing(unit_));
  }

  void take(std::string_view bytes) {
    hash_.update(bytes);
    check_.feed(bytes);
    shared_.on_bytes(bytes.size());
  }

  const Unit& unit_;
  ContentShared& shared_;
  base::Sha256 hash_;
  package::PassingCheck check_;
};

// A 404 of the content alone may be a proxy's, or a fault of the site: gone is what the site does not know any more.
void expect_gone(const Unit& unit, const tableau::Refusal& refusal, tableau::Site& site, std::stop_token stop) {
  const auto item = unit.path.substr(0, unit.path.rfind('/'));
  const auto document = site.get(doing(unit), unit.below, item, "", stop);
  if (document.refusal && document.refusal->status == 404) return;
  base::fail(ErrorKind::transient, "{}: {}, but the site still has it", doing(unit), refusal.words);
}

Receipt download(const Unit& unit, tableau::Site& site, ContentShared& shared, std::stop_token stop) {
  auto result = site.download(doing(unit), unit.below, unit.path, stop);
  if (result.refusal) {
    auto receipt = receipt_of_refusal(unit, *result.refusal, doing(unit));
    if (receipt.outcome == Receipt::Outcome::gone && unit.kind != kRevisions)
      expect_gone(unit, *result.refusal, site, stop);
    return receipt;
  }
  auto& file = *result.file;
  const uint64_t expected = file.size_bytes().value_or(UINT64_MAX / 2);
  const uint64_t most = shared.store.write_memory_bytes();  // what it holds of a large object, whatever its size
  const auto share =
      shared.memory.take((expected < kSmallBytes ? std::min(2 * expected, most) : most) + kRingBytes, stop);
  shared.on_room(unit);
  return Passage(unit, shared).run(file.size_bytes(), file.filename(), [&](std::span<char> block) {
    return file.read(block);
  });
}

// The document's child is the file: small, and whole when it is here.
Receipt take_inner(const Unit& unit, tableau::Site& site, ContentShared& shared, std::stop_token stop) {
  const auto document = site.get(doing(unit), unit.below, unit.path, unit.element, stop);
  if (document.refusal) return receipt_of_refusal(unit, *document.refusal, doing(unit));
  const auto inner = document.body.find(unit.inner);
  if (inner == document.body.end() || !inner->is_string())
    base::fail(ErrorKind::corrupt, "{}: the site's answer has no <{}>", doing(unit), unit.inner);
  const auto text = inner->get<std::string>();
  size_t at = 0;
  return Passage(unit, shared).run(text.size(), "", [&](std::span<char> block) {
    const size_t some = text.copy(block.data(), block.size(), at);
    at += some;
    return some;
  });
}

// An earlier object that is not there any more (a prune took it) is downloaded after all.
Receipt download_after_all(const Unit& unit, tableau::Site& site, ContentShared& shared, std::stop_token stop) {
  auto receipt = download(unit, site, shared, stop);
  receipt.rule = "the earlier object is gone: downloaded after all";
  return receipt;
}

Receipt taken_over(const Unit& unit, const store::Object& object) {
  return {.unit = unit.id,
          .outcome = Receipt::Outcome::referenced,
          .key = object.key,
          .size_bytes = object.size_bytes,
          .etag = object.etag,
          .sha256 = unit.earlier->sha256};
}

store::Object object_of(const Earlier& earlier) {
  return {.key = earlier.key, .size_bytes = earlier.size_bytes, .etag = earlier.etag};
}

Receipt copy(const Unit& unit, tableau::Site& site, ContentShared& shared, std::stop_token stop) {
  const auto from = object_of(*unit.earlier);
  const auto key = shared.names.name_for(key_of(unit, shared.plan, from.key.substr(from.key.rfind('.') + 1)));
  try {
    return taken_over(unit, in_store(shared, [&] {
                        return shared.store.copy(from, key, {.if_absent = true, .locked_until = shared.locked_until});
                      }));
  } catch (const base::Error& error) {
    if (error.kind() != ErrorKind::conflict && error.kind() != ErrorKind::not_found) throw;
  }
  return download_after_all(unit, site, shared, stop);
}

Receipt reference(const Unit& unit, tableau::Site& site, ContentShared& shared, std::stop_token stop) {
  if (shared.lost.contains(unit.earlier->key)) return download_after_all(unit, site, shared, stop);
  return taken_over(unit, object_of(*unit.earlier));
}

Receipt left(const Unit& unit) {
  return {.unit = unit.id, .outcome = Receipt::Outcome::unavailable, .code = unit.code, .reason = unit.rule};
}

}  // namespace

Receipt do_content(const Unit& unit, tableau::Site& site, ContentShared& shared, std::stop_token stop) {
  if (unit.verb == Unit::Verb::reference) return reference(unit, site, shared, stop);
  if (unit.verb == Unit::Verb::copy) return copy(unit, site, shared, stop);
  if (unit.verb == Unit::Verb::leave) return left(unit);
  return unit.inner.empty() ? download(unit, site, shared, stop) : take_inner(unit, site, shared, stop);
}

}  // namespace tabferry::backup
