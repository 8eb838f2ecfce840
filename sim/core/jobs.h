// Work that goes on behind an answer. A job runs at the first look and is done at the second, or after five seconds, if
// nobody looks. Jobs are items: those that were running when the program ended go on at the next start.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/core/desk.h"

namespace tabferry::sim {

// What is known of a type of job. Types that are not in the table have no work: they only take their time.
struct JobType {
  std::string_view type;       // "RefreshExtract", in the job's own answer
  std::string_view list_type;  // "refresh_extracts", in the list [INF for all but that one]
  std::string_view form;       // the child that tells more: "extractRefreshJob"; "" where there is none
  std::string_view content;    // the element in it; "": the job's contentType
  bool only_failures = false;  // the form is there only when there are notes
  // What it does when it ends; it may set the job's "_notes". Refuses where that is how it ends.
  void (*work)(Desk&, Item& job) = nullptr;
};
JobType job_type(std::string_view type);

// One list for each folder that has work for jobs.
std::vector<JobType> people_jobs();
std::vector<JobType> content_jobs();
std::vector<JobType> automation_jobs();

// A job that is not started yet: the caller adds what its work needs (parts, fields that begin with '_'). A part
// "statusNotes" is shown as it is. It belongs to the desk's user.
Item new_job(const Desk& desk, std::string_view type);
// Sets what the job is about: content, contentType, and its name for answers. Returns the job.
Item& concern(Item& job, const Item& content);
// Puts it on the site, with the failure that a fault has planned for it.
const Item& start(Desk& desk, Item job);
// It ends here, with 2 for cancelled; its work is not done. It must not be done already.
void cancel(Desk& desk, const std::string& id);

// Finishes the jobs that have run long enough; before anybody looks.
void advance_jobs(Desk& desk);
// Somebody looks at a job: it begins, or ends.
void look_at(Desk& desk, const std::string& id);

// How a job looks: in the answer that started it, and when it is asked for.
Node answer_of_new(const Item& job);
Node node_of_job(const Item& job);

}  // namespace tabferry::sim
