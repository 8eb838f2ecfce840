#include "base/glob.h"

#include <algorithm>
#include <vector>

namespace tabferry::base {
namespace {

// One step of a pattern.
struct Step {
  enum class Kind { literal, any_char, set, star } kind = Kind::literal;
  char literal = 0;
  std::string_view set;      // the inside of [...], without '!'
  bool negated = false;
  bool crosses = false;      // star, any_char, set: may eat '/'
};

bool in_set(std::string_view set, char c) {
  for (size_t i = 0; i < set.size(); ++i) {
    if (i + 2 < set.size() && set[i + 1] == '-') {
      if (set[i] <= c && c <= set[i + 2]) return true;
      i += 2;
    } else if (set[i] == c) {
      return true;
    }
  }
  return false;
}

bool eats(const Step& step, char c) {
  if (step.kind == Step::Kind::literal) return step.literal == c;
  if (c == '/' && !step.crosses) return false;
  return step.kind != Step::Kind::set || in_set(step.set, c) != step.negated;
}

// The set that opens at pattern[at] ('['); its end goes to `after`. A plain '[' where it is never closed.
Step read_set(std::string_view pattern, size_t at, bool crosses, size_t& after) {
  const bool negated = at + 1 < pattern.size() && pattern[at + 1] == '!';
  const size_t first = at + (negated ? 2 : 1);
  const size_t close = pattern.find(']', first + 1);   // "[]a]": a first ']' belongs to the set
  after = at + 1;
  if (close == std::string_view::npos) return {.kind = Step::Kind::literal, .literal = '['};
  after = close + 1;
  return {.kind = Step::Kind::set, .set = pattern.substr(first, close - first), .negated = negated, .crosses = crosses};
}

std::vector<Step> compile(std::string_view pattern, bool crosses) {
  std::vector<Step> steps;
  for (size_t at = 0; at < pattern.size();) {
    const bool twice = pattern.substr(at, 2) == "**";
    if (pattern[at] == '*') {
      const bool whole_folder = twice && !crosses && pattern.substr(at, 3) == "**/" && (at == 0 || pattern[at - 1] == '/');
      steps.push_back({.kind = Step::Kind::star, .negated = whole_folder, .crosses = crosses || twice});
      at += whole_folder ? 3U : twice ? 2U : 1U;
    } else if (pattern[at] == '?') {
      steps.push_back({.kind = Step::Kind::any_char, .crosses = crosses});
      ++at;
    } else if (pattern[at] == '[') {
      steps.push_back(read_set(pattern, at, crosses, at));
    } else {
      steps.push_back({.kind = Step::Kind::literal, .literal = pattern[at++]});
    }
  }
  return steps;
}

}  // namespace

// The set of steps that may come next, moved over the text one character at a time (no backtracking).
bool Glob::matches(std::string_view text) const {
  const auto steps = compile(pattern_, form_ == Form::fnmatch);
  std::vector<char> here(steps.size() + 1, 0);
  std::vector<char> next(here);
  // A star may match nothing. A whole-folder star ("**/") may be left only at the start or behind a '/'.
  const auto skip_stars = [&](std::vector<char>& at, bool folder_start) {
    for (size_t i = 0; i < steps.size(); ++i)
      if (at[i] && steps[i].kind == Step::Kind::star && (!steps[i].negated || folder_start)) at[i + 1] = 1;
  };
  here[0] = 1;
  skip_stars(here, true);
  for (const char c : text) {
    std::fill(next.begin(), next.end(), char{0});
    for (size_t i = 0; i < steps.size(); ++i) {
      if (!here[i]) continue;
      if (steps[i].kind == Step::Kind::star) {
        if (c != '/' || steps[i].crosses) next[i] = 1;
      } else if (eats(steps[i], c)) {
        next[i + 1] = 1;
      }
    }
    skip_stars(next, c == '/');
    here.swap(next);
  }
  return here[steps.size()] != 0;
}

std::string Glob::literal_prefix() const { return pattern_.substr(0, pattern_.find_first_of("*?[")); }

}  // namespace tabferry::base
