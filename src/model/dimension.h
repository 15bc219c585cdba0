// model/dimension.h: the dimensions a lead is cut by. Plain data, any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pursuit::model {

/// The six dimensions that rules, segments and overrides match on come first; owner only names who
/// works the lead.
enum class Dimension : std::uint8_t {
  kRegion,
  kDealerGroup,
  kDealer,
  kChannel,
  kProduct,
  kNameplate,
  kOwner,
};

// kRegion … kNameplate: what makes a lead's profile
inline constexpr std::size_t kRuleDimensions = 6;
inline constexpr std::size_t kDimensions = 7;

/// Names as they stand in files and policies, by Dimension.
inline constexpr std::array<std::string_view, kDimensions> kDimensionNames = {
    "region", "dealer_group", "dealer", "channel", "product", "nameplate", "owner"};

[[nodiscard]] constexpr std::size_t index_of(Dimension d) { return static_cast<std::size_t>(d); }

}  // namespace pursuit::model
