// app/progress.h: who is told how a long command gets on. Called from one thread at a time.
#pragma once

#include <cstdint>
#include <string_view>

namespace pursuit::app {

enum class ProgressUnit : std::uint8_t { kNone, kBytes, kRows };

class Progress {
 public:
  Progress() = default;
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  virtual ~Progress() = default;

  /// A new phase begins ("reading", "computing", "writing"); the one before it is over.
  virtual void begin(std::string_view phase) = 0;
  /// `done` of `total` (0: not known), and what it is about ("leads.csv"; may be empty).
  virtual void update(std::string_view what, std::uint64_t done, std::uint64_t total,
                      ProgressUnit unit) = 0;
  /// The last phase is over.
  virtual void end() = 0;
};

/// Tells nobody.
class NoProgress final : public Progress {
 public:
  void begin(std::string_view /*phase*/) override {}
  void update(std::string_view /*what*/, std::uint64_t /*done*/, std::uint64_t /*total*/,
              ProgressUnit /*unit*/) override {}
  void end() override {}
};

}  // namespace pursuit::app
