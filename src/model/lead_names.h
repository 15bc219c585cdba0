// model/lead_names.h: the texts and profiles that one thread meets while leads are read in bulk,
// with numbers of its own; LeadTable::append() makes them the table's. One thread at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/bytes.h"
#include "model/dictionary.h"
#include "model/dimension.h"

namespace pursuit::model {

/// Codes of the six rule dimensions, by Dimension; each in the dictionary of its dimension.
using ProfileCodes = std::array<std::uint32_t, kRuleDimensions>;

struct ProfileHash {
  std::size_t operator()(const ProfileCodes& codes) const {
    std::uint64_t state = base::kHashSeed;
    for (const std::uint32_t code : codes) state = base::mix(state ^ code, base::kHashStep);
    return state;
  }
};

class LeadNames {
 public:
  using ProfileTexts = std::array<std::string_view, kRuleDimensions>;  // by Dimension

  /// Number of the profile of these texts, none longer than 65 535 bytes. Fastest where most of
  /// them stand next to each other in memory, as in a row of CSV: those are compared as one.
  std::uint32_t profile(const ProfileTexts& texts) {
    std::uint32_t number = 0;
    profiles({&texts, 1}, {&number, 1});
    return number;
  }
  /// The same for many: the memory of look-ups is fetched ahead. As many numbers as texts.
  void profiles(std::span<const ProfileTexts> texts, std::span<std::uint32_t> numbers);
  std::uint32_t owner(std::string_view text) {
    return dictionaries_[index_of(Dimension::kOwner)].intern(text);
  }

  [[nodiscard]] const Dictionary& dictionary(Dimension d) const {
    return dictionaries_[index_of(d)];
  }
  /// Profiles by number.
  [[nodiscard]] const std::vector<ProfileCodes>& profiles() const { return profiles_; }

 private:
  // What is kept of texts met before, so that meeting them again is one look-up.
  struct Known {
    std::array<std::uint16_t, 8> lengths{};  // of the texts; two are always 0
    std::uint64_t hash = 0;
    std::uint32_t bytes_begin = 0;  // within known_bytes_
    std::uint32_t bytes = 0;
    std::uint32_t profile = 0;
  };
  // Stretches of memory that hold the texts, what lies between them included.
  struct Pieces {
    std::array<std::string_view, kRuleDimensions> piece;
    std::size_t count = 0;
    std::array<std::uint16_t, 8> lengths{};
    std::uint64_t hash = 0;
    std::size_t bytes = 0;
  };

  static Pieces pieces_of(const ProfileTexts& texts);
  [[nodiscard]] bool is(const Known& known, const Pieces& pieces) const;
  std::uint32_t number_of(const Pieces& pieces, const ProfileTexts& texts);
  void prefetch_known(const Pieces& pieces) const;
  void prefetch_bytes(const Pieces& pieces) const;
  std::uint32_t intern(const ProfileTexts& texts);
  void remember(const Pieces& pieces, std::uint32_t profile);

  std::array<Dictionary, kDimensions> dictionaries_;
  std::vector<ProfileCodes> profiles_;
  std::unordered_map<ProfileCodes, std::uint32_t, ProfileHash> profile_of_;
  std::vector<Known> known_;
  std::vector<char> known_bytes_;
  std::vector<std::uint32_t> slots_;  // of known_, + 1; 0 is free; at most half full
};

}  // namespace pursuit::model
