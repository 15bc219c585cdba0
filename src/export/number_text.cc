#include "export/number_text.h"

#include <bit>
#include <charconv>
#include <cstring>

namespace pursuit::exporting {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr std::uint64_t kPlain = 0x3030303030303030;  // eight times '0'
constexpr unsigned kMaxShift = 63;

// For a value m × 2^-s: the smallest k with 10^k >= 2^s, so that two neighbouring doubles lie one
// to ten apart once multiplied by 10^k.
struct Scale {
  std::uint64_t power;   // 10^k
  std::uint32_t digits;  // k
};

constexpr std::array<Scale, kMaxShift + 1> make_scales() {
  std::array<Scale, kMaxShift + 1> scales{};
  Scale scale{1, 0};
  for (unsigned s = 0; s <= kMaxShift; ++s) {
    while (scale.power < (std::uint64_t{1} << s)) scale = {scale.power * 10, scale.digits + 1};
    scales[s] = scale;
  }
  return scales;
}
constexpr std::array<Scale, kMaxShift + 1> kScales = make_scales();

constexpr std::array<char, 200> make_pairs() {
  std::array<char, 200> pairs{};
  for (unsigned i = 0; i < 100; ++i) {
    pairs[2 * i] = static_cast<char>('0' + i / 10);
    pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}
constexpr std::array<char, 200> kPairs = make_pairs();

void put_pair(std::uint32_t below_100, char* out) {
  std::memcpy(out, &kPairs[std::size_t{below_100} * 2], 2);
}

// The eight decimal digits of `value` < 10^8 as bytes 0 … 9, the first digit in the lowest byte.
std::uint64_t eight_digits(std::uint64_t value) {
  const std::uint64_t fours = (value / 10'000) | (value % 10'000) << 32;
  const std::uint64_t hundreds = ((fours * 5'243) >> 19) & 0x0000'007F'0000'007F;
  const std::uint64_t pairs = hundreds | (fours - hundreds * 100) << 16;
  const std::uint64_t tens = ((pairs * 103) >> 10) & 0x000F'000F'000F'000F;
  return tens | (pairs - tens * 10) << 8;
}

// Zeros, the power of two (whose lower neighbour is only half as far away), the very small and the
// very large.
char* write_rare(double value, char* out) {
  if (value == 0.0) {
    *out = '0';
    return out + 1;
  }
  return std::to_chars(out, out + kNumberRoom, value).ptr;
}

// The shortest decimal integer D with D / 10^k nearest to m / 2^s among those that read back as it.
// Everything that reads back lies within half the distance to the neighbours, that is
// half = 10^k / 2 in units of 10^-k / 2^s; the bounds belong to it where m is even, since reading
// rounds to even. That width is one to ten integers: at most one multiple of ten is inside, which
// is the shorter form, else the nearest integer is the shortest.
std::uint64_t shortest_integer(std::uint64_t m, unsigned s, std::uint64_t power) {
  const Wide scaled = Wide{m} * power;
  const auto floor = static_cast<std::uint64_t>(scaled >> s);
  const std::uint64_t tens = floor / 10 * 10;
  const Wide above_tens = scaled - (Wide{tens} << s);
  const Wide below_next = (Wide{10} << s) - above_tens;
  const std::uint64_t half = power / 2;
  const std::uint64_t open = m & 1;
  const auto fraction = static_cast<std::uint64_t>(scaled) & ((std::uint64_t{1} << s) - 1);
  const std::uint64_t middle = std::uint64_t{1} << (s - 1);
  // Which of the three it is nobody can predict: chosen without branches.
  const auto round_up = static_cast<std::uint64_t>(fraction + (floor & 1) > middle);
  const auto lower = std::uint64_t{0} - static_cast<std::uint64_t>(above_tens + open <= half);
  const auto upper = std::uint64_t{0} - static_cast<std::uint64_t>(below_next + open <= half);
  const std::uint64_t ten = tens + (upper & 10);
  const std::uint64_t shorter = lower | upper;
  return (ten & shorter) | ((floor + round_up) & ~shorter);
}

}  // namespace

char* write_double(double value, char* out) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  const std::uint64_t fraction = bits & ((std::uint64_t{1} << 52) - 1);
  const unsigned shift = 1'075u - static_cast<unsigned>((bits >> 52) & 0x7FF);
  if (fraction == 0 || shift - 1 >= kMaxShift) [[unlikely]]
    return write_rare(value, out);
  *out = '-';
  out += bits >> 63;
  const Scale scale = kScales[shift];
  const std::uint64_t integer =
      shortest_integer(fraction | std::uint64_t{1} << 52, shift, scale.power);

  // Sixteen or seventeen digits, the last at digits[31], with zeros before them.
  char digits[64];
  const std::uint64_t high = integer / 100'000'000;
  const std::uint64_t top = high / 100'000'000;
  const std::uint64_t middle_digits = eight_digits(high - top * 100'000'000);
  const std::uint64_t low_digits = eight_digits(integer - high * 100'000'000);
  const std::uint64_t top_word = kPlain + (top << 56);
  const std::uint64_t middle_word = kPlain + middle_digits;
  const std::uint64_t low_word = kPlain + low_digits;
  std::memcpy(digits, &kPlain, 8);
  std::memcpy(digits + 8, &top_word, 8);
  std::memcpy(digits + 16, &middle_word, 8);
  std::memcpy(digits + 24, &low_word, 8);

  const std::size_t point = 32 - scale.digits;
  const std::size_t first = top != 0 ? 15 : 16;
  const std::size_t begin = first < point ? first : point - 1;
  std::memcpy(out, digits + begin, 16);
  out += point - begin;
  const auto zeros = static_cast<std::size_t>(
      low_digits != 0 ? std::countl_zero(low_digits) / 8 : 8 + std::countl_zero(middle_digits) / 8);
  if (zeros >= scale.digits) return out;
  *out = '.';
  std::memcpy(out + 1, digits + point, 24);
  return out + 1 + (scale.digits - zeros);
}

char* write_uint(std::uint64_t value, char* out) {
  if (value < 10) {
    *out = static_cast<char>('0' + value);
    return out + 1;
  }
  if (value < 100) {
    put_pair(static_cast<std::uint32_t>(value), out);
    return out + 2;
  }
  return std::to_chars(out, out + kNumberRoom, value).ptr;
}

InstantText::InstantText() : days_(4'096, Day{INT32_MIN, {}}) {}

void InstantText::learn(Day& slot, std::int64_t day) {
  char text[32];
  base::write_instant(day * base::kMillisPerDay, text);
  std::memcpy(slot.text.data(), text, slot.text.size());
  slot.day = static_cast<std::int32_t>(day);
}

char* InstantText::write(base::Millis at_ms, char* out) {
  const std::int64_t day = base::day_of(at_ms);
  Day& slot = days_[static_cast<std::size_t>(day) & 4'095];
  if (slot.day != day) [[unlikely]]
    learn(slot, day);
  std::memcpy(out, slot.text.data(), slot.text.size());
  const auto of_day = static_cast<std::uint32_t>(at_ms - day * base::kMillisPerDay);
  const std::uint32_t seconds = of_day / 1'000;
  const std::uint32_t millis = of_day % 1'000;
  const std::uint32_t minutes = seconds / 60;
  put_pair(minutes / 60, out + 11);
  out[13] = ':';
  put_pair(minutes % 60, out + 14);
  out[16] = ':';
  put_pair(seconds % 60, out + 17);
  out[19] = '.';
  put_pair(millis / 10, out + 20);
  out[22] = static_cast<char>('0' + millis % 10);
  out[23] = 'Z';
  return out + kLength;
}

}  // namespace pursuit::exporting
