// LeadTable::append: many rows at once, on all threads. The result does not depend on how many
// there are, or on who read what: codes follow the order of their texts, profiles the order of
// their codes, leads their profile and then the order of the rows.
#include <algorithm>
#include <cstring>
#include <memory>
#include <numeric>

#include "base/assert.h"
#include "base/limits.h"
#include "model/lead_table.h"

namespace pursuit::model {
namespace {

// From the most to the least significant: leads of one dealer × nameplate become neighbours.
constexpr std::array<Dimension, kRuleDimensions> kProfileOrder = {
    Dimension::kDealer, Dimension::kNameplate,   Dimension::kChannel,
    Dimension::kRegion, Dimension::kDealerGroup, Dimension::kProduct};

void copy_id(char* to, const char* from, std::size_t n) {
  if (n == 8) {
    std::memcpy(to, from, 8);
  } else {
    std::memcpy(to, from, n);
  }
}

}  // namespace

class LeadAppend {
 public:
  LeadAppend(LeadTable& table, std::span<const LeadNames> names, std::span<LeadTable::Block> blocks,
             std::vector<std::vector<base::LeadId>>& lead_of, base::ThreadPool& pool)
      : table_(table), names_(names), blocks_(blocks), lead_of_(lead_of), pool_(pool) {}

  void run() {
    std::size_t id_bytes = 0;
    first_row_.assign(1, 0);
    for (const LeadTable::Block& block : blocks_) {
      first_row_.push_back(first_row_.back() + block.rows());
      id_bytes += block.id_chars.size();
    }
    PURSUIT_ASSERT(table_.size() + first_row_.back() <= base::kMaxLeads);
    PURSUIT_ASSERT(table_.id_chars_.size() + id_bytes <= UINT32_MAX);
    lead_of_.resize(blocks_.size());
    for (std::size_t b = 0; b < blocks_.size(); ++b) lead_of_[b].resize(blocks_[b].rows());
    merge_texts();
    number_profiles();
    translate_rows();
    if (table_.size() > 0) {
      append_one_by_one();
      return;
    }
    number_rows();
    copy_ids();
    if (build_index()) {  // some id occurred again: once more without those rows
      number_rows();
      copy_ids();
      PURSUIT_ASSERT(!build_index());
    }
  }

 private:
  using Codes = std::vector<std::uint32_t>;

  [[nodiscard]] std::size_t rows() const { return first_row_.back(); }

  // Gives the texts of all names codes of the table, new ones in the order of the texts.
  void merge_texts() {
    code_of_.resize(names_.size());
    pool_.parallel_for(kDimensions, [&](std::size_t d, unsigned) {
      Dictionary& dictionary = table_.dictionaries_[d];
      std::vector<std::string_view> texts;
      for_each_text(
          d, [&](std::size_t, std::uint32_t, std::string_view text) { texts.push_back(text); });
      std::ranges::sort(texts);
      for (const std::string_view text : texts) dictionary.intern(text);
    });
    for (std::size_t d = 0; d < kDimensions; ++d) {
      for_each_text(d, [&](std::size_t n, std::uint32_t, std::string_view text) {
        code_of_[n][d].push_back(table_.dictionaries_[d].intern(text));
      });
    }
  }

  template <class Fn>
  void for_each_text(std::size_t d, Fn&& fn) const {
    for (std::size_t n = 0; n < names_.size(); ++n) {
      const Dictionary& own = names_[n].dictionary(static_cast<Dimension>(d));
      for (std::uint32_t code = 0; code < own.size(); ++code) fn(n, code, own.text(code));
    }
  }

  // Gives the profiles of all names numbers of the table, new ones in the order of their codes.
  void number_profiles() {
    profile_of_.resize(names_.size());
    std::vector<std::vector<ProfileCodes>> ours(names_.size());
    pool_.parallel_for(names_.size(), [&](std::size_t n, unsigned) {
      for (const ProfileCodes& own : names_[n].profiles()) {
        ProfileCodes& codes = ours[n].emplace_back();
        for (std::size_t d = 0; d < kRuleDimensions; ++d) codes[d] = code_of_[n][d][own[d]];
      }
    });
    std::vector<ProfileCodes> order;
    for (const auto& profiles : ours) order.insert(order.end(), profiles.begin(), profiles.end());
    std::ranges::sort(order, {}, [](const ProfileCodes& codes) {
      ProfileCodes key;
      for (std::size_t i = 0; i < kRuleDimensions; ++i) key[i] = codes[index_of(kProfileOrder[i])];
      return key;
    });
    order.erase(std::ranges::unique(order).begin(), order.end());
    table_.profile_of_.reserve(table_.profile_of_.size() + order.size());
    for (const ProfileCodes& codes : order) table_.intern_profile(codes);
    pool_.parallel_for(names_.size(), [&](std::size_t n, unsigned) {
      for (const ProfileCodes& codes : ours[n]) {
        profile_of_[n].push_back(table_.profile_of_.find(codes)->second);
      }
    });
  }

