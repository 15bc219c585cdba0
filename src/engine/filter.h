// engine/filter.h: Filter: a trigger's filter with its texts looked up once. Immutable; any thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "model/lead_table.h"
#include "model/policy.h"

namespace pursuit::engine {

class Filter {
 public:
  Filter(const model::TriggerFilter& filter, const model::LeadTable& leads)
      : filter_(filter),
        regions_(codes(filter.regions, leads.dictionary(model::Dimension::kRegion))),
        groups_(codes(filter.dealer_groups, leads.dictionary(model::Dimension::kDealerGroup))) {}

  /// Where there is no tier to look at.
  [[nodiscard]] bool passes(const model::ProfileCodes& codes, model::StageCode stage) const {
    return allows(filter_.stages, stage) && passes(codes);
  }
  [[nodiscard]] bool passes(const model::ProfileCodes& codes, model::StageCode stage,
                            model::Tier tier) const {
    return allows(filter_.tiers, tier) && passes(codes, stage);
  }
  [[nodiscard]] bool passes(const model::ProfileCodes& codes) const {
    return (filter_.regions.empty() || contains(regions_, codes[0])) &&
           (filter_.dealer_groups.empty() || contains(groups_, codes[1]));
  }

 private:
  static_assert(model::index_of(model::Dimension::kRegion) == 0);
  static_assert(model::index_of(model::Dimension::kDealerGroup) == 1);

  template <class T>
  static bool contains(const std::vector<T>& list, T value) {
    return std::find(list.begin(), list.end(), value) != list.end();
  }
  template <class T>
  static bool allows(const std::vector<T>& list, T value) {
    return list.empty() || contains(list, value);
  }
  static std::vector<std::uint32_t> codes(const std::vector<std::string>& texts,
                                          const model::Dictionary& dictionary) {
    std::vector<std::uint32_t> out;
    for (const std::string& text : texts) {
      if (const auto code = dictionary.find(text)) out.push_back(*code);
    }
    return out;
  }

  const model::TriggerFilter& filter_;
  std::vector<std::uint32_t> regions_;
  std::vector<std::uint32_t> groups_;
};

}  // namespace pursuit::engine
