// What a bucket does to its objects by itself, and whether a snapshot would survive it.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace tabferry::store {

// At an age, or on a day. Neither: never.
struct When {
  std::optional<uint64_t> after_days;  // of the object
  std::optional<base::WallTime> on;

  bool ever() const { return after_days || on; }
};

struct Transition {
  std::string storage_class;  // as S3 names it: "GLACIER"
  When when;
};

struct LifecycleRule {
  std::string id;             // may be empty
  std::string prefix;         // of the keys that it is for; empty: all
  bool enabled = true;
  bool tagged_only = false;   // for objects with certain tags, and no others
  bool sized_only = false;    // for objects of certain sizes, and no others
  When expires;               // the current version of an object
  std::vector<Transition> transitions;
  std::optional<uint64_t> noncurrent_expires_after_days;  // versions that were replaced or deleted
  std::optional<uint64_t> aborts_uploads_after_days;      // that were begun and not completed
};

struct Lifecycle {
  bool readable = true;
  bool offered = true;  // false: the server answers that it does not know such rules; readable, and none
  std::string why_not;  // where it is not readable: what the store said
  std::vector<LifecycleRule> rules;
  std::string root;     // what stands before the store's keys in the keys that the rules speak of: "tableau/"
};

// True for a storage class whose objects must be restored, for hours, before they can be read.
bool is_archive(std::string_view storage_class);

// What a rule does to objects that must stay.
struct Threat {
  std::string rule;  // "the rule 'tidy' (keys that begin with 'tableau/')"
  std::string deed;  // "deletes objects 30 days after they were made", "moves objects to GLACIER on 2027-01-01, ..."
};

// The rules that would delete or archive an object of the store whose key begins with `prefix` and that has no tags:
// what tabferry writes has none. In the order of the rules; empty: it survives (or the rules are not readable).
std::vector<Threat> threats_to(const Lifecycle& lifecycle, std::string_view prefix);

}  // namespace tabferry::store
