// assets_tool FILE...: each XML answer as JSON (tableau/json_of.h), one line a file: {"json": ...} or {"error": "..."}.
#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "base/error.h"
#include "tableau/json_of.h"

namespace {

using tabferry::doc::Json;

Json told(const char* path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  try {
    return {{"json", tabferry::tableau::json_of(tabferry::doc::XmlDocument::parse(text, path).root())}};
  } catch (const tabferry::base::Error& error) {
    return {{"error", error.what()}};
  }
}

}  // namespace

int main(int count, char** arguments) {
  for (int i = 1; i < count; ++i) fmt::print("{}\n", tabferry::doc::to_line(told(arguments[i])));
  return 0;
}
