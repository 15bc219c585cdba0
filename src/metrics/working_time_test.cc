#include "metrics/working_time.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "model/policy_toml.h"
#include "model/zone.h"

namespace pursuit::metrics {
namespace {

using base::Millis;

constexpr Millis kHour = base::kMillisPerHour;
constexpr std::string_view kFrom = "2025-01-01";
constexpr std::string_view kTo = "2027-01-01";

Millis ms(std::string_view text) { return base::parse_instant(text)->at_ms; }

model::Calendar calendar(std::string_view zone, const std::string& rest) {
  const std::string text =
      "[[calendar]]\nregion = '*'\nzone = '" + std::string(zone) + "'\n" + rest;
  const auto policy = model::parse_policy(text, "calendar");
  EXPECT_TRUE(policy.has_value()) << policy.error().text();
  return policy->calendars.at(0);
}

WorkingTime laid_out(const model::Calendar& c, Millis from = ms(kFrom), Millis to = ms(kTo)) {
  auto built = WorkingTime::build(c, from, to);
  EXPECT_TRUE(built.has_value()) << built.error().text();
  return *built;
}

Millis open(const WorkingTime& w, std::string_view from, std::string_view to) {
  return w.between(ms(from), ms(to));
}

constexpr const char* kEveryDay =
    "weekly = { mon = ['00:00-24:00'], tue = ['00:00-24:00'], wed = ['00:00-24:00'], "
    "thu = ['00:00-24:00'], fri = ['00:00-24:00'], sat = ['00:00-24:00'], sun = ['00:00-24:00'] }";

TEST(WorkingTime, CountsOnlyTheBlocksOfTheWeekdayInLocalTime) {
  const WorkingTime w = laid_out(calendar(
      "Asia/Dubai", "weekly = { mon = ['09:00-13:00', '16:00-20:00'], tue = ['08:00-10:00'] }"));
  // Monday 2026-06-01 in Dubai is 20:00Z of the day before to 20:00Z.
  EXPECT_EQ(open(w, "2026-05-31T20:00:00Z", "2026-06-01T20:00:00Z"), 8 * kHour);
  EXPECT_EQ(open(w, "2026-06-01T05:30:00Z", "2026-06-01T05:45:00Z"), kHour / 4);
  EXPECT_EQ(open(w, "2026-06-01T09:00:00Z", "2026-06-01T12:00:00Z"), 0);
  EXPECT_EQ(open(w, "2026-06-01T00:00:00Z", "2026-06-08T00:00:00Z"), 10 * kHour);
  EXPECT_EQ(w.between(ms("2026-06-02"), ms("2026-06-01")), 0);
  EXPECT_EQ(w.between(ms("2026-06-01T06:00"), ms("2026-06-01T06:00")), 0);
}

TEST(WorkingTime, CairosSkippedMidnightOpensAtTheInstantOfTheChange) {
  const WorkingTime w = laid_out(
      calendar("Africa/Cairo", "weekly = { thu = ['22:00-24:00'], fri = ['00:00-02:00'] }"));
  // An ordinary week: two hours on Thursday and two on Friday.
  EXPECT_EQ(open(w, "2026-04-16T12:00:00Z", "2026-04-17T12:00:00Z"), 4 * kHour);
  // On 2026-04-24 the clocks go from 00:00 to 01:00: Friday's block has one hour.
  EXPECT_EQ(open(w, "2026-04-23T12:00:00Z", "2026-04-24T12:00:00Z"), 3 * kHour);
  EXPECT_EQ(open(w, "2026-04-23T22:00:00Z", "2026-04-24T12:00:00Z"), kHour);
  EXPECT_EQ(w.add(ms("2026-04-23T21:00:00Z"), 2 * kHour), ms("2026-04-23T23:00:00Z"));
}

TEST(WorkingTime, BlockThatTheZoneSkipsWhollyIsNotThere) {
  const WorkingTime w =
      laid_out(calendar("Africa/Cairo", "weekly = { fri = ['00:00-00:30', '00:30-01:00'] }"));
  EXPECT_EQ(open(w, "2026-04-16T12:00:00Z", "2026-04-17T12:00:00Z"), kHour);
  EXPECT_EQ(open(w, "2026-04-23T12:00:00Z", "2026-04-24T12:00:00Z"), 0);
}

TEST(WorkingTime, LocalTimeThatOccursTwiceIsItsFirstOccurrence) {
  // Beirut, 2025-10-26: at 00:00 back to 23:00 of Saturday the 25th.
  const WorkingTime until_half_past =
      laid_out(calendar("Asia/Beirut", "weekly = { sat = ['22:00-23:30'] }"));
  EXPECT_EQ(open(until_half_past, "2025-10-25T12:00:00Z", "2025-10-26T12:00:00Z"), kHour * 3 / 2);
  const WorkingTime until_midnight = laid_out(
      calendar("Asia/Beirut", "weekly = { sat = ['22:00-24:00'], sun = ['00:00-01:00'] }"));
  EXPECT_EQ(open(until_midnight, "2025-10-25T12:00:00Z", "2025-10-26T12:00:00Z"), 4 * kHour);
}

TEST(WorkingTime, TheLastPeriodThatCoversADateGivesItsHours) {
  const WorkingTime w = laid_out(calendar("Asia/Dubai", R"(
weekly = { sun = ["08:00-16:00"], mon = ["08:00-16:00"] }
[[calendar.period]]  # a change of weekend
from = "2025-10-01"
to = "2099-12-31"
weekly = { mon = ["08:00-16:00"], fri = ["08:00-12:00"] }
[[calendar.period]]  # Ramadan
from = "2026-02-16"
to = "2026-03-16"
weekly = { mon = ["10:00-15:00"] }
)"));
  EXPECT_EQ(open(w, "2025-09-28", "2025-09-29"), 8 * kHour);  // a Sunday before the change
  EXPECT_EQ(open(w, "2025-10-05", "2025-10-06"), 0);          // and one after it
  EXPECT_EQ(open(w, "2026-02-13", "2026-02-14"), 4 * kHour);  // the last Friday before Ramadan
  EXPECT_EQ(open(w, "2026-02-20", "2026-02-21"), 0);
  EXPECT_EQ(open(w, "2026-02-16", "2026-02-17"), 5 * kHour);  // both ends are inclusive
  EXPECT_EQ(open(w, "2026-03-16", "2026-03-17"), 5 * kHour);
  EXPECT_EQ(open(w, "2026-03-23", "2026-03-24"), 8 * kHour);
}

TEST(WorkingTime, HolidayIsClosedAllDayWhateverThePeriod) {
  const WorkingTime w = laid_out(calendar("UTC", std::string(kEveryDay) + R"(
holidays = ["2026-12-02"]
[[calendar.period]]
from = "2026-12-01"
to = "2026-12-03"
weekly = { tue = ["00:00-24:00"], wed = ["00:00-24:00"] }
)"));
  EXPECT_EQ(open(w, "2026-12-01", "2026-12-04"), 24 * kHour);
  EXPECT_EQ(w.add(ms("2026-12-01"), 24 * kHour), ms("2026-12-02"));
  EXPECT_EQ(w.add(ms("2026-12-01"), 24 * kHour + 1), ms("2026-12-04") + 1);
}

TEST(WorkingTime, AlwaysOpenIsElapsedTimeAcrossEveryChangeOfTheClock) {
  for (const char* zone : {"UTC", "Africa/Cairo", "Asia/Beirut", "America/St_Johns"}) {
    const WorkingTime w = laid_out(calendar(zone, kEveryDay));
    EXPECT_EQ(w.between(ms(kFrom), ms(kTo)), ms(kTo) - ms(kFrom)) << zone;
  }
}

TEST(WorkingTime, WorkingDayIsTheMeanOfTheDaysThatOpen) {
  const model::Calendar c =
      calendar("Asia/Riyadh", "weekly = { mon = ['08:00-16:00'], tue = ['08:00-12:00'] }");
  // Four weeks from a Monday, local midnight to the last millisecond.
  const Millis from = ms("2026-06-01T00:00:00+03:00");
  EXPECT_DOUBLE_EQ(laid_out(c, from, from + 28 * base::kMillisPerDay - 1).mean_open_day_ms(),
                   6.0 * static_cast<double>(kHour));
  EXPECT_EQ(laid_out(calendar("UTC", "weekly = {}")).mean_open_day_ms(), 0.0);
}

TEST(WorkingTime, RangeOfOneInstantIsWidenedToItsLocalDay) {
  const Millis noon = ms("2026-06-01T12:00:00Z");
  const WorkingTime w = laid_out(calendar("Asia/Dubai", kEveryDay), noon, noon);
  EXPECT_EQ(w.between(ms("2026-05-31T20:00:00Z"), ms("2026-06-01T20:00:00Z")), 24 * kHour);
  EXPECT_EQ(w.add(noon, 8 * kHour), ms("2026-06-01T20:00:00Z"));
  EXPECT_EQ(w.add(noon, 8 * kHour + 1), base::kNoInstant);
}

TEST(WorkingTime, CalendarThatNeverOpensHasNoTime) {
  const WorkingTime w = laid_out(calendar("Asia/Dubai", "weekly = {}"));
  EXPECT_EQ(w.between(ms(kFrom), ms(kTo)), 0);
  EXPECT_EQ(w.add(ms(kFrom), 1), base::kNoInstant);
}

TEST(WorkingTime, WholeRangeOfInstantsCanBeLaidOut) {
  const Millis last = base::kMaxInstantMs - 1;
  const WorkingTime w = laid_out(calendar("Africa/Cairo", kEveryDay), base::kMinInstantMs, last);
  EXPECT_EQ(w.between(base::kMinInstantMs, last), last - base::kMinInstantMs);
  const WorkingTime idle =
      laid_out(calendar("UTC", "weekly = {}"), base::kMinInstantMs, ms("1960-01-01"));
  EXPECT_EQ(idle.between(base::kMinInstantMs, ms("1960-01-01")), 0);
}

TEST(WorkingTime, UnknownZoneIsAnError) {
  model::Calendar c;
  c.zone = "Mars/Olympus";
  EXPECT_FALSE(WorkingTime::build(c, ms(kFrom), ms(kTo)).has_value());
}

TEST(WorkingTimeDeathTest, InstantOutsideOfTheRangeIsABug) {
  const WorkingTime w = laid_out(calendar("UTC", kEveryDay));
  EXPECT_DEATH((void)w.between(ms("2020-01-01"), ms(kFrom)), "assertion failed");
}

model::WeeklyHours any_week() {
  model::WeeklyHours out;
  for (auto& day : out) {
    auto edges = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 97));
    std::ranges::sort(edges);
    for (std::size_t i = 0; i + 1 < std::min<std::size_t>(edges.size(), 8); i += 2) {
      if (edges[i] == edges[i + 1]) continue;
      day.push_back({static_cast<std::uint16_t>(edges[i] * 15),
                     static_cast<std::uint16_t>(edges[i + 1] * 15)});
    }
  }
  return out;
}

model::Calendar any_calendar() {
  model::Calendar c;
  c.zone = *rc::gen::element<std::string>("UTC", "Asia/Dubai", "Africa/Cairo", "Asia/Beirut",
                                          "America/St_Johns", "Pacific/Apia");
  c.weekly = any_week();
  const std::int64_t first = base::day_of(ms(kFrom));
  c.holidays = *rc::gen::container<std::vector<std::int64_t>>(
      rc::gen::inRange<std::int64_t>(first, first + 730));
  std::ranges::sort(c.holidays);
  for (int i = *rc::gen::inRange(0, 3); i > 0; --i) {
    const std::int64_t from = *rc::gen::inRange<std::int64_t>(first, first + 700);
    c.periods.push_back({from, from + *rc::gen::inRange<std::int64_t>(0, 60), any_week()});
  }
  return c;
}

Millis any_instant() { return *rc::gen::inRange(ms(kFrom), ms(kTo) + 1); }

/// The open time minute by minute, as semantics.md says it: no totals, no index.
Millis counted(const model::Calendar& c, const model::Zone& zone, Millis from, Millis to) {
  Millis sum = 0;
  for (std::int64_t day = base::day_of(zone.to_local(from)) - 1;
       day <= base::day_of(zone.to_local(to)) + 1; ++day) {
    if (std::ranges::count(c.holidays, day) > 0) continue;
    const model::WeeklyHours* week = &c.weekly;
    for (const auto& p : c.periods) {
      if (p.from_day <= day && day <= p.to_day) week = &p.weekly;
    }
    for (const auto& block : (*week)[static_cast<std::size_t>((day + 3) % 7)]) {
      const Millis midnight = day * base::kMillisPerDay;
      const Millis begin = zone.to_instant(midnight + block.from_minute * 60'000);
      const Millis end = zone.to_instant(midnight + block.to_minute * 60'000);
      sum += std::max<Millis>(0, std::min(end, to) - std::max(begin, from));
    }
  }
  return sum;
}

TEST(WorkingTimeProperty, EqualsTheSumOverAllBlocks) {
  EXPECT_TRUE(rc::check([] {
    const model::Calendar c = any_calendar();
    const model::Zone zone = *model::Zone::load(c.zone);
    const WorkingTime w = laid_out(c);
    for (int i = 0; i < 5; ++i) {
      const Millis a = any_instant();
      const Millis b = std::min(ms(kTo), a + *rc::gen::inRange<Millis>(0, 40 * 24) * kHour);
      RC_ASSERT(w.between(a, b) == counted(c, zone, a, b));
    }
  }));
}

TEST(WorkingTimeProperty, AdjacentSpansAddUpAndNeverExceedElapsedTime) {
  EXPECT_TRUE(rc::check([] {
    const WorkingTime w = laid_out(any_calendar());
    std::array<Millis, 3> t = {any_instant(), any_instant(), any_instant()};
    std::ranges::sort(t);
    RC_ASSERT(w.between(t[0], t[1]) + w.between(t[1], t[2]) == w.between(t[0], t[2]));
    RC_ASSERT(w.between(t[0], t[2]) <= t[2] - t[0]);
    RC_ASSERT(w.between(t[0], t[1]) >= 0);
  }));
}

TEST(WorkingTimeProperty, AddIsTheInverseOfBetween) {
  EXPECT_TRUE(rc::check([] {
    const WorkingTime w = laid_out(any_calendar());
    const Millis from = any_instant();
    const Millis open_ms = *rc::gen::inRange<Millis>(1, 400 * kHour);
    const Millis until = w.add(from, open_ms);
    if (until == base::kNoInstant) {
      RC_ASSERT(w.between(from, ms(kTo)) < open_ms);
    } else {
      RC_ASSERT(w.between(from, until) == open_ms);
      RC_ASSERT(w.between(from, until - 1) == open_ms - 1);
    }
  }));
}

}  // namespace
}  // namespace pursuit::metrics
