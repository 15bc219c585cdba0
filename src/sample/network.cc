#include "sample/network.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"

namespace pursuit::sample {

namespace {

constexpr std::uint32_t kLeadsPerDealer = 3'000;
constexpr std::uint32_t kDealersPerGroup = 6;
constexpr std::int64_t kSecondsPerDay = 86'400;
constexpr std::uint64_t kDealerStream = std::uint64_t{1} << 60;  // apart from the leads' streams
constexpr unsigned kDraftPurpose = 0;

/// The `share` column of a table.
template <class Table>
Shares shares_of(const Table& table) {
  std::vector<double> weights;
  for (const auto& row : table) weights.push_back(row.share);
  return Shares(weights);
}

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
      season_(base::day_of(options.as_of_ms) - 365 * options.years, base::day_of(options.as_of_ms)),
      markets_(shares_of(kMarkets)),
      channels_(shares_of(kChannels)),
      nameplates_(shares_of(kNameplates)) {
  const double dealers = std::max(10.0, std::ceil(options.leads / double{kLeadsPerDealer}));
  for (std::size_t market = 0; market < kMarkets.size(); ++market) {
    const auto count =
        static_cast<std::uint32_t>(std::max(1.0, std::round(dealers * kMarkets[market].share)));
    add_dealers(static_cast<std::uint8_t>(market), count,
                (count + kDealersPerGroup - 1) / kDealersPerGroup);
  }
}

void Network::add_dealers(std::uint8_t market, std::uint32_t count, std::uint32_t groups) {
  const Market& place = kMarkets[market];
  const LogNormal size(0.6);
  const LogNormal skill(0.22);
  Random random(seed_, kDealerStream | market);
  std::vector<double> sizes;
  by_market_[market].first = static_cast<std::uint32_t>(dealers_.size());
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
    sizes.push_back(size.draw(random));
    dealers_.push_back(std::move(dealer));
  }
  by_market_[market].shares = Shares(sizes);
}

std::uint8_t Network::draw_market(Random& random, std::int64_t day) const {
  std::uint8_t market = static_cast<std::uint8_t>(markets_.at(random.unit()));
  const auto weekday = static_cast<unsigned>(day % 7);
  // Fewer leads come on a day of rest: most of those drawn there are drawn once more.
  const unsigned rest_days = kMarkets[market].rest_days;
  if (((rest_days >> weekday) & 1u) != 0 && random.chance(0.5))
    market = static_cast<std::uint8_t>(markets_.at(random.unit()));
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
  draft.dealer = by_market_[market].first + by_market_[market].shares.at(random.unit());
  const Dealer& dealer = dealers_[draft.dealer];
  draft.owner = dealer.first_owner + random.below(dealer.owners);
  draft.channel = static_cast<std::uint8_t>(channels_.at(random.unit()));
  draft.nameplate = static_cast<std::uint8_t>(nameplates_.at(random.unit()));
  const auto campaigns = static_cast<std::uint32_t>(kCampaigns.size());
  draft.campaign =
      static_cast<std::uint8_t>(random.chance(0.4) ? campaigns : random.below(campaigns));
  const double price = kNameplates[draft.nameplate].price * (0.9 + 0.3 * random.unit());
  draft.value = static_cast<std::int32_t>(price / 100) * 100;
  return draft;
}

}  // namespace pursuit::sample
