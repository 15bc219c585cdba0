#include "export/number_text.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/time.h"

namespace pursuit::exporting {
namespace {

std::string text_of(double value) {
  char out[kNumberRoom];
  return {out, write_double(value, out)};
}

double read_back(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  EXPECT_EQ(error, std::errc{}) << text;
  EXPECT_EQ(end, text.data() + text.size()) << text;
  return value;
}

// What the standard library holds for the shortest, in plain notation.
std::string plain(double value) {
  char out[512];
  return {out, std::to_chars(out, out + sizeof out, value, std::chars_format::fixed).ptr};
}

double double_of(std::uint64_t sign, int exponent, std::uint64_t fraction) {
  return std::bit_cast<double>(sign << 63 | static_cast<std::uint64_t>(exponent + 1'023) << 52 |
                               (fraction & ((std::uint64_t{1} << 52) - 1)));
}

TEST(WriteDouble, WritesWhatPeopleExpect) {
  EXPECT_EQ(text_of(0.0), "0");
  EXPECT_EQ(text_of(-0.0), "0");
  EXPECT_EQ(text_of(24.0), "24");
  EXPECT_EQ(text_of(-8.5), "-8.5");
  EXPECT_EQ(text_of(0.1), "0.1");
  EXPECT_EQ(text_of(0.1 + 0.2), "0.30000000000000004");
  EXPECT_EQ(text_of(1.0 / 3.0), "0.3333333333333333");
  EXPECT_EQ(text_of(0.0045), "0.0045");
  EXPECT_EQ(text_of(100.0), "100");
  EXPECT_EQ(text_of(123456789012345.6), "123456789012345.6");
  EXPECT_EQ(text_of(1.943273833090805e-33), "1.943273833090805e-33");
  EXPECT_EQ(text_of(base::to_hours(1)), "2.7777777777777776e-07");
}

TEST(WriteDouble, IsTheStandardLibrarysShortestForHoursOfWholeMilliseconds) {
  std::mt19937_64 random(20260601);
  for (int i = 0; i < 2'000'000; ++i) {
    const auto duration_ms = static_cast<base::Millis>(random() >> (20 + random() % 40));
    const double hours = base::to_hours(duration_ms);
    if (hours < 0x1p-8) continue;
    ASSERT_EQ(text_of(hours), plain(hours)) << duration_ms << " ms";
  }
}

TEST(WriteDouble, IsTheStandardLibrarysShortestWhereManyBitsAreEqual) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 2'000'000; ++i) {
    std::uint64_t fraction = random();
    if (i % 3 == 0) fraction &= ~std::uint64_t{0} << (random() % 52);
    if (i % 5 == 0) fraction |= (std::uint64_t{1} << (random() % 52)) - 1;
    const double value = double_of(random() & 1, static_cast<int>(random() % 60) - 8, fraction);
    ASSERT_EQ(text_of(value), plain(value)) << std::bit_cast<std::uint64_t>(value);
  }
}

TEST(WriteDouble, IsTheStandardLibrarysShortestAroundShortDecimals) {
  std::mt19937_64 random(11);
  for (int i = 0; i < 1'000'000; ++i) {
    double value = static_cast<double>(random() % 10'000'000) /
                   std::pow(10.0, static_cast<double>(random() % 6));
    for (int step = 0; step < 3 && value >= 0x1p-8; ++step) {
      ASSERT_EQ(text_of(value), plain(value)) << std::bit_cast<std::uint64_t>(value);
      value = std::nextafter(value, random() % 2 == 0 ? 0.0 : 1e9);
    }
  }
}

RC_GTEST_PROP(WriteDouble, ReadsBackTheSame, ()) {
  const auto bits = *rc::gen::arbitrary<std::uint64_t>();
  const auto value = std::bit_cast<double>(bits);
  RC_PRE(std::isfinite(value));
  RC_ASSERT(read_back(text_of(value)) == value);
}

TEST(WriteUint, WritesEveryLength) {
  char out[kNumberRoom];
  for (const std::uint64_t value :
       {std::uint64_t{0}, std::uint64_t{9}, std::uint64_t{10}, std::uint64_t{99},
        std::uint64_t{100}, std::uint64_t{4'294'967'295}, UINT64_MAX})
    EXPECT_EQ(std::string(out, write_uint(value, out)), std::to_string(value));
}

std::string instant_text(InstantText& instants, base::Millis at_ms) {
  char out[InstantText::kRoom];
  return {out, instants.write(at_ms, out)};
}

TEST(InstantTexts, AreThoseOfBaseOverTheWholeRange) {
  InstantText instants;
  std::mt19937_64 random(3);
  const auto range = static_cast<std::uint64_t>(base::kMaxInstantMs - base::kMinInstantMs);
  for (int i = 0; i < 300'000; ++i) {
    const base::Millis at_ms = base::kMinInstantMs + static_cast<base::Millis>(random() % range);
    ASSERT_EQ(instant_text(instants, at_ms), base::format_instant(at_ms));
  }
  for (const base::Millis at_ms : {base::kMinInstantMs, base::kMaxInstantMs - 1, base::Millis{0},
                                   base::Millis{-1}, base::kMillisPerDay - 1})
    EXPECT_EQ(instant_text(instants, at_ms), base::format_instant(at_ms));
}

TEST(InstantTexts, OfDaysThatShareASlotAreKeptApart) {
  InstantText instants;
  const base::Millis day = 20'000 * base::kMillisPerDay;
  const base::Millis other = day + 4'096 * base::kMillisPerDay;
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(instant_text(instants, day), base::format_instant(day));
    EXPECT_EQ(instant_text(instants, other), base::format_instant(other));
  }
}

}  // namespace
}  // namespace pursuit::exporting
