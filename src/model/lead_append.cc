// LeadTable::append: many rows at once, on all threads. The result does not depend on how many
// there are: codes follow the order of first sight in the rows, profiles the order of their codes,
// leads their profile and then the order of the rows.
#include <algorithm>
#include <cstring>
#include <memory>
#include <numeric>

#include "base/assert.h"
#include "base/limits.h"
#include "model/key_set.h"
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
  LeadAppend(LeadTable& table, std::span<LeadTable::Block> blocks,
             std::vector<std::vector<base::LeadId>>& lead_of, base::ThreadPool& pool)
      : table_(table), blocks_(blocks), lead_of_(lead_of), pool_(pool) {}

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
    merge_dictionaries();
    if (table_.size() > 0) {
      append_one_by_one();
      return;
    }
    make_keys();
    make_profiles();
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

  // Turns the codes of each block's own dictionaries into codes of the table's.
  void merge_dictionaries() {
    std::vector<std::array<Codes, kDimensions>> code_of(blocks_.size());
    for (std::size_t b = 0; b < blocks_.size(); ++b) {
      for (std::size_t d = 0; d < kDimensions; ++d) {
        const Dictionary& own = blocks_[b].dictionaries[d];
        for (std::uint32_t code = 0; code < own.size(); ++code) {
          code_of[b][d].push_back(table_.dictionaries_[d].intern(own.text(code)));
        }
      }
    }
    pool_.parallel_for(blocks_.size(), [&](std::size_t b, unsigned) {
      lead_of_[b].resize(blocks_[b].rows());
      for (std::size_t d = 0; d < kDimensions; ++d) {
        for (std::uint32_t& code : blocks_[b].codes[d]) code = code_of[b][d][code];
      }
    });
  }

  [[nodiscard]] ProfileCodes codes_at(const LeadTable::Block& block, std::size_t row) const {
    ProfileCodes codes;
    for (std::size_t d = 0; d < kRuleDimensions; ++d) codes[d] = block.codes[d][row];
    return codes;
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
                               : table_.add(id, table_.intern_profile(codes_at(block, row)),
                                            block.codes[index_of(Dimension::kOwner)][row]);
      }
    }
  }

  // One number a row that orders profiles as kProfileOrder says.
  void make_keys() {
    keys_.resize(rows());
    std::uint64_t span = 1;  // keys are below it
    for (std::size_t first = 0; first < kRuleDimensions;) {
      // As many dimensions as fit into 64 bits; nearly always all of them.
      std::size_t last = first;
      std::uint64_t grown = span;
      while (last < kRuleDimensions && grown <= UINT64_MAX / size_of(last)) {
        grown *= size_of(last++);
      }
      if (last == first) {
        span = compress_keys();
        continue;
      }
      add_dimensions(first, last);
      span = grown;
      first = last;
    }
  }

  [[nodiscard]] std::uint64_t size_of(std::size_t place) const {
    return std::max(table_.dictionary(kProfileOrder[place]).size(), 1u);
  }

  void add_dimensions(std::size_t first, std::size_t last) {
    pool_.parallel_for(blocks_.size(), [&](std::size_t b, unsigned) {
      std::uint64_t* const keys = keys_.data() + first_row_[b];
      for (std::size_t place = first; place < last; ++place) {
        const Codes& codes = blocks_[b].codes[index_of(kProfileOrder[place])];
        const std::uint64_t size = size_of(place);
        for (std::size_t row = 0; row < codes.size(); ++row) {
          keys[row] = (place == 0 ? 0 : keys[row] * size) + codes[row];
        }
      }
    });
  }

  // Replaces keys by their rank, so that more dimensions fit; returns how many there are.
  std::uint64_t compress_keys() {
    std::vector<std::uint64_t> distinct(keys_.begin(), keys_.end());
    std::ranges::sort(distinct);
    distinct.erase(std::ranges::unique(distinct).begin(), distinct.end());
    for (std::uint64_t& key : keys_) {
      key = static_cast<std::uint64_t>(std::ranges::lower_bound(distinct, key) - distinct.begin());
    }
    return std::max<std::uint64_t>(distinct.size(), 1);
  }

  // The keys that one thread has met, and for each a row that has it.
  struct Seen {
    KeySet keys;
    std::vector<std::size_t> rows;
    Codes profiles;  // by number within `keys`
  };

  // Finds the distinct keys, numbers them in order, and leaves each row's number in profile_row_.
  void make_profiles() {
    std::vector<Seen> seen(pool_.size());
    std::vector<unsigned> worker_of(blocks_.size());
    profile_row_.resize(rows());
    pool_.parallel_for(blocks_.size(), [&](std::size_t b, unsigned worker) {
      worker_of[b] = worker;
      Seen& own = seen[worker];
      for (std::size_t row = first_row_[b]; row < first_row_[b + 1]; ++row) {
        profile_row_[row] = own.keys.number_of(keys_[row]);
        if (profile_row_[row] == own.rows.size()) own.rows.push_back(row);
      }
    });
    base::HugeVector<std::uint64_t>().swap(keys_);
    number_profiles(seen);
    pool_.parallel_for(blocks_.size(), [&](std::size_t b, unsigned) {
      const Codes& profiles = seen[worker_of[b]].profiles;
      for (std::size_t row = first_row_[b]; row < first_row_[b + 1]; ++row) {
        profile_row_[row] = profiles[profile_row_[row]];
      }
    });
  }

  void number_profiles(std::span<Seen> seen) {
    std::vector<std::uint64_t> order;
    for (const Seen& own : seen) {
      order.insert(order.end(), own.keys.keys().begin(), own.keys.keys().end());
    }
    std::ranges::sort(order);
    order.erase(std::ranges::unique(order).begin(), order.end());
    table_.profiles_.resize(order.size());
    for (Seen& own : seen) {
      for (std::size_t i = 0; i < own.rows.size(); ++i) {
        const auto place = std::ranges::lower_bound(order, own.keys.keys()[i]);
        const auto profile = static_cast<std::uint32_t>(place - order.begin());
        own.profiles.push_back(profile);
        const std::size_t b = block_of(own.rows[i]);
        table_.profiles_[profile] = codes_at(blocks_[b], own.rows[i] - first_row_[b]);
      }
    }
    table_.profile_of_.reserve(order.size());
    for (std::uint32_t p = 0; p < table_.profile_count(); ++p) {
      table_.profile_of_.emplace(table_.profiles_[p], p);
    }
  }

  [[nodiscard]] std::size_t block_of(std::size_t row) const {
    return static_cast<std::size_t>(std::ranges::upper_bound(first_row_, row) -
                                    first_row_.begin()) -
           1;
  }

  // Gives every row that is not dropped its lead, and the table its columns but for the ids.
  void number_rows() {
    // Some groups of neighbouring blocks a thread: fewer histograms than one a block.
    const std::size_t groups = std::min<std::size_t>(std::size_t{4} * pool_.size(), blocks_.size());
    const std::uint32_t profiles = table_.profile_count();
    std::vector<std::vector<std::uint32_t>> next(groups, std::vector<std::uint32_t>(profiles, 0));
    const auto group_begin = [&](std::size_t g) { return g * blocks_.size() / groups; };
    pool_.parallel_for(groups, [&](std::size_t g, unsigned) {
      for (std::size_t row = first_row_[group_begin(g)]; row < first_row_[group_begin(g + 1)];
           ++row) {
        if (kept(row)) ++next[g][profile_row_[row]];
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
    const Codes& owners = block.codes[index_of(Dimension::kOwner)];
    for (std::size_t row = 0; row < block.rows(); ++row) {
      if (!kept(first_row_[b] + row)) {
        lead_of_[b][row] = base::kNoLead;
        continue;
      }
      const std::uint32_t lead = next[profile_row_[first_row_[b] + row]]++;
      lead_of_[b][row] = {lead};
      table_.owner_[lead] = owners[row];
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
  std::span<LeadTable::Block> blocks_;
  std::vector<std::vector<base::LeadId>>& lead_of_;
  base::ThreadPool& pool_;
  std::vector<std::size_t> first_row_;  // of each block among all rows; one more for the end
  base::HugeVector<std::uint64_t> keys_;
  base::HugeVector<std::uint32_t> profile_row_;
  std::vector<std::uint8_t> dropped_;  // by row; empty: none
};

void LeadTable::append(std::span<Block> blocks, std::vector<std::vector<base::LeadId>>& lead_of,
                       unsigned threads) {
  base::ThreadPool pool(threads);
  LeadAppend(*this, blocks, lead_of, pool).run();
}

}  // namespace pursuit::model
