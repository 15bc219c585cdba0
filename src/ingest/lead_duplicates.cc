#include "ingest/lead_duplicates.h"

#include <algorithm>
#include <string>
#include <unordered_map>

#include "base/time.h"

namespace pursuit::ingest {
namespace {

struct Place {
  std::size_t part = 0;
  std::size_t row = 0;
};

class Duplicates {
 public:
  Duplicates(std::span<const LeadPart> parts, std::span<const model::LeadTable::Block> blocks,
             const std::vector<std::vector<base::LeadId>>& lead_of, const model::LeadTable& leads)
      : parts_(parts), blocks_(blocks), lead_of_(lead_of), leads_(leads) {
    find_rows();
    find_firsts();
  }

  template <class Fn>
  void for_each(Fn&& fn) const {
    for (const Duplicate& duplicate : rows_) {
      fn(duplicate.place, duplicate.lead, same(duplicate.place, first_.at(duplicate.lead.v)));
    }
  }

  // The row as a line of text: its own text is gone.
  [[nodiscard]] std::string text_of(Place at, base::LeadId lead) const {
    const LeadPart& part = parts_[at.part];
    const model::LeadTable::Block& block = blocks_[at.part];
    std::string out(leads_.id(lead));
    out += "," + base::format_instant(part.created_ms[at.row]);
    for (std::size_t d = 0; d < model::kDimensions; ++d) {
      out += "," + leads_.dictionary(static_cast<model::Dimension>(d)).text(block.codes[d][at.row]);
    }
    for (const TextColumn& texts : part.attributes.texts) {
      out += ",";
      out += texts.text(at.row);
    }
    return out;
  }

 private:
  struct Duplicate {
    Place place;
    base::LeadId lead;
  };

  void find_rows() {
    for (std::size_t p = 0; p < blocks_.size(); ++p) {
      const char* chars = blocks_[p].id_chars.data();
      for (std::size_t row = 0; row < blocks_[p].rows(); ++row) {
        const std::string_view id{chars, blocks_[p].id_length[row]};
        chars += id.size();
        if (lead_of_[p][row] != base::kNoLead) continue;
        rows_.push_back({{p, row}, leads_.find(id)});
        first_.try_emplace(rows_.back().lead.v);
      }
    }
  }

  void find_firsts() {
    if (rows_.empty()) return;
    for (std::size_t p = 0; p < lead_of_.size(); ++p) {
      for (std::size_t row = 0; row < lead_of_[p].size(); ++row) {
        const auto found = first_.find(lead_of_[p][row].v);
        if (found != first_.end()) found->second = {p, row};
      }
    }
  }

  [[nodiscard]] bool same(Place a, Place b) const {
    const LeadPart& part_a = parts_[a.part];
    const LeadPart& part_b = parts_[b.part];
    if (part_a.created_ms[a.row] != part_b.created_ms[b.row]) return false;
    for (std::size_t d = 0; d < model::kDimensions; ++d) {
      if (blocks_[a.part].codes[d][a.row] != blocks_[b.part].codes[d][b.row]) return false;
    }
    const auto agree = [&](std::uint32_t column) {
      return part_a.attributes.text(column, a.row) == part_b.attributes.text(column, b.row);
    };
    return std::ranges::all_of(part_a.attributes.columns, agree) &&
           std::ranges::all_of(part_b.attributes.columns, agree);
  }

  std::span<const LeadPart> parts_;
  std::span<const model::LeadTable::Block> blocks_;
  const std::vector<std::vector<base::LeadId>>& lead_of_;
  const model::LeadTable& leads_;
  std::vector<Duplicate> rows_;
  std::unordered_map<std::uint32_t, Place> first_;  // by lead, of those in rows_
};

}  // namespace

void account_for_duplicates(std::span<const LeadPart> parts,
                            std::span<const model::LeadTable::Block> blocks,
                            const std::vector<std::vector<base::LeadId>>& lead_of,
                            const model::LeadTable& leads,
                            const std::vector<std::vector<std::uint64_t>>& first_lines,
                            std::span<LoadedFile> files, Rejects& rejects) {
  const Duplicates duplicates(parts, blocks, lead_of, leads);
  duplicates.for_each([&](Place at, base::LeadId lead, bool same) {
    const LeadPart& part = parts[at.part];
    LoadedFile& file = files[part.layout->file];
    if (same) {
      ++file.rows_repeated;
      return;
    }
    ++file.rows_rejected;
    rejects.add({.file = part.layout->file,
                 .line = first_lines[part.layout->file][part.part] + part.line_in_part[at.row],
                 .field = Field::kLeadId,
                 .reason = RejectReason::kDuplicateLead,
                 .text = duplicates.text_of(at, lead)});
  });
}

}  // namespace pursuit::ingest
