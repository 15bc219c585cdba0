#include "sample/network.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/time.h"

namespace pursuit::sample {

namespace {

constexpr std::uint32_t kLeadsPerDealer = 3'000;
constexpr std::uint32_t kDealersPerGroup = 6;
constexpr std::int64_t kSecondsPerDay = 86'400;
constexpr std::uint64_t kDealerStream = std::uint64_t{1} << 60;  // apart from the leads' streams
constexpr unsigned kDraftPurpose = 0;

/// Draws a position of a table of shares that add up to about 1.
template <class Table>
class Shares {
 public:
  explicit constexpr Shares(const Table& table) {
    double sum = 0;
    std::size_t next = 0;
    for (std::size_t i = 0; i < table.size(); ++i) {
      sum += table[i].share;
      upper_[i] = i + 1 < table.size() ? sum : 2;
      // Where a search for a value of this slot begins.
      for (; next < kSlots && static_cast<double>(next) < upper_[i] * kSlots; ++next)
        first_[next] = static_cast<std::uint8_t>(i);
    }
  }
  [[nodiscard]] std::uint8_t pick(double at) const {
    std::uint8_t i = first_[static_cast<std::size_t>(at * kSlots)];
    while (at >= upper_[i]) ++i;
    return i;
  }

 private:
  static constexpr std::size_t kSlots = 256;
  std::array<double, std::tuple_size_v<Table>> upper_{};
  std::array<std::uint8_t, kSlots> first_{};
};

constexpr Shares<decltype(kMarkets)> kMarketShares{kMarkets};
constexpr Shares<decltype(kChannels)> kChannelShares{kChannels};
constexpr Shares<decltype(kNameplates)> kNameplateShares{kNameplates};

/// Local hour at which people ask for a car: rare at night, most in the evening.
std::int64_t draw_second_of_day(Random& random) {
  constexpr std::string_view kHours = "0078899999AAABBBCCDDEEFFGGGHHHIIIJJJJKKKKLLLMMN1";
  const char c = kHours[random.below(static_cast<std::uint32_t>(kHours.size()))];
  const int hour = c <= '9' ? c - '0' : c - 'A' + 10;
  return std::int64_t{hour} * 3'600 + random.below(3'600);
}

std::string numbered(std::string_view name, std::uint32_t n) {
  return n == 0 ? std::string(name) : std::string(name) + " " + std::to_string(n + 1);
}

}  // namespace

Network::Network(const GenerateOptions& options)
    : seed_(options.seed),
      leads_(options.leads),
      season_(base::day_of(options.as_of_ms) - 365 * options.years,
              base::day_of(options.as_of_ms)) {
  const double dealers = std::max(10.0, std::ceil(options.leads / double{kLeadsPerDealer}));
  for (std::uint8_t market = 0; market < kMarkets.size(); ++market) {
    const auto count =
        static_cast<std::uint32_t>(std::max(1.0, std::round(dealers * kMarkets[market].share)));
    add_dealers(market, count, (count + kDealersPerGroup - 1) / kDealersPerGroup);
  }
}

void Network::add_dealers(std::uint8_t market, std::uint32_t count, std::uint32_t groups) {
  const Market& place = kMarkets[market];
  const LogNormal size(0.6);
  const LogNormal skill(0.22);
  Random random(seed_, kDealerStream | market);
  MarketDealers& shares = by_market_[market];
  shares.first = static_cast<std::uint32_t>(dealers_.size());
  double sum = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t group = i % groups;
    const std::uint32_t in_group = i / groups;
    const auto names = static_cast<std::uint32_t>(kGroups.size());
    const auto cities = static_cast<std::uint32_t>(place.cities.size());
    // Each market starts at another name, so that groups and markets are not told apart by rank.
    const GroupName& name = kGroups[(group + market * 5u) % names];
    Dealer dealer{.market = market,
                  .group = numbered(name.full, group / names) + " " + std::string(place.code),
                  .name = numbered(name.brief, group / names) + " " +
                          numbered(place.cities[in_group % cities], in_group / cities),
                  .pace = skill.draw(random),
                  .quality = skill.draw(random),
                  .first_owner = static_cast<std::uint32_t>(owners_.size()),
                  .owners = 4 + random.below(5)};
    for (std::uint32_t o = 0; o < dealer.owners; ++o) {
      owners_.push_back(std::string(kFirstNames[random.below(24)]) + " " +
                        std::string(kLastNames[random.below(24)]) + " " +
                        std::to_string(owners_.size() + 100));
    }
    sum += size.draw(random);
    shares.cumulative.push_back(sum);
    dealers_.push_back(std::move(dealer));
  }
  for (double& share : shares.cumulative) share /= sum;
}

std::uint8_t Network::draw_market(Random& random, std::int64_t day) const {
  std::uint8_t market = kMarketShares.pick(random.unit());
  const auto weekday = static_cast<unsigned>(day % 7);
  // Fewer leads come on a day of rest: most of those drawn there are drawn once more.
  if (((kMarkets[market].rest_days >> weekday) & 1u) != 0 && random.chance(0.5))
    market = kMarketShares.pick(random.unit());
  return market;
}

LeadDraft Network::draw(std::uint32_t number) const {
  Random random = stream(number, kDraftPurpose);
  LeadDraft draft{};
  draft.number = number;
  const std::int64_t day = season_.day_at((number + 0.5) / leads_);
  const std::uint8_t market = draw_market(random, day);
  const std::int64_t local_s = day * kSecondsPerDay + draw_second_of_day(random);
  draft.created_s =
      static_cast<std::uint32_t>(local_s - std::int64_t{kMarkets[market].utc_offset_minutes} * 60);
  const MarketDealers& shares = by_market_[market];
  const auto at = std::upper_bound(shares.cumulative.begin(), std::prev(shares.cumulative.end()),
                                   random.unit());
  draft.dealer = shares.first + static_cast<std::uint32_t>(at - shares.cumulative.begin());
  const Dealer& dealer = dealers_[draft.dealer];
  draft.owner = dealer.first_owner + random.below(dealer.owners);
  draft.channel = kChannelShares.pick(random.unit());
  draft.nameplate = kNameplateShares.pick(random.unit());
  const auto campaigns = static_cast<std::uint32_t>(kCampaigns.size());
  draft.campaign =
      static_cast<std::uint8_t>(random.chance(0.4) ? campaigns : random.below(campaigns));
  const double price = kNameplates[draft.nameplate].price * (0.9 + 0.3 * random.unit());
  draft.value = static_cast<std::int32_t>(price / 100) * 100;
  return draft;
}

}  // namespace pursuit::sample