  void translate_rows() {
    pool_.parallel_for(blocks_.size(), [&](std::size_t b, unsigned) {
      const LeadTable::Block& block = blocks_[b];
      const Codes& profiles = profile_of_[block.names];
      const Codes& owners = code_of_[block.names][index_of(Dimension::kOwner)];
      for (std::uint32_t& profile : block.profile) profile = profiles[profile];
      for (std::uint32_t& owner : block.owner) owner = owners[owner];
    });
  }

  void append_one_by_one() {
    if (table_.index_.is_full(table_.size() + rows())) {
      table_.rebuild_index(2 * (table_.size() + rows()), pool_);
    }
    for (std::size_t b = 0; b < blocks_.size(); ++b) {
      const LeadTable::Block& block = blocks_[b];
      const char* chars = block.id_chars.data();
      for (std::size_t row = 0; row < block.rows(); ++row) {
        const std::string_view id{chars, block.id_length[row]};
        chars += id.size();
        lead_of_[b][row] = table_.find(id) != base::kNoLead
                               ? base::kNoLead
                               : table_.add(id, {block.profile[row]}, block.owner[row]);
      }
    }
  }

  // Gives every row that is not dropped its lead, and the table its columns but for the ids.
  void number_rows() {
    // Some groups of neighbouring blocks a thread: fewer histograms than one a block.
    const std::size_t groups = std::min<std::size_t>(std::size_t{4} * pool_.size(), blocks_.size());
    const std::uint32_t profiles = table_.profile_count();
    std::vector<std::vector<std::uint32_t>> next(groups, std::vector<std::uint32_t>(profiles, 0));
    const auto group_begin = [&](std::size_t g) { return g * blocks_.size() / groups; };
    pool_.parallel_for(groups, [&](std::size_t g, unsigned) {
      for (std::size_t b = group_begin(g); b < group_begin(g + 1); ++b) {
        const auto profiles_of_rows = blocks_[b].profile;
        for (std::size_t row = 0; row < profiles_of_rows.size(); ++row) {
          if (kept(first_row_[b] + row)) ++next[g][profiles_of_rows[row]];
        }
      }
    });
    std::vector<std::uint32_t> first_lead(profiles + std::size_t{1}, 0);
    std::uint32_t leads = 0;
    for (std::uint32_t p = 0; p < profiles; ++p) {
      first_lead[p] = leads;
      for (auto& counts : next) leads += std::exchange(counts[p], leads);
    }
    first_lead[profiles] = leads;
    resize_columns(leads);
    pool_.parallel_for(groups, [&](std::size_t g, unsigned) {
      for (std::size_t b = group_begin(g); b < group_begin(g + 1); ++b) number_block(b, next[g]);
    });
    pool_.parallel_ranges(profiles, 1'024, [&](std::size_t begin, std::size_t end, unsigned) {
      for (std::size_t p = begin; p < end; ++p) {
        std::fill(table_.profile_.begin() + first_lead[p],
                  table_.profile_.begin() + first_lead[p + 1], static_cast<std::uint32_t>(p));
      }
    });
    std::inclusive_scan(table_.id_end_.begin(), table_.id_end_.end(), table_.id_end_.begin());
  }

  void resize_columns(std::uint32_t leads) {
    table_.profile_.resize(leads);
    table_.owner_.resize(leads);
    table_.id_end_.resize(leads + std::size_t{1});
    table_.id_end_[0] = 0;
  }

  void number_block(std::size_t b, std::vector<std::uint32_t>& next) {
    const LeadTable::Block& block = blocks_[b];
    for (std::size_t row = 0; row < block.rows(); ++row) {
      if (!kept(first_row_[b] + row)) {
        lead_of_[b][row] = base::kNoLead;
        continue;
      }
      const std::uint32_t lead = next[block.profile[row]]++;
      lead_of_[b][row] = {lead};
      table_.owner_[lead] = block.owner[row];
      table_.id_end_[lead + std::size_t{1}] = block.id_length[row];
    }
  }

