// model/lead_table.h: who the leads are: id, profile (the six rule dimensions) and owner, as
// columns. One writer; reads from any thread while nobody writes. What happened to them is events
// (model/event.h), created_at included.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "base/huge_vector.h"
#include "base/ids.h"
#include "base/parallel.h"
#include "base/prefetch.h"
#include "model/dictionary.h"
#include "model/dimension.h"
#include "model/lead_index.h"
#include "model/lead_names.h"

namespace pursuit::model {

class LeadTable {
 public:
  LeadTable();

  // ── what there is ───────────────────────────────────────────────────────────────────────────
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(profile_.size()); }
  [[nodiscard]] std::string_view id(base::LeadId lead) const {
    const std::size_t begin = id_end_[lead.v];
    return {id_chars_.data() + begin, id_end_[lead.v + 1] - begin};
  }
  [[nodiscard]] base::ProfileId profile(base::LeadId lead) const { return {profile_[lead.v]}; }
  [[nodiscard]] std::uint32_t owner(base::LeadId lead) const { return owner_[lead.v]; }

  [[nodiscard]] std::uint32_t profile_count() const {
    return static_cast<std::uint32_t>(profiles_.size());
  }
  [[nodiscard]] const ProfileCodes& profile_codes(base::ProfileId p) const {
    return profiles_[p.v];
  }
  [[nodiscard]] const Dictionary& dictionary(Dimension d) const {
    return dictionaries_[index_of(d)];
  }
  /// Text of one dimension of a lead; the empty string is a value of its own.
  [[nodiscard]] const std::string& text(base::LeadId lead, Dimension d) const;

  /// kNoLead when there is none of that id.
  [[nodiscard]] base::LeadId find(std::string_view id) const;
  /// `out[i]` = find(ids[i]); the memory of many look-ups is fetched ahead, about four times as
  /// fast as one by one.
  void find_batch(std::span<const std::string_view> ids, std::span<base::LeadId> out) const;
  /// Asks for the memory that id() of this lead will touch.
  void prefetch_profile(base::LeadId lead) const { base::prefetch(&profile_[lead.v]); }
  void prefetch_id(base::LeadId lead) const { base::prefetch(&id_end_[lead.v]); }
  void prefetch_owner(base::LeadId lead) const { base::prefetch(&owner_[lead.v]); }
  /// Asks for the id's characters; wants what prefetch_id fetched.
  void prefetch_id_text(base::LeadId lead) const {
    base::prefetch(id_chars_.data() + id_end_[lead.v]);
  }

  // ── growth, one lead at a time ──────────────────────────────────────────────────────────────
  std::uint32_t intern(Dimension d, std::string_view text) {
    return dictionaries_[index_of(d)].intern(text);
  }
  base::ProfileId intern_profile(const ProfileCodes& codes);
  /// Appends a lead. The id must not be there yet (check with find).
  base::LeadId add(std::string_view id, base::ProfileId profile, std::uint32_t owner);
  void set_profile(base::LeadId lead, base::ProfileId profile) { profile_[lead.v] = profile.v; }
  void set_owner(base::LeadId lead, std::uint32_t owner) { owner_[lead.v] = owner; }

  // ── growth, many at once ────────────────────────────────────────────────────────────────────
  /// Rows as they were read; see append(). The columns belong to the caller.
  struct Block {
    std::size_t names = 0;  // which of the names the numbers below are of
    std::span<const char> id_chars;
    std::span<const std::uint16_t> id_length;
    std::span<std::uint32_t> profile;
    std::span<std::uint32_t> owner;
    [[nodiscard]] std::size_t rows() const { return id_length.size(); }
  };
  /// Adds the rows of all blocks in order, and turns their profiles and owners into the table's.
  /// `lead_of[b][r]` is the lead of row r of block b, or kNoLead where an earlier row (of any
  /// block) had the same id. On an empty table leads are numbered so that those of one dealer ×
  /// nameplate, and in it of one profile, are neighbours: what the engine's passes walk in order.
  /// New codes follow the order of their texts: nothing depends on how rows were shared out.
  void append(std::span<const LeadNames> names, std::span<Block> blocks,
              std::vector<std::vector<base::LeadId>>& lead_of, unsigned threads);

  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  friend class LeadAppend;
  void rebuild_index(std::size_t room, base::ThreadPool& pool);

  base::PageVector<char> id_chars_;
  base::PageVector<std::uint32_t> id_end_;  // size()+1; id of lead i is [id_end_[i], id_end_[i+1])
  base::PageVector<std::uint32_t> profile_;
  base::PageVector<std::uint32_t> owner_;
  LeadIndex index_;
  std::array<Dictionary, kDimensions> dictionaries_;
  std::vector<ProfileCodes> profiles_;
  std::unordered_map<ProfileCodes, std::uint32_t, ProfileHash> profile_of_;
};

}  // namespace pursuit::model
