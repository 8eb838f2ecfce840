// Many pieces of work over a few lanes.
#pragma once

#include <cstddef>
#include <functional>
#include <stop_token>

namespace tabferry::flow {

// Calls work(index, lane, stop) for every index in [0, count), in their order of beginning, on at most `width` lanes (0 to
// width - 1: what a lane owns, a connection, is the caller's). Returns when all have ended. The first failure asks the
// others to stop (by the token that work gets) and is thrown at the end; nothing new begins then, nor once `stop` is
// requested: that throws Error{cancelled}.
using Work = std::function<void(size_t index, size_t lane, std::stop_token stop)>;
void for_each(size_t count, size_t width, std::stop_token stop, const Work& work);

}  // namespace tabferry::flow
