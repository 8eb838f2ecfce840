#include "app/shard_index.h"

#include <array>
#include <charconv>

#include "backup/shard_list.h"
#include "base/error.h"
#include "base/text.h"

using tabferry::base::ErrorKind;

namespace tabferry::app {
namespace {

struct Variable {
  const char* name;
  const char* from;  // the first index; null: 0
};
constexpr std::array kVariables = {Variable{"AWS_BATCH_JOB_ARRAY_INDEX", nullptr},
                                   Variable{"JOB_COMPLETION_INDEX", nullptr},
                                   Variable{"SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_MIN"}};

unsigned number_in(const char* name, const std::string& text) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc{} && end == text.data() + text.size()) return number;
  base::fail(ErrorKind::usage, "{} is {}, which is no index; --shard i/n says which part this is", name,
             base::quoted(text));
}

std::optional<ToldIndex> told_by(const Variable& variable, const Environment& environment) {
  const auto text = environment(variable.name);
  if (!text || text->empty()) return std::nullopt;
  const unsigned number = number_in(variable.name, *text);
  const auto from = variable.from != nullptr ? environment(variable.from) : std::nullopt;
  const unsigned first = from && !from->empty() ? number_in(variable.from, *from) : 0;
  if (number < first)
    base::fail(ErrorKind::usage, "{} is {}, less than {} ({}); --shard i/n says which part this is", variable.name,
               number, variable.from, first);
  return ToldIndex{.index = number - first, .by = variable.name};
}

[[noreturn]] void fail_without_index(unsigned of) {
  std::vector<std::string> names;
  for (const auto& variable : kVariables) names.emplace_back(variable.name);
  base::fail(ErrorKind::usage,
             "the work is shared out to {}, and nothing says which one this is: --shard 0/{} to {}/{}, or one of {} "
             "(an engine's array sets it). All of it in one process: --shard 0/1",
             base::counted(of, "worker"), of, of - 1, of, base::join(names, ", "));
}

[[noreturn]] void fail_beyond(const backup::Shard& shard, const std::string& by, const std::string& snapshot) {
  base::fail(ErrorKind::usage,
             "there is no shard {} ({}) where {} is shared out to {}: they are 0 to {}. An array must be as large as "
             "that; --shards N says another number",
             shard.number, by, snapshot, base::counted(shard.of, "shard"), shard.of - 1);
}

}  // namespace

std::optional<ToldIndex> told_index(const Environment& environment) {
  std::optional<ToldIndex> told;
  for (const auto& variable : kVariables) {
    const auto one = told_by(variable, environment);
    if (told && one && told->index != one->index)
      base::fail(ErrorKind::usage,
                 "two engines say which part this is: {} says {}, {} says {}. Say it with --shard i/n, or unset one",
                 told->by, told->index, one->by, one->index);
    if (one && !told) told = one;
  }
  return told;
}

backup::Shard choose_shard(std::optional<unsigned> number, unsigned of, const std::string& snapshot,
                           const store::Store& store, const Environment& environment) {
  backup::Shard shard{.of = of > 0 ? of : backup::planned_shards(store, snapshot)};
  const auto told = number ? std::optional(ToldIndex{.index = *number, .by = "--shard"}) : told_index(environment);
  if (!told && shard.of > 1) fail_without_index(shard.of);
  if (!told) return shard;
  shard.number = told->index;
  if (shard.number >= shard.of) fail_beyond(shard, told->by, snapshot);
  return shard;
}

}  // namespace tabferry::app
