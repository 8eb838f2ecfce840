// `store:` -> where snapshots live.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "app/settings.h"
#include "store/lifecycle.h"
#include "store/store.h"

namespace tabferry::app {

// The root of `store:`, with keys relative to it: s3://BUCKET/PREFIX, file:///DIR, or a bucket that a directory stands
// in for. Nothing is asked of the network yet. Throws Error{config} where the configuration names none.
std::shared_ptr<const store::Store> open_store(const Settings& settings);

// For how long what is written there is locked (Object Lock); 0: not at all.
std::chrono::days object_lock_days(const Settings& settings);

// What a rule of the bucket would do to snapshots there, and the cure; absent where none of them harms.
std::optional<std::pair<std::string, std::string>> harm_of_rules(const store::Store& store,
                                                                 const store::Lifecycle& rules);

// Of s3://BUCKET[/PREFIX]: the bucket, and "PREFIX/" or "". Both empty for another form.
struct BucketPart {
  std::string bucket, prefix;
};
BucketPart bucket_part(const std::string& url);

}  // namespace tabferry::app
