// A value of the configuration with its place: checked reads, and errors that name file, line and key path.
//
// Points into a ConfigTree and its ConfigFile, which must outlive it. Cheap to copy.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/config_tree.h"
#include "base/error.h"

namespace tabferry::app {

struct ConfigFile {
  std::string name;                    // as messages give it: "tabferry.yaml"
  std::string_view format = "YAML";    // or "JSON"
};

// The keys that may stand in one map, and those of the design that are not built yet.
struct KnownKeys {
  std::vector<std::string_view> built;
  std::vector<std::string_view> later;
};

class ConfigNode {
 public:
  ConfigNode(const ConfigTree& tree, const ConfigFile& file, std::string path)
      : tree_(&tree), file_(&file), path_(std::move(path)) {}

  const std::string& key() const { return tree_->key; }
  const std::string& path() const { return path_; }                 // "datasources.sales.name"; "" is the whole file
  bool is(ConfigTree::Kind kind) const { return tree_->kind == kind; }
  size_t order() const { return tree_->order; }
  std::string place() const;                                         // "tabferry.yaml:3"; "config.json"

  // "tabferry.yaml:3: datasources.sales.name: MESSAGE", Error{config}.
  template <class... Args>
  [[noreturn]] void fail(fmt::format_string<Args...> format, Args&&... args) const {
    throw error(fmt::format(format, std::forward<Args>(args)...));
  }

  // Each throws Error{config} where the value is of another kind. Text: no number, truth value or null ("quote it"), no
  // ${...} (not built yet), no NUL.
  std::string text() const;
  std::string name() const;           // text that is not empty and has no control characters
  std::string secret() const;         // text that is not empty; no message shows any of it
  std::string text_or_number() const;
  bool boolean() const;
  uint64_t whole_number(uint64_t least, uint64_t most) const;
  std::vector<ConfigNode> entries() const;   // of a map, in the order of the file; no key is empty
  std::vector<ConfigNode> items() const;     // of a list; text alone is a list of one

  // Of a map.
  std::optional<ConfigNode> find(std::string_view key) const;
  ConfigNode need(std::string_view key, std::string_view what_it_is) const;
  // Throws for a key that may not stand in this map: "did you mean", or "is not built yet".
  void expect_only(const KnownKeys& keys) const;

  // Calls `read`; an Error{config} that it throws (by a room that knows no configuration) gets our place.
  void at_this_place(const std::function<void()>& read) const;

 private:
  base::Error error(const std::string& message) const;
  void expect(ConfigTree::Kind kind, std::string_view what) const;
  std::string unquoted_text(bool hidden) const;
  ConfigNode child(const ConfigTree& tree) const;

  const ConfigTree* tree_;
  const ConfigFile* file_;
  std::string path_;
};

bool has_control_characters(std::string_view text);

}  // namespace tabferry::app
