#include "sample/season.h"

#include <cmath>
#include <vector>

#include "base/time.h"

namespace pursuit::sample {

namespace {

constexpr std::int64_t kRamadan2026 = 20'502;  // 2026-02-18
constexpr double kLunarYearDays = 354.36707;
constexpr std::int64_t kEidDays = 4;

std::int64_t ramadan_start(std::int64_t years_from_2026) {
  return kRamadan2026 + static_cast<std::int64_t>(std::floor(
                            static_cast<double>(years_from_2026) * kLunarYearDays + 0.5));
}

}  // namespace

std::int64_t ramadan_start_before(std::int64_t day) {
  auto year = static_cast<std::int64_t>(
      std::floor(static_cast<double>(day - kRamadan2026) / kLunarYearDays));
  while (ramadan_start(year + 1) <= day) ++year;
  while (ramadan_start(year) > day) --year;
  return ramadan_start(year);
}

double day_weight(std::int64_t day) {
  // By weekday, Thursday (day 0) first: the region rests on Friday, most of it on Saturday too.
  constexpr double kWeekday[7] = {1.0, 0.55, 0.80, 1.10, 1.05, 1.0, 1.0};
  const std::int64_t weekday = ((day % 7) + 7) % 7;
  double weight = kWeekday[weekday];
  const std::int64_t into_ramadan = day - ramadan_start_before(day);
  if (into_ramadan < kRamadanDays) {
    weight *= 0.70;
  } else if (into_ramadan < kRamadanDays + kEidDays) {
    weight *= 0.35;
  }
  const base::CivilDate date = base::civil_of_day(day);
  if (date.month == 8) weight *= 0.85;
  if (date.month == 12) weight *= date.day >= 24 ? 1.6 : 1.25;
  if (date.month == 1) weight *= 0.9;
  return weight;
}

Season::Season(std::int64_t first_day, std::int64_t last_day) : first_day_(first_day) {
  const double days = static_cast<double>(last_day - first_day + 1);
  std::vector<double> weights;
  for (std::int64_t day = first_day; day <= last_day; ++day) {
    const double growth = 1 + 0.35 * static_cast<double>(day - first_day) / days;
    weights.push_back(day_weight(day) * growth);
  }
  days_ = Shares(weights);
}

}  // namespace pursuit::sample
