#include "package/bind.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "package/table_list.h"

namespace tabferry::package {
namespace {

// Tableau wants dbname and entry equal byte for byte; packages made by other tools differ in separators or case.
class EntryFinder {
 public:
  EntryFinder(const std::vector<Entry>& entries, std::vector<std::string>& notes) : notes_(notes) {
    for (const auto& entry : entries)
      if (!is_junk(entry.name) && !is_old_cache(entry.name)) names_.push_back(entry.name);
  }

  // The entry's name; empty where there is none.
  std::string find(const std::string& dbname) {
    if (std::ranges::find(names_, dbname) != names_.end()) return dbname;
    std::string slashed = dbname;
    std::ranges::replace(slashed, '\\', '/');
    if (std::ranges::find(names_, slashed) != names_.end()) return noted(dbname, slashed, "with '\\' for '/'");
    std::vector<std::string> alike;
    for (const auto& name : names_)
      if (base::equal_ignoring_case(name, slashed)) alike.push_back(name);
    if (alike.size() == 1) return noted(dbname, alike.front(), "in another case");
    if (alike.size() > 1)
      notes_.push_back(fmt::format("the document reads {}; {} entries have that name in another case, so it is not "
                                   "known which it means",
                                   base::quoted(dbname, 300), alike.size()));
    return {};
  }

  const std::vector<std::string>& names() const { return names_; }

 private:
  std::string noted(const std::string& dbname, const std::string& entry, std::string_view how) {
    notes_.push_back(fmt::format("the document reads {}, which is the entry {} {}; both stay as they are",
                                 base::quoted(dbname, 300),
                                 base::quoted(entry, 300), how));
    return entry;
  }

  std::vector<std::string> names_;
  std::vector<std::string>& notes_;
};

// Makes one Extract of all references to an entry (or, outside of the package, to a dbname).
class Gathering {
 public:
  void add(const Reference& reference, const std::string& entry) {
    const std::string key = entry.empty() ? "outside:" + reference.dbname : "entry:" + entry;
    const auto [found, added] = at_.try_emplace(key, extracts_.size());
    if (added) {
      extracts_.push_back({.dbname = reference.dbname, .entry = entry});
      shown_.emplace_back();
      tables_.emplace_back();
    }
    const size_t at = found->second;
    const auto add_name = [](std::vector<std::string>& list, const std::string& name) {
      if (std::ranges::find(list, name) == list.end()) list.push_back(name);
    };
    add_name(shown_[at], reference.names.front());
    for (const auto& name : reference.names) add_name(extracts_[at].names, name);
    tables_[at].add(reference.tables);
  }

  std::vector<Extract> take() {
    for (size_t i = 0; i < extracts_.size(); ++i) {
      extracts_[i].datasource = base::join(shown_[i], ", ");
      extracts_[i].tables = tables_[i].tables();
    }
    return std::move(extracts_);
  }

 private:
  std::vector<Extract> extracts_;
  std::vector<std::vector<std::string>> shown_;   // beside extracts_
  std::vector<TableList> tables_;
  std::map<std::string, size_t> at_;
};

void note_unread(const std::vector<std::string>& names, Model& model) {
  for (const auto& name : names) {
    const bool read = std::ranges::any_of(model.extracts, [&](const auto& extract) { return extract.entry == name; });
    if (!read && base::lower(name).ends_with(".hyper"))
      model.notes.push_back(fmt::format("the package holds {}, which nothing in the document reads",
                                        base::quoted(name, 300)));
  }
}

}  // namespace

void bind(const Reading& reading, const std::vector<Entry>& entries, Model& model) {
  EntryFinder finder(entries, model.notes);
  Gathering gathering;
  std::map<std::string, std::string> known;   // a dbname that several read is looked up, and noted, once
  for (const auto& reference : reading.references) {
    const auto [found, added] = known.try_emplace(reference.dbname);
    if (added) found->second = finder.find(reference.dbname);
    // What an extract was made from stays on its author's disk.
    if (reference.under_extract && found->second.empty()) continue;
    gathering.add(reference, found->second);
  }
  model.extracts = gathering.take();
  note_unread(finder.names(), model);
}

}  // namespace tabferry::package
