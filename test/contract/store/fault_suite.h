// A store that fails at its n-th call, for every n: whatever was cut short, each object is whole or absent. Included
// once in a program, by store_suite.h.
#pragma once

#include <map>

#include "contract/store/store_contract.h"
#include "support/failing_store.h"

namespace tabferry::store {

class StoreFaults : public StoreContract {
 protected:
  static std::string bytes_for(const std::string& key) { return pattern(25'000, static_cast<uint32_t>(key.back())); }

  // Three objects written once, one replaced, all read back, one copied, one removed.
  static void work(const Store& store, const std::string& folder) {
    for (const std::string name : {"a", "b", "c"})
      write(*store.create(folder + name, {.if_absent = true}), bytes_for(name), 10'000);
    const Object old = store.stat(folder + "b").value();
    create(store, folder + "b", "replaced", {.if_match = old.etag});
    for (const auto& object : objects(store, folder)) drain(*store.open(object.key, {.if_match = object.etag}), 10'000);
    store.copy(store.stat(folder + "a").value(), folder + "d", {.if_absent = true});
    store.remove(std::vector<std::string>{folder + "c"});
  }

  // Each object may be what `work` makes of it at some time, and nothing else.
  void expect_whole(const std::string& folder) const {
    const std::map<std::string, std::vector<std::string>> allowed = {
        {"a", {bytes_for("a")}}, {"b", {bytes_for("b"), "replaced"}}, {"c", {bytes_for("c")}}, {"d", {bytes_for("a")}}};
    for (const auto& object : objects(store_, folder)) {
      const std::string name = object.key.substr(folder.size());
      ASSERT_TRUE(allowed.contains(name)) << "uncommitted: " << object.key;
      const std::string bytes = drain(*store_.open(object.key, {.if_match = object.etag}));
      EXPECT_EQ(bytes.size(), object.size_bytes);
      EXPECT_THAT(allowed.at(name), testing::Contains(bytes)) << object.key;
    }
  }

  void expect_done(const std::string& folder) const {
    EXPECT_EQ(keys(folder), (std::vector<std::string>{folder + "a", folder + "b", folder + "d"}));
    EXPECT_EQ(bytes_of(folder + "b"), "replaced");
  }

  // Returns how many calls failed, one a run.
  uint64_t fail_each_call(Fault fault) {
    for (uint64_t n = 1;; ++n) {
      const std::string folder = fmt::format("run-{}/", n);
      const FailingStore failing(store_, n, fault);
      try {
        work(failing, folder);
        EXPECT_LT(failing.calls(), n) << "a failure was swallowed";
        expect_done(folder);
        return n - 1;
      } catch (const base::Error& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr("on purpose")) << "at call " << n;
      }
      expect_whole(folder);
      EXPECT_TRUE(bench_->unfinished().empty())
          << "call " << n << " left " << testing::PrintToString(bench_->unfinished());
    }
  }
};

// What `work` calls: 3 x (create, 3 writes, commit), stat, (create, write, commit), list and its 3 visits,
// 3 x open, reads of 25,000, 8 and 25,000 bytes, stat, copy, remove.
TEST_P(StoreFaults, WhicheverCallFailsEachObjectIsWholeOrAbsent) { EXPECT_GE(fail_each_call(Fault::before), 36U); }
TEST_P(StoreFaults, WhicheverAnswerIsLostEachObjectIsWholeOrAbsent) { EXPECT_GE(fail_each_call(Fault::after), 36U); }

}  // namespace tabferry::store
