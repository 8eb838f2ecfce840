#include "backup/retention.h"

#include <fmt/chrono.h>

#include <algorithm>
#include <functional>
#include <set>

#include "backup/words.h"
#include "base/text.h"

namespace tabferry::backup {
namespace {

using State = Snapshot::State;
namespace chrono = std::chrono;

constexpr chrono::hours kYoung{24};

using PeriodOf = std::function<std::string(const Snapshot&)>;

struct Rule {
  const char* name;
  uint64_t count;
  PeriodOf period_of;
};

std::string written(const char* form, const Snapshot& snapshot) {
  return fmt::format(fmt::runtime(form), chrono::floor<chrono::seconds>(snapshot.folder.at));
}

std::vector<Rule> rules_of(const Retention& retention) {
  const auto by = [](const char* form) -> PeriodOf {
    return [form](const Snapshot& one) { return written(form, one); };
  };
  return {{"last", retention.last, [](const Snapshot& one) { return one.folder.name; }},
          {"hourly", retention.hourly, by("{:%Y%m%d%H}")},
          {"daily", retention.daily, by("{:%Y%m%d}")},
          {"weekly", retention.weekly, by("{:%G%V}")},
          {"monthly", retention.monthly, by("{:%Y%m}")},
          {"yearly", retention.yearly, by("{:%Y}")}};
}

bool has_one_of(const std::vector<std::string>& tags, const std::vector<std::string>& wanted) {
  return std::any_of(tags.begin(), tags.end(),
                     [&](const auto& tag) { return std::find(wanted.begin(), wanted.end(), tag) != wanted.end(); });
}

class Court {
 public:
  Court(const std::vector<Snapshot>& snapshots, const Retention& retention)
      : snapshots_(snapshots), retention_(retention), judgements_(snapshots.size(), {.stays = false, .reason = ""}) {}

  std::vector<Judgement> run(base::WallTime now) {
    keep_the_unruled(now);
    keep_the_newest();
    for (const auto& rule : rules_of(retention_))
      if (rule.count > 0) apply(rule);
    for (auto& judgement : judgements_)
      if (!judgement.stays) judgement.reason = "no rule keeps it";
    return std::move(judgements_);
  }

 private:
  void keep(size_t i, const std::string& reason) {
    auto& judgement = judgements_[i];
    judgement.reason = judgement.stays ? judgement.reason + ", " + reason : reason;
    judgement.stays = true;
  }

  bool is_ruled(size_t i) const {
    return snapshots_[i].readable() &&
           (retention_.only_tags.empty() || has_one_of(snapshots_[i].head.tags, retention_.only_tags));
  }

  void keep_the_unruled(base::WallTime now) {
    const auto newest = newest_complete();
    for (size_t i = 0; i < snapshots_.size(); ++i) {
      const auto& one = snapshots_[i];
      if (one.state == State::incomplete) {
        if (now - one.folder.at < kYoung)
          keep(i, "younger than a day: it may be gone on with");
        else if (!newest || *newest < i)
          keep(i, "nothing newer is complete: the next backup builds on it");
      } else if (!one.readable()) {
        keep(i, std::string(name_of(one.state)));
      } else if (!is_ruled(i)) {
        keep(i, "without the tag that is pruned");
      } else if (has_one_of(one.head.tags, retention_.keep_tags)) {
        keep(i, "its tag");
      }
    }
  }

  std::optional<size_t> newest_complete() const {
    for (size_t i = snapshots_.size(); i-- > 0;)
      if (snapshots_[i].state == State::complete) return i;
    return std::nullopt;
  }

  void keep_the_newest() {
    const auto newest = newest_complete();
    if (newest) keep(*newest, "the newest complete one");
    for (size_t i = snapshots_.size(); i-- > (newest ? *newest + 1 : 0);)
      if (snapshots_[i].state == State::partial) return keep(i, "newer than any complete one");
  }

  void apply(const Rule& rule) {
    std::set<std::string> periods;
    size_t oldest = snapshots_.size();
    for (size_t i = snapshots_.size(); i-- > 0 && periods.size() < rule.count;)
      if (snapshots_[i].state == State::complete && is_ruled(i) &&
          periods.insert(rule.period_of(snapshots_[i])).second) {
        keep(i, rule.name);
        oldest = i;
      }
    if (periods.size() < rule.count) oldest = 0;  // the rule would keep more, if there were more
    for (size_t i = snapshots_.size(); i-- > oldest;)
      if (snapshots_[i].state == State::partial && is_ruled(i) && periods.insert(rule.period_of(snapshots_[i])).second)
        keep(i, std::string(rule.name) + ": nothing complete of that time");
  }

  const std::vector<Snapshot>& snapshots_;
  const Retention& retention_;
  std::vector<Judgement> judgements_;
};

}  // namespace

bool Retention::says_nothing() const {
  return last + hourly + daily + weekly + monthly + yearly == 0 && keep_tags.empty();
}

std::string warning_of_favour(const std::vector<Snapshot>& snapshots, const std::vector<bool>& stays) {
  const auto is_complete = [](const Snapshot& one) { return one.state == State::complete; };
  const auto newest = std::find_if(snapshots.rbegin(), snapshots.rend(), is_complete);
  if (newest == snapshots.rend()) return "";
  std::vector<std::string> fuller;
  for (size_t i = 0; i < snapshots.size(); ++i) {
    const auto& head = snapshots[i].head;
    if (is_complete(snapshots[i]) && !stays[i] &&
        (head.asked != newest->head.asked || head.left_out < newest->head.left_out))
      fuller.push_back(snapshots[i].folder.name);
  }
  if (fuller.empty()) return "";
  return fmt::format(
      "the newest complete snapshot, {}, does not replace {} that no rule keeps (the newest of them: {}): {}. What "
      "only "
      "the older ones hold goes with them; --keep-tag, or a rule that reaches back to them, keeps them",
      newest->folder.name, base::counted(fuller.size(), "complete one"), fuller.back(),
      newest->head.left_out ? "of the site's items " + left_out_in_words(newest->head.left_out)
                            : "it was made with other options");
}

std::vector<Judgement> judge(const std::vector<Snapshot>& snapshots, const Retention& retention, base::WallTime now) {
  return Court(snapshots, retention).run(now);
}

}  // namespace tabferry::backup
