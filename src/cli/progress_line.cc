#include "cli/progress_line.h"

#include <cstdio>

#include "cli/words.h"
#include <fmt/format.h>

namespace pursuit::cli {
namespace {

constexpr std::int64_t kNsBetween = 100'000'000;  // ten lines a second are enough to look at
constexpr double kSecondsBeforeRate = 0.5;

}  // namespace

std::string progress_words(std::uint64_t done, std::uint64_t total, double seconds,
                           app::ProgressUnit unit) {
  std::string text;
  if (total > 0)
    text +=
        fmt::format("  {:.0f} %", 100.0 * static_cast<double>(done) / static_cast<double>(total));
  if (seconds < kSecondsBeforeRate || done == 0) return text;
  const double rate = static_cast<double>(done) / seconds;
  if (unit == app::ProgressUnit::kBytes) text += "  " + bytes_words(rate) + "/s";
  if (unit == app::ProgressUnit::kRows)
    text += "  " + count_words(static_cast<std::uint64_t>(rate)) + " rows/s";
  if (total > done)
    text += fmt::format("  {:.0f} s left", static_cast<double>(total - done) / rate);
  return text;
}

void ProgressLine::begin(std::string_view phase) {
  if (!terminal_.is_terminal) return;
  phase_ = phase;
  what_.clear();
  what_began_ns_ = clock_.monotonic_ns();
  shown_ns_ = what_began_ns_;
  show(phase_);
}

void ProgressLine::update(std::string_view what, std::uint64_t done, std::uint64_t total,
                          app::ProgressUnit unit) {
  if (!terminal_.is_terminal) return;
  const std::int64_t now_ns = clock_.monotonic_ns();
  if (what != what_) {
    what_ = what;
    what_began_ns_ = now_ns;
  }
  if (now_ns - shown_ns_ < kNsBetween) return;
  shown_ns_ = now_ns;
  const double seconds = static_cast<double>(now_ns - what_began_ns_) * 1e-9;
  show(phase_ + (what_.empty() ? "" : " " + printable(what_)) +
       progress_words(done, total, seconds, unit));
}

void ProgressLine::show(const std::string& text) {
  const std::string line =
      "\r\x1b[K" + fit(text, terminal_.columns > 1 ? terminal_.columns - 1 : 1);
  std::fwrite(line.data(), 1, line.size(), stderr);
  std::fflush(stderr);
  visible_ = true;
}

void ProgressLine::clear() {
  if (!visible_) return;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
  visible_ = false;
}

}  // namespace pursuit::cli
