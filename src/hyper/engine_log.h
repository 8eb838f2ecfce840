// What the engine printed (its stdout and stderr, in a file of ours), for messages and reports.
#pragma once

#include <filesystem>
#include <string>

namespace tabferry::hyper {

constexpr const char* kOutputName = "hyperd.out";

// "Its last words: ..." (a few lines, joined; what it says at every start left out), or "It said nothing". Never throws
// over a file that is gone.
std::string last_words(const std::filesystem::path& output);

// "hyperd main.0.0.26963.r84171622", out of what it says at its start; "hyperd" where that is not to be found.
std::string announced_version(const std::filesystem::path& output);

}  // namespace tabferry::hyper
