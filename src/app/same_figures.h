// app/same_figures.h: whether two engines say the same of a network. Neither may change meanwhile;
// one thread.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/engine.h"

namespace pursuit::app {

/// What two engines of the same policy, as of the same instant, say differently: every figure and
/// visit of every lead, when its status changes, every table, every trigger. Numbers are the same
/// when their bits are. At most `most` lines, each naming table, row and column; none: all is the
/// same.
[[nodiscard]] std::vector<std::string> differences(const engine::Engine& one,
                                                   const engine::Engine& other, std::size_t most);

}  // namespace pursuit::app
