// cli/progress_line.h: progress as one line of a terminal that is written over and over; nothing
// where there is no terminal. One thread at a time.
#pragma once

#include <cstdint>
#include <string>

#include "cli/terminal.h"

#include "app/progress.h"
#include "base/clock.h"

namespace pursuit::cli {

class ProgressLine final : public app::Progress {
 public:
  /// On stderr.
  ProgressLine(const Terminal& terminal, const base::Clock& clock)
      : terminal_(terminal), clock_(clock) {}
  ~ProgressLine() override { clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void begin(std::string_view phase) override;
  void update(std::string_view what, std::uint64_t done, std::uint64_t total,
              app::ProgressUnit unit) override;
  void end() override { clear(); }

 private:
  void show(const std::string& text);
  void clear();

  Terminal terminal_;
  const base::Clock& clock_;
  std::string phase_;
  std::string what_;
  std::int64_t what_began_ns_ = 0;
  std::int64_t shown_ns_ = 0;
  bool visible_ = false;
};

/// "reading events.csv  62 %  410 MB/s  3 s left" without the phase: how far, how fast, how long
/// still. `seconds` since the beginning.
[[nodiscard]] std::string progress_words(std::uint64_t done, std::uint64_t total, double seconds,
                                         app::ProgressUnit unit);

}  // namespace pursuit::cli
