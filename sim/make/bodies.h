// The files of a made site, in its content folder: a handful of each kind, which the items share by turns. What is
// inside names the first of the items that share it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/tempdir.h"
#include "sim/make/extracts.h"
#include "sim/make/site_order.h"
#include "sim/make/source_xml.h"

namespace tabferry::sim::make {

struct Body {
  std::string file;       // in the content folder
  std::string file_type;  // "twbx"
  uint64_t size_bytes = 0;
  std::vector<SourceOrder> sources;             // what a workbook or data source connects to
  std::vector<std::string> sheets, dashboards;  // of a workbook
};

// A data source on the site, to be read by workbooks and flows.
struct PublishedSource {
  std::string id, name, content_url;
  std::string project_id, project_name;
};

class Bodies {
 public:
  // Makes the extracts, if there is an engine. `folder`: the content folder.
  Bodies(const SiteOrder& order, std::filesystem::path folder);

  // The n-th body of a kind; n below order.bodies. Each is to be made once. Throws Error{io}.
  Body datasource(uint64_t number, const Place& place, const std::string& name) const;
  Body workbook(uint64_t number, const Place& place, const std::string& name,
                const std::vector<PublishedSource>& sources) const;
  Body flow(uint64_t number, const std::string& site, const std::string& name,
            const std::vector<PublishedSource>& sources) const;
  // The downloadable form of a custom view: JSON that holds the view's XML in base64.
  Body custom_view(uint64_t number, const std::string& view) const;

  // The name of a sheet (or dashboard) of the n-th workbook body: known before it is made.
  static std::vector<std::string> sheets(uint64_t number);
  static std::vector<std::string> dashboards(uint64_t number);

 private:
  Connects possible(Connects wanted) const;
  Body written(Body body, const std::string& stem, const std::string& name, const std::string& document) const;
  void write_text(const std::string& file, const std::string& text) const;

  const SiteOrder& order_;
  std::filesystem::path folder_;
  std::optional<base::TempDir> extracts_home_;
  std::vector<Extract> extracts_;
};

}  // namespace tabferry::sim::make
