// sample/timeline.h: all events of a sample in the order of their file. Uses a pool; one caller.
#pragma once

#include <vector>

#include "base/parallel.h"
#include "sample/path.h"

namespace pursuit::sample {

/// The stage events of every lead: by arrival, or by lead and instant when `options.sorted`.
[[nodiscard]] std::vector<EventDraft> make_timeline(const Network& network, const PathMaker& paths,
                                                    const GenerateOptions& options,
                                                    base::ThreadPool& pool);

/// The signals of every lead, by lead.
[[nodiscard]] std::vector<SignalDraft> make_signals(const PathMaker& paths,
                                                    const GenerateOptions& options,
                                                    base::ThreadPool& pool);

}  // namespace pursuit::sample
