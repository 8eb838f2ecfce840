// A configuration on disk, loaded with an environment of the test's own.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "app/buckets.h"
#include "app/settings.h"
#include "base/error.h"
#include "base/tempdir.h"

namespace tabferry::app {

class ConfigFixture : public ::testing::Test {
 protected:
  std::filesystem::path put(const std::string& name, const std::string& text) {
    const auto path = folder_.path() / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  Environment environment() const {
    return [variables = variables_](const std::string& name) -> std::optional<std::string> {
      const auto found = variables.find(name);
      return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
  }

  Settings load(const std::string& text, const std::string& name = "tabferry.yaml") {
    return load_settings({.config_file = put(name, text).string()}, environment());
  }

  // The message of the Error{config}, with the folder of the test cut off: "tabferry.yaml:3: ...".
  std::string error_of(const std::string& text, const std::string& name = "tabferry.yaml") {
    return message_of([&] { load(text, name); });
  }

  template <class Act>
  std::string message_of(Act act, base::ErrorKind kind = base::ErrorKind::config) {
    try {
      act();
    } catch (const base::Error& error) {
      EXPECT_EQ(base::name_of(error.kind()), base::name_of(kind)) << error.what();
      return without_folder(error.what());
    }
    ADD_FAILURE() << "no error was thrown";
    return "";
  }

  std::string without_folder(std::string text) const {
    const std::string folder = folder_.path().string() + "/";
    for (size_t at = text.find(folder); at != std::string::npos; at = text.find(folder, at)) text.erase(at,
        folder.size());
    return text;
  }

  // The sources of one setting, "VALUE (SOURCE)"; "" where it has none.
  std::string origin_of(const Settings& settings, const std::string& key) const {
    for (const auto& origin : settings.origins)
      if (origin.key == key) return without_folder(origin.value + " (" + origin.source + ")");
    return "";
  }

  base::TempDir folder_{base::default_temp_parent()};
  std::map<std::string, std::string> variables_;
};

}  // namespace tabferry::app
