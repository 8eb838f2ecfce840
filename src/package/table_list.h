// Tables gathered from many places of a document: each once, in the order they came, each column of one once.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "package/package.h"

namespace tabferry::package {

class TableList {
 public:
  void add(const table::TableName& name) { slot(name); }

  void add(const table::TableName& name, ModelColumn column) {
    const size_t at = slot(name);
    auto& columns = tables_[at].columns;
    if (!columns) columns.emplace();
    if (seen_[at].insert(column.name).second) columns->push_back(std::move(column));
  }

  void add(const std::vector<ModelTable>& tables) {
    for (const auto& table : tables) {
      add(table.name);
      if (!table.columns) continue;
      for (const auto& column : *table.columns) add(table.name, column);
    }
  }

  const std::vector<ModelTable>& tables() const { return tables_; }

 private:
  size_t slot(const table::TableName& name) {
    const auto [found, added] = at_.try_emplace(name, tables_.size());
    if (added) {
      tables_.push_back({.name = name, .columns = std::nullopt});
      seen_.emplace_back();
    }
    return found->second;
  }

  std::vector<ModelTable> tables_;
  std::map<table::TableName, size_t> at_;
  std::vector<std::set<std::string>> seen_;   // column names, beside tables_
};

}  // namespace tabferry::package
