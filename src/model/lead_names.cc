#include "model/lead_names.h"

#include <algorithm>
#include <cstring>

#include "base/assert.h"
#include "base/prefetch.h"

namespace pursuit::model {
namespace {

// Beyond this many, rows no longer look alike and remembering them only costs memory.
constexpr std::size_t kMaxKnown = 1u << 18;
constexpr std::size_t kMaxKnownBytes = 64u << 20;

// The dimensions in the order of the columns of most files, so that neighbours are found.
constexpr std::array<Dimension, kRuleDimensions> kUsualOrder = {
    Dimension::kChannel, Dimension::kRegion,  Dimension::kDealerGroup,
    Dimension::kDealer,  Dimension::kProduct, Dimension::kNameplate};

}  // namespace

LeadNames::Pieces LeadNames::pieces_of(const ProfileTexts& texts) {
  Pieces out;
  const char* begin = nullptr;
  const char* end = nullptr;
  const auto close = [&] {
    if (begin == end) return;
    const std::string_view piece(begin, static_cast<std::size_t>(end - begin));
    out.piece[out.count++] = piece;
    out.hash = base::mix(out.hash ^ base::hash_bytes(piece), base::kHashStep);
    out.bytes += piece.size();
  };
  for (std::size_t i = 0; i < kRuleDimensions; ++i) {
    const std::string_view text = texts[index_of(kUsualOrder[i])];
    PURSUIT_ASSERT(text.size() <= UINT16_MAX);
    out.lengths[i] = static_cast<std::uint16_t>(text.size());
    // One byte between two texts is most likely a delimiter. If it is not, nothing is wrong: the
    // lengths tell texts apart whatever lies between them.
    if (end == nullptr || text.data() != end + 1) {
      if (text.empty()) continue;
      close();
      begin = text.data();
    }
    end = text.data() + text.size();
  }
  close();
  std::uint64_t lengths[2];
  std::memcpy(lengths, out.lengths.data(), sizeof lengths);
  out.hash = base::mix(out.hash ^ lengths[0], lengths[1] ^ base::kHashSeed);
  return out;
}

bool LeadNames::is(const Known& known, const Pieces& pieces) const {
  if (known.hash != pieces.hash || known.lengths != pieces.lengths || known.bytes != pieces.bytes) {
    return false;
  }
  const char* own = known_bytes_.data() + known.bytes_begin;
  for (std::size_t i = 0; i < pieces.count; ++i) {
    if (!base::same_bytes(own, pieces.piece[i].data(), pieces.piece[i].size())) return false;
    own += pieces.piece[i].size();
  }
  return true;
}

// Where a look-up is most likely to end; a clash is rare enough to wait for.
void LeadNames::prefetch_known(const Pieces& pieces) const {
  const std::uint32_t slot = slots_[pieces.hash & (slots_.size() - 1)];
  if (slot != 0) base::prefetch(&known_[slot - 1]);
}

void LeadNames::prefetch_bytes(const Pieces& pieces) const {
  const std::uint32_t slot = slots_[pieces.hash & (slots_.size() - 1)];
  if (slot != 0) base::prefetch(known_bytes_.data() + known_[slot - 1].bytes_begin);
}

void LeadNames::profiles(std::span<const ProfileTexts> texts, std::span<std::uint32_t> numbers) {
  PURSUIT_ASSERT(numbers.size() >= texts.size());
  constexpr std::size_t kAhead = 16;
  std::array<Pieces, kAhead> pieces;
  if (slots_.empty()) slots_.assign(1'024, 0);
  for (std::size_t begin = 0; begin < texts.size(); begin += kAhead) {
    const std::size_t n = std::min(kAhead, texts.size() - begin);
    for (std::size_t i = 0; i < n; ++i) {
      pieces[i] = pieces_of(texts[begin + i]);
      base::prefetch(&slots_[pieces[i].hash & (slots_.size() - 1)]);
    }
    for (std::size_t i = 0; i < n; ++i) prefetch_known(pieces[i]);
    for (std::size_t i = 0; i < n; ++i) prefetch_bytes(pieces[i]);
    for (std::size_t i = 0; i < n; ++i) {
      numbers[begin + i] = number_of(pieces[i], texts[begin + i]);
    }
  }
}

std::uint32_t LeadNames::number_of(const Pieces& pieces, const ProfileTexts& texts) {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = pieces.hash & mask; slots_[at] != 0; at = (at + 1) & mask) {
    const Known& known = known_[slots_[at] - 1];
    if (is(known, pieces)) return known.profile;
  }
  const std::uint32_t profile = intern(texts);
  if (known_.size() < kMaxKnown && known_bytes_.size() + pieces.bytes <= kMaxKnownBytes) {
    remember(pieces, profile);
  }
  return profile;
}

std::uint32_t LeadNames::intern(const ProfileTexts& texts) {
  ProfileCodes codes;
  for (std::size_t d = 0; d < kRuleDimensions; ++d) codes[d] = dictionaries_[d].intern(texts[d]);
  const auto [place, is_new] =
      profile_of_.try_emplace(codes, static_cast<std::uint32_t>(profiles_.size()));
  if (is_new) profiles_.push_back(codes);
  return place->second;
}

void LeadNames::remember(const Pieces& pieces, std::uint32_t profile) {
  known_.push_back({.lengths = pieces.lengths,
                    .hash = pieces.hash,
                    .bytes_begin = static_cast<std::uint32_t>(known_bytes_.size()),
                    .bytes = static_cast<std::uint32_t>(pieces.bytes),
                    .profile = profile});
  for (std::size_t i = 0; i < pieces.count; ++i) {
    known_bytes_.insert(known_bytes_.end(), pieces.piece[i].begin(), pieces.piece[i].end());
  }
  const auto place = [&](std::size_t i) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = known_[i].hash & mask;
    while (slots_[at] != 0) at = (at + 1) & mask;
    slots_[at] = static_cast<std::uint32_t>(i + 1);
  };
  if (2 * known_.size() > slots_.size()) {
    slots_.assign(2 * slots_.size(), 0);
    for (std::size_t i = 0; i + 1 < known_.size(); ++i) place(i);
  }
  place(known_.size() - 1);
}

}  // namespace pursuit::model
