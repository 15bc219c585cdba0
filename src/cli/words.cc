#include "cli/words.h"

#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include <fmt/format.h>

#include "model/dimension.h"

namespace pursuit::cli {
namespace {

constexpr double kMinute = 60'000;
constexpr auto kHour = static_cast<double>(base::kMillisPerHour);
constexpr auto kDay = static_cast<double>(base::kMillisPerDay);

/// Two or three digits: 3.2, 47.
std::string short_number(double value) {
  return value < 9.95 ? fmt::format("{:.1f}", value) : fmt::format("{:.0f}", value);
}

using Reasons = std::vector<std::string>;

void add_urgency(const engine::Engine& engine, const engine::LeadFigures& f, Reasons& reasons) {
  const engine::StatusTimes times = engine.status_times(f.lead);
  const base::Millis now_ms = engine.as_of_ms();
  const auto soon = [&](base::Millis at_ms) {
    return at_ms != base::kNoInstant && at_ms > now_ms && at_ms - now_ms <= base::kMillisPerDay;
  };
  if (f.category == engine::Category::kDelayed || f.category == engine::Category::kCritical)
    reasons.push_back(duration_words(f.deviation_hours * kHour) + " over its SLA");
  if (f.expired) {
    reasons.push_back(duration_words(static_cast<double>(f.duration_ms) - f.threshold_ms) +
                      " over its P90");
  } else if (soon(times.expired_at_ms)) {
    reasons.push_back("expires in " +
                      duration_words(static_cast<double>(times.expired_at_ms - now_ms)));
  }
  if (f.dormant) {
    reasons.emplace_back("dormant");
  } else if (soon(times.dormant_at_ms)) {
    reasons.push_back("dormant in " +
                      duration_words(static_cast<double>(times.dormant_at_ms - now_ms)));
  }
}

/// What a component of the score says in words; empty when nothing worth saying.
std::string component_words(const engine::Engine& engine, const engine::LeadFigures& f,
                            std::size_t component, double share) {
  const std::string idle =
      duration_words(static_cast<double>(engine.as_of_ms() - f.last_activity_ms));
  const std::string channel = named(engine.leads().text(f.lead, model::Dimension::kChannel));
  switch (static_cast<model::Component>(component)) {
    case model::Component::kConversion:
      if (share >= 1.0) return channel + " converts best";
      return share >= 0.75 ? channel + " converts well" : "";
    case model::Component::kVolume:
      return share >= 1.0 ? channel + " brings most leads" : "";
    case model::Component::kRecency:
      if (share >= 0.75) return "active " + idle + " ago";
      return share < 0.5 ? "quiet for " + idle : "";
    case model::Component::kStage:
      if (share >= 1.0) return "in the last stage";
      return share >= 0.5 ? "far in the funnel" : "";
    case model::Component::kEngagement:
      return share >= 0.5 ? "engaged" : "";
    case model::Component::kAssessment:
      return share >= 0.5 ? "assessed well" : "";
    case model::Component::kPropensity:
      return share >= 0.5 ? "likely to buy" : "";
  }
  return {};
}

void add_components(const engine::Engine& engine, const engine::LeadFigures& f, Reasons& reasons) {
  const engine::ScoreScale scale = engine.score_scale(f.lead);
  std::array<bool, model::kComponents> said{};
  for (std::size_t round = 0; round < said.size(); ++round) {
    std::size_t best = said.size();
    for (std::size_t c = 0; c < said.size(); ++c) {
      if (said[c] || scale.most[c] <= 0) continue;
      if (best == said.size() || f.contribution[c] > f.contribution[best]) best = c;
    }
    if (best == said.size()) return;
    said[best] = true;
    // A full component may miss its weight by a rounding.
    const double share = f.contribution[best] / scale.most[best] + 1e-12;
    std::string words = component_words(engine, f, best, share);
    if (!words.empty()) reasons.push_back(std::move(words));
  }
}

}  // namespace

std::string duration_words(double ms) {
  if (std::isnan(ms)) return "-";
  if (ms < kMinute) return "under 1 min";
  if (ms < kHour) return fmt::format("{:.0f} min", ms / kMinute);
  if (ms < 2 * kDay) return short_number(ms / kHour) + " h";
  return short_number(ms / kDay) + " d";
}

std::string count_words(std::uint64_t count) {
  std::string digits = std::to_string(count);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

std::string count_words(std::uint64_t count, std::string_view noun) {
  return count_words(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

std::string percent_words(double share) {
  return std::isnan(share) ? "-" : fmt::format("{:.0f} %", 100 * share);
}

std::string score_words(double score) {
  return std::isnan(score) ? "-" : fmt::format("{:.1f}", score);
}

std::string instant_words(base::Millis at_ms) {
  if (at_ms == base::kNoInstant) return "-";
  const std::string text = base::format_instant(at_ms);
  return text.substr(0, 10) + " " + text.substr(11, 5) + " UTC";
}

std::string bytes_words(double bytes) {
  constexpr std::array<std::string_view, 5> kUnits = {"B", "kB", "MB", "GB", "TB"};
  std::size_t unit = 0;
  while (bytes >= 1000 && unit + 1 < kUnits.size()) {
    bytes /= 1000;
    ++unit;
  }
  if (unit == 0) return fmt::format("{:.0f} B", bytes);
  return short_number(bytes) + " " + std::string(kUnits[unit]);
}

std::string named(std::string_view text) { return text.empty() ? "(none)" : printable(text); }

std::string_view tier_words(model::Tier tier) {
  return model::kTierNames[static_cast<std::size_t>(tier)];
}

Paint tier_paint(model::Tier tier) {
  constexpr std::array<Paint, 3> kPaints = {Paint::kRed, Paint::kYellow, Paint::kCyan};
  return kPaints[static_cast<std::size_t>(tier)];
}

std::string why_words(const engine::Engine& engine, base::LeadId lead) {
  constexpr std::size_t kMostReasons = 3;
  const engine::LeadFigures figures = engine.figures(lead);
  Reasons reasons;
  add_urgency(engine, figures, reasons);
  add_components(engine, figures, reasons);
  if (reasons.size() > kMostReasons) reasons.resize(kMostReasons);
  std::string text;
  for (const std::string& reason : reasons) text += (text.empty() ? "" : ", ") + reason;
  return text;
}

}  // namespace pursuit::cli
