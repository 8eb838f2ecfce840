// How jobs look.
#include "sim/core/jobs.h"

namespace tabferry::sim {
namespace {

Node content_in(const Item& job, const JobType& type) {
  Node node(type.content.empty() ? std::string_view(job.get("contentType")) : type.content);
  if (job.has("content")) node.with("id", job.get("content"));
  return node.with("name", job.get("_subject"));
}

// The children stand in the schema's order, which is another one in each form.
Node form_of(const Item& job, const JobType& type) {
  Node form(type.form);
  Node notes("notes");
  notes.holding(job.get("_notes"));
  if (type.form == "updateUploadedFileJob")
    return form.add(content_in(job, type))
        .add(Node("connectionLuid").holding(job.get("_connection")))
        .add(std::move(notes));
  if (job.has("_flowRunId")) form.with("flowRunId", job.get("_flowRunId"));
  return form.add(std::move(notes)).add(content_in(job, type));
}

}  // namespace

// Recorded from a real server: the answer to the publish has a finish code long before there is anything to finish.
Node answer_of_new(const Item& job) { return node_of_job(job).with("finishCode", "1"); }

Node node_of_job(const Item& job) {
  Node node("job");
  node.with("id", job.id()).with("mode", job.get("mode")).with("type", job.get("type"));
  node.with_number("progress", job.number("progress"));
  for (const char* field : {"createdAt", "startedAt", "updatedAt", "completedAt", "finishCode"})
    if (job.has(field)) node.with(field, job.get(field));
  if (const Node* notes = job.part("statusNotes")) node.add(*notes);
  const JobType type = job_type(job.get("type"));
  if (!type.form.empty() && !(type.only_failures && job.get("_notes").empty())) node.add(form_of(job, type));
  return node;
}

}  // namespace tabferry::sim
