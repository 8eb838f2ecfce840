// What somebody may have meant who wrote a word that is not known.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace tabferry::base {

// " (did you mean server?)", to stand behind the word in a message; "" where none of ours is near (base/text.h).
std::string did_you_mean(std::string_view word, std::span<const std::string_view> known);

}  // namespace tabferry::base
