// Plans and outcomes of publish as reports: what people read and what scripts rely on.
#pragma once

#include "base/error.h"
#include "publish/run.h"

namespace tabferry::publish {

// --dry-run: files, sizes, tables, target. `gaps`: see gaps_of_sample().
report::Report report_of(const Plan& plan, const std::vector<std::string>& gaps);
report::Report report_of(const Plan& plan, const Outcome& outcome, const std::optional<Destination>& destination);
// A run that threw: the message says what failed and, where it is not as it was, what is on the site.
report::Report report_of_failure(const std::string& key, const base::Error& error);

// How a person makes the template once, from the extract that was kept.
std::vector<std::string> next_steps_without_template(const Target& target, const std::filesystem::path& hyper_file);

}  // namespace tabferry::publish
