#include "export/number_text.h"

#include <bit>
#include <charconv>
#include <cstring>

namespace pursuit::exporting {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr std::uint64_t kPlain = 0x3030303030303030;  // eight times '0'
constexpr unsigned kMaxShift = 60;  // ten times 2^60 is the most that 64 bits hold

// For a value m × 2^-s: the smallest k with 10^k >= 2^s, so that two neighbouring doubles lie one
// to ten apart once multiplied by 10^k.
struct Scale {
  std::uint64_t power;           // 10^k
  std::uint64_t to_sixteen;      // 10^(16 - k), 1 where k > 16
  std::uint64_t before_sixteen;  // k - 16, 0 where k < 16
};

constexpr std::array<Scale, kMaxShift + 1> make_scales() {
  std::array<Scale, kMaxShift + 1> scales{};
  Scale scale{1, 10'000'000'000'000'000, 0};
  for (unsigned s = 0; s <= kMaxShift; ++s) {
    while (scale.power < (std::uint64_t{1} << s)) {
      scale.power *= 10;
      if (scale.to_sixteen > 1) {
        scale.to_sixteen /= 10;
      } else {
        ++scale.before_sixteen;
      }
    }
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

using Fours [[gnu::vector_size(16)]] = std::uint32_t;
using Pairs [[gnu::vector_size(16)]] = std::uint16_t;
using Words [[gnu::vector_size(16)]] = std::uint64_t;

// The sixteen decimal digits of `value` < 10^16 as bytes 0 … 9, the first digit in the lowest byte.
Words sixteen_digits(std::uint64_t value) {
  const std::uint64_t high = value / 100'000'000;
  const std::uint64_t low = value - high * 100'000'000;
  const std::uint64_t high_four = high / 10'000;
  const std::uint64_t low_four = low / 10'000;
  const Words fours = {high_four | (high - high_four * 10'000) << 32,
                       low_four | (low - low_four * 10'000) << 32};
  const auto four = std::bit_cast<Fours>(fours);
  const Fours hundreds = (four * 5'243) >> 19;
  const auto pair = std::bit_cast<Pairs>(hundreds | (four - hundreds * 100) << 16);
  const Pairs tens = (pair * 103) >> 10;
  return std::bit_cast<Words>(tens | (pair - tens * 10) << 8);
}

// Whole numbers below 10^4 as text, the first digit in the lowest byte; unused bytes are zero.
constexpr std::size_t kWholes = 10'000;
constexpr std::array<std::uint32_t, kWholes> make_wholes() {
  std::array<std::uint32_t, kWholes> wholes{};
  for (std::uint32_t i = 0; i < kWholes; ++i) {
    std::uint32_t rest = i;
    do {
      wholes[i] = wholes[i] << 8 | ('0' + rest % 10);
      rest /= 10;
    } while (rest != 0);
  }
  return wholes;
}
constexpr std::array<std::uint32_t, kWholes> kWholeTexts = make_wholes();

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
  const auto low = static_cast<std::uint64_t>(scaled);
  const auto high = static_cast<std::uint64_t>(scaled >> 64);
  const std::uint64_t floor = high << (64 - s) | low >> s;
  const std::uint64_t fraction = low & ((std::uint64_t{1} << s) - 1);
  const std::uint64_t tens = floor / 10 * 10;
  const std::uint64_t above_tens = ((floor - tens) << s) + fraction;
  const std::uint64_t below_next = (std::uint64_t{10} << s) - above_tens;
  const std::uint64_t half = power / 2;
  const std::uint64_t open = m & 1;
  // Which of the three it is nobody can predict: chosen without branches.
  const auto round_up =
      static_cast<std::uint64_t>(fraction + (floor & 1) > std::uint64_t{1} << (s - 1));
  const auto lower = std::uint64_t{0} - static_cast<std::uint64_t>(above_tens + open <= half);
  const auto upper = std::uint64_t{0} - static_cast<std::uint64_t>(below_next + open <= half);
  const std::uint64_t shorter = lower | upper;
  return ((tens + (upper & 10)) & shorter) | ((floor + round_up) & ~shorter);
}

// The point and the decimals of rest / 10^k; nothing where `rest` is 0. `rest` < 10^17.
char* write_fraction(std::uint64_t rest, const Scale& scale, char* out) {
  // Where k > 16 there is a seventeenth digit, after k - 17 zeros; else it is 0 and not written.
  const std::uint64_t top = rest / 10'000'000'000'000'000;
  const std::uint64_t sixteen = (rest - top * 10'000'000'000'000'000) * scale.to_sixteen;
  const Words digits = sixteen_digits(sixteen);
  const Words text = digits + kPlain;
  std::memcpy(out, &kPlain, 8);
  char* const at = out + scale.before_sixteen;
  *at = static_cast<char>('0' + top);
  std::memcpy(at + 1, &text, 16);
  *out = '.';
  const auto zeros = static_cast<std::size_t>(digits[1] != 0 ? std::countl_zero(digits[1]) / 8
                                                             : 8 + std::countl_zero(digits[0]) / 8);
  return rest == 0 ? out : at + 17 - zeros;
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
  const std::uint64_t m = fraction | std::uint64_t{1} << 52;
  // The whole part of the text is that of the value: were it greater, it would be a double between.
  const std::uint64_t whole = m >> shift;
  const Scale& scale = kScales[shift];
  const std::uint64_t rest = shortest_integer(m, shift, scale.power) - whole * scale.power;
  return write_fraction(rest, scale, write_uint(whole, out));
}

char* write_uint(std::uint64_t value, char* out) {
  if (value >= kWholes) [[unlikely]]
    return std::to_chars(out, out + kNumberRoom, value).ptr;
  const std::uint32_t text = kWholeTexts[value];
  std::memcpy(out, &text, 4);
  return out + 4 - std::countl_zero(text) / 8;
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
