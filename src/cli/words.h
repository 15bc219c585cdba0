// cli/words.h: figures as a person says them. Pure functions, any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cli/terminal.h"

#include "base/ids.h"
#include "base/time.h"
#include "engine/engine.h"

namespace pursuit::cli {

/// "45 min", "3.2 h", "12 d": to two or three digits; absent: "-".
[[nodiscard]] std::string duration_words(double ms);
/// `1234567` as "1,234,567".
[[nodiscard]] std::string count_words(std::uint64_t count);
/// "1 lead", "1,200 leads".
[[nodiscard]] std::string count_words(std::uint64_t count, std::string_view noun);
/// A share in [0, 1] as "62 %"; absent: "-".
[[nodiscard]] std::string percent_words(double share);
/// A score with one decimal; absent: "-".
[[nodiscard]] std::string score_words(double score);
/// "2026-06-01 08:30 UTC".
[[nodiscard]] std::string instant_words(base::Millis at_ms);
/// "1.3 GB", "210 MB".
[[nodiscard]] std::string bytes_words(double bytes);
/// The text of a dimension, "(none)" for the empty one.
[[nodiscard]] std::string named(std::string_view text);

[[nodiscard]] std::string_view tier_words(model::Tier tier);
[[nodiscard]] Paint tier_paint(model::Tier tier);

/// Why an open lead stands where it does, in at most three reasons: what is urgent about it first,
/// then what its score is made of.
[[nodiscard]] std::string why_words(const engine::Engine& engine, base::LeadId lead);

}  // namespace pursuit::cli
