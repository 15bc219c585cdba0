// sample/network.h: the dealers of a sample network and the draw of a lead's place in it. Read-only
// after construction, any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "sample/catalogue.h"
#include "sample/generate.h"
#include "sample/random.h"
#include "sample/season.h"
#include "sample/shares.h"

namespace pursuit::sample {

struct Dealer {
  std::uint8_t market;
  std::string group;
  std::string name;
  double pace;     // factor on durations
  double quality;  // divides the chance to be lost
  std::uint32_t first_owner;
  std::uint32_t owners;
};

/// Everything about a lead that does not change; the positions are those of the catalogue.
struct LeadDraft {
  std::uint32_t number;
  std::uint32_t created_s;  // seconds since 1970, UTC
  std::uint32_t dealer;
  std::uint32_t owner;
  std::uint8_t channel;
  std::uint8_t nameplate;
  std::uint8_t campaign;  // kCampaigns.size(): none
  std::int32_t value;     // in whole units of currency
};

class Network {
 public:
  explicit Network(const GenerateOptions& options);

  /// Lead `number` of options.leads: a pure function of the options and the number.
  [[nodiscard]] LeadDraft draw(std::uint32_t number) const;

  [[nodiscard]] const std::vector<Dealer>& dealers() const { return dealers_; }
  [[nodiscard]] const Dealer& dealer(std::uint32_t i) const { return dealers_[i]; }
  [[nodiscard]] const std::string& owner(std::uint32_t i) const { return owners_[i]; }
  /// The random stream of a lead for one purpose, 0 … 3.
  [[nodiscard]] Random stream(std::uint32_t number, unsigned purpose) const {
    return Random(seed_, (std::uint64_t{number} << 2) | purpose);
  }

 private:
  void add_dealers(std::uint8_t market, std::uint32_t count, std::uint32_t groups);
  [[nodiscard]] std::uint8_t draw_market(Random& random, std::int64_t day) const;

  std::uint64_t seed_;
  std::uint32_t leads_;
  Season season_;
  Shares markets_;
  Shares channels_;
  Shares nameplates_;
  std::vector<Dealer> dealers_;
  std::vector<std::string> owners_;
  struct MarketDealers {
    std::uint32_t first;
    Shares shares;
  };
  std::array<MarketDealers, kMarkets.size()> by_market_;
};

}  // namespace pursuit::sample