  [[nodiscard]] bool kept(std::size_t row) const { return dropped_.empty() || !dropped_[row]; }

  void copy_ids() {
    table_.id_chars_.resize(table_.id_end_.back());
    pool_.parallel_for(blocks_.size(), [&](std::size_t b, unsigned) {
      const LeadTable::Block& block = blocks_[b];
      const char* from = block.id_chars.data();
      for (std::size_t row = 0; row < block.rows(); ++row) {
        const std::uint32_t n = block.id_length[row];
        const base::LeadId lead = lead_of_[b][row];
        if (lead != base::kNoLead) {
          copy_id(table_.id_chars_.data() + table_.id_end_[lead.v], from, n);
        }
        from += n;
      }
    });
  }

  // Whether some id occurred more than once; then dropped_ marks all its rows but the first.
  bool build_index() {
    struct Clash {
      std::uint32_t in_index;  // the lead that stands for the id
      std::size_t row;         // another row with the same one
    };
    std::vector<std::vector<Clash>> clashes(pool_.size());
    table_.index_.reset(table_.size(), pool_);
    pool_.parallel_for(blocks_.size(), [&](std::size_t b, unsigned worker) {
      insert_block(b, [&](std::uint32_t in_index, std::size_t row) {
        clashes[worker].push_back({in_index, row});
      });
    });
    std::unordered_map<std::uint32_t, std::vector<std::size_t>> rows_of;
    for (const auto& list : clashes) {
      for (const Clash& clash : list) rows_of[clash.in_index].push_back(clash.row);
    }
    if (rows_of.empty()) return false;
    add_standing_rows(rows_of);
    dropped_.assign(rows(), 0);
    for (auto& [lead, same] : rows_of) {
      const std::size_t first = *std::ranges::min_element(same);
      for (const std::size_t row : same) dropped_[row] = row != first;
    }
    return true;
  }

  // Adds to the rows that clashed with a lead the row that became this lead.
  void add_standing_rows(std::unordered_map<std::uint32_t, std::vector<std::size_t>>& rows_of) {
    for (std::size_t b = 0; b < blocks_.size(); ++b) {
      for (std::size_t row = 0; row < blocks_[b].rows(); ++row) {
        const auto found = rows_of.find(lead_of_[b][row].v);
        if (found != rows_of.end()) found->second.push_back(first_row_[b] + row);
      }
    }
  }

  template <class OnClash>
  void insert_block(std::size_t b, OnClash&& on_clash) {
    constexpr std::size_t kAhead = 32;
    std::array<LeadIndex::Key, kAhead> keys;
    std::array<std::string_view, kAhead> ids;
    const LeadTable::Block& block = blocks_[b];
    const char* chars = block.id_chars.data();
    for (std::size_t begin = 0; begin < block.rows(); begin += kAhead) {
      const std::size_t n = std::min(kAhead, block.rows() - begin);
      for (std::size_t i = 0; i < n; ++i) {
        ids[i] = {chars, block.id_length[begin + i]};
        chars += ids[i].size();
        keys[i] = LeadIndex::key_of(ids[i]);
        table_.index_.prefetch(keys[i]);
      }
      for (std::size_t i = 0; i < n; ++i) {
        const base::LeadId lead = lead_of_[b][begin + i];
        if (lead == base::kNoLead) continue;
        const std::uint32_t other = table_.index_.insert(keys[i], lead.v, [&](std::uint32_t there) {
          return base::same_bytes(table_.id({there}), ids[i]);
        });
        if (other != LeadIndex::kNone) on_clash(other, first_row_[b] + begin + i);
      }
    }
  }

  LeadTable& table_;
  std::span<const LeadNames> names_;
  std::span<LeadTable::Block> blocks_;
  std::vector<std::vector<base::LeadId>>& lead_of_;
  base::ThreadPool& pool_;
  std::vector<std::size_t> first_row_;  // of each block among all rows; one more for the end
  std::vector<std::array<Codes, kDimensions>> code_of_;  // by names and own code
  std::vector<Codes> profile_of_;                        // by names and own number
  std::vector<std::uint8_t> dropped_;                    // by row; empty: none
};

void LeadTable::append(std::span<const LeadNames> names, std::span<Block> blocks,
                       std::vector<std::vector<base::LeadId>>& lead_of, unsigned threads) {
  base::ThreadPool pool(threads);
  LeadAppend(*this, names, blocks, lead_of, pool).run();
}

}  // namespace pursuit::model
