// How reports and notices call things. Private to this room.
#pragma once

#include <string>
#include <string_view>

#include "backup/manifest.h"

namespace tabferry::backup {

// The natural key of an item; its luid where it has none.
std::string label_of(const std::string& natural_key, const std::string& luid);
std::string label_of(const Entry& entry);
std::string label_of(const Missing& missing);
// "workbooks" -> "workbook", of kinds of content; others as they are.
std::string singular(const std::string& kind);
// "virtual_connections" -> "virtual connections", "dqw" -> "data quality warnings".
std::string in_words(const std::string& kind);
// "2026-11-22T10:15:00Z" -> "2026-11-22 10:15 UTC"; what is no such time stays as it is.
std::string time_in_words(const std::string& iso);
// As report::visible() shows it; of a long text the middle is left out.
std::string on_one_line(std::string_view text, size_t letters);
// Why it was not saved, for a row that names the item already: without "saving workbooks 'Finance/Sales': ", and with
// how often it was tried.
std::string reason_of(const Entry& entry);
std::string reason_of(const Missing& missing);
// The site's code behind it, where there is one and it does not say it itself.
std::string with_code(int code, const std::string& reason);
// "36 are left out by the configuration".
std::string left_out_in_words(uint64_t count);
// "site sales", or "the default site".
std::string site_name_of(const ManifestHead& head);

}  // namespace tabferry::backup
