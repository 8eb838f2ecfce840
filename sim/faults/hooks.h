// Where the site lets its bad weather in: one call at each place, which does nothing on a fine day. No hook waits with
// the site locked.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/core/call.h"
#include "sim/core/desk.h"
#include "sim/core/query.h"
#include "sim/faults/fault_log.h"

namespace tabferry::sim {

// What the faults know of a request; about no item.
Occasion occasion_of(const Call& call);

// Before anything is done, without the lock: waits (latency), and gives the answer that stands in for the site's own
// (429, 413, 500, 502, 503, 504, pod-redirect). Only the call's method, target and headers are looked at.
std::optional<Reply> faults_at_the_door(Simulator& simulator, const Call& call);

// For a request whose session lives: whether it is dead from here on (expire-session).
bool faults_on_session(Simulator& simulator, const Call& call);

// Before the action on an item, without the lock: somebody else is faster (delete-after-list, rename-after-list,
// refresh, refresh-silent), or it is forbidden (forbid: refuses).
void faults_on_item(Simulator& simulator, const Call& call);

// Before anything of a publishing request is read (deny-publish: refuses).
void faults_on_publish(Simulator& simulator, const Call& call);
// Before a block is taken (concurrent-append: refuses).
void faults_on_append(Simulator& simulator, const Call& call);
// The notes that a job which starts now will fail with (fail-job); "": it may succeed.
std::string faults_on_job(const Desk& desk, const Item& job);

// On what a list holds when filter and sort are done: takes out what the index has not seen yet (index-lag).
void faults_on_list(const Desk& desk, std::vector<const Item*>& items);
// On one page of it: the order moves on (move-across-pages). Returns what totalAvailable says (total-too-large).
size_t faults_on_page(const Desk& desk, const Call& call, const Page& page, std::vector<const Item*>& items);

// On the answer, without the lock: cuts it and changes its head (truncate, disposition, late-error), notes what the
// index will miss (index-lag), waits (slow-first-byte).
void faults_on_answer(Simulator& simulator, const Call& call, Reply& reply);

}  // namespace tabferry::sim
