// Single documents and files of a site. Private to this room; Site::get() and Site::download() are these.
#pragma once

#include <stop_token>
#include <string>

#include "tableau/lane.h"
#include "tableau/reading.h"

namespace tabferry::tableau {

Document get_document(Lane& lane, const Call& call, const std::string& element, std::stop_token stop);
DownloadResult begin_download(Lane& lane, const Call& call, std::stop_token stop);

}  // namespace tabferry::tableau
