#include "sim/content/content_type.h"

#include "base/error.h"

namespace tabferry::sim {

std::span<const ContentType> content_types() {
  static const std::vector<ContentType> types = {
      {.kind = Kind::workbook,
       .part = "tableau_workbook",
       .type_parameter = "workbookType",
       .file_types = {"twbx", "twb"},
       .exists = 403007,
       .bad_type = 400020,
       .no_type = 400035,
       .no_download = 403019,
       .no_update = 403030,
       .no_owner_change = 403027,
       .name_taken = 403007,
       .job_type = "PublishWorkbook"},
      {.kind = Kind::datasource,
       .part = "tableau_datasource",
       .type_parameter = "datasourceType",
       .file_types = {"tdsx", "tds", "hyper"},
       .exists = 403007,
       .bad_type = 400010,
       .no_type = 400010,
       .no_download = 403028,
       .no_update = 403032,
       .no_owner_change = 403027,
       .name_taken = 409015,
       .job_type = "PublishDatasource"},
      {.kind = Kind::flow,
       .part = "tableau_flow",
       .type_parameter = "flowType",
       .file_types = {"tflx", "tfl"},
       .exists = 409041,
       .bad_type = 400087,
       .no_type = 400086,
       .no_download = 403097,
       .no_update = 403004,
       .no_owner_change = 403098,
       .name_taken = 409041,
       .job_type = "PublishFlow"},
  };
  return types;
}

const ContentType& content_type_of(Kind kind) {
  for (const auto& type : content_types())
    if (type.kind == kind) return type;
  base::fail(base::ErrorKind::bug, "items of this kind are not published");
}

}  // namespace tabferry::sim
