// The sample's script lists one page of the bucket (1,000 keys, no prefix), matches whole keys with fnmatch, downloads
// each to the same relative path, and loads what glob finds locally: read in hyper-api-samples,
// s3-to-hyper/s3-hyper.py.
#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "publish/plan.h"

namespace tabferry::publish {
namespace {

constexpr size_t kSamplePage = 1000;

std::set<std::string> first_page(const store::Store& store) {
  std::set<std::string> keys;
  store.list("", [&](const store::Object& object) {
    if (keys.size() < kSamplePage) keys.insert(object.key);
  });
  return keys;
}

}  // namespace

std::vector<std::string> gaps_of_sample(const DatasourceSpec& spec, const Plan& plan) {
  std::vector<std::string> gaps;
  for (size_t i = 0; i < plan.tables.size(); ++i) {
    const auto& files = plan.tables[i].files;
    const auto seen = first_page(*plan.tables[i].store);
    const auto beyond =
        std::count_if(files.begin(), files.end(), [&](const auto& file) { return !seen.contains(file.key); });
    const auto in_folders = std::count_if(files.begin(), files.end(),
                                          [](const auto& file) { return file.key.find('/') != std::string::npos; });
    if (beyond > 0)
      gaps.push_back(
          fmt::format("{} of the {} files lie beyond the first 1,000 keys of the bucket, all that the sample's script "
                      "lists: it would have published without them",
                      base::human_count(static_cast<uint64_t>(beyond)), base::human_count(files.size())));
    if (in_folders > 0)
      gaps.push_back(
          fmt::format("{} of the {} files lie in folders: the sample's script fails to download them, or downloads and "
                      "does not load them",
                      base::human_count(static_cast<uint64_t>(in_folders)), base::human_count(files.size())));
    const auto& header = spec.tables[i].header_file;
    if (header && spec.tables[i].files.keys.matches(header->keys.pattern()))
      gaps.push_back("the header file fits name_format: the sample's script would have loaded it as data");
  }
  return gaps;
}

}  // namespace tabferry::publish
