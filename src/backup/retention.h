// Which snapshots of a site stay: a pure function of their times, states and tags.
#pragma once

#include <string>
#include <vector>

#include "backup/snapshots.h"

namespace tabferry::backup {

// As restic says it: of the newest N hours, days, ISO weeks, months and years (UTC) that have a complete snapshot, the
// newest one stays. What any rule keeps is kept.
struct Retention {
  uint64_t last = 0, hourly = 0, daily = 0, weekly = 0, monthly = 0, yearly = 0;
  std::vector<std::string> keep_tags;  // snapshots with one of them stay
  std::vector<std::string> only_tags;  // not empty: the rules are for those with one of them, all others stay

  bool says_nothing() const;
};

struct Judgement {
  bool stays = true;
  std::string reason;
};

// `snapshots` are those of one site, in the order of their time; a judgement for each. Beside the rules:
// - the newest complete one stays; so does what is foreign, pruned or damaged.
// - a partial one takes nobody's place. It stays where a rule keeps an older complete one, and the partial one is the
//   newest of a period that has no complete one; and the newest one where it is newer than any complete one.
// - an incomplete one stays as long as it is younger than a day, or nothing newer is complete (the next backup builds
//   on it).
std::vector<Judgement> judge(const std::vector<Snapshot>& snapshots, const Retention& retention, base::WallTime now);

// What a person should know of the newest complete one: that it left out more than complete ones that go, or was made
// with other options than they were, so that it is no substitute for them. "" where that is not so. `stays`: for each.
std::string warning_of_favour(const std::vector<Snapshot>& snapshots, const std::vector<bool>& stays);

}  // namespace tabferry::backup
