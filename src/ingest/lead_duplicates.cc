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
  Duplicates(const LeadRows& all, const std::vector<std::vector<base::LeadId>>& lead_of,
             const model::LeadTable& leads)
      : all_(all), lead_of_(lead_of), leads_(leads) {
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
    const model::LeadTable::Block& block = all_.blocks[at.part];
    const model::ProfileCodes& codes = leads_.profile_codes({block.profile[at.row]});
    std::string out(leads_.id(lead));
    const auto append = [&out](std::string_view text) { out.append(1, ',').append(text); };
    append(base::format_instant(all_.created_ms(at.part, at.row)));
    for (std::size_t d = 0; d < model::kRuleDimensions; ++d) {
      append(leads_.dictionary(static_cast<model::Dimension>(d)).text(codes[d]));
    }
    append(leads_.dictionary(model::Dimension::kOwner).text(block.owner[at.row]));
    for (const TextColumn& texts : all_.parts[at.part].attributes.texts) {
      append(texts.text(at.row));
    }
    return out;
  }

 private:
  struct Duplicate {
    Place place;
    base::LeadId lead;
  };

  void find_rows() {
    for (std::size_t p = 0; p < all_.blocks.size(); ++p) {
      const char* chars = all_.blocks[p].id_chars.data();
      for (std::size_t row = 0; row < all_.blocks[p].rows(); ++row) {
        const std::string_view id{chars, all_.blocks[p].id_length[row]};
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
    const LeadPart& part_a = all_.parts[a.part];
    const LeadPart& part_b = all_.parts[b.part];
    const model::LeadTable::Block& block_a = all_.blocks[a.part];
    const model::LeadTable::Block& block_b = all_.blocks[b.part];
    if (all_.created_ms(a.part, a.row) != all_.created_ms(b.part, b.row) ||
        block_a.profile[a.row] != block_b.profile[b.row] ||
        block_a.owner[a.row] != block_b.owner[b.row]) {
      return false;
    }
    const auto agree = [&](std::uint32_t column) {
      return part_a.attributes.text(column, a.row) == part_b.attributes.text(column, b.row);
    };
    return std::ranges::all_of(part_a.attributes.columns, agree) &&
           std::ranges::all_of(part_b.attributes.columns, agree);
  }

  const LeadRows& all_;
  const std::vector<std::vector<base::LeadId>>& lead_of_;
  const model::LeadTable& leads_;
  std::vector<Duplicate> rows_;
  std::unordered_map<std::uint32_t, Place> first_;  // by lead, of those in rows_
};

}  // namespace

void account_for_duplicates(const LeadRows& rows,
                            const std::vector<std::vector<base::LeadId>>& lead_of,
                            const model::LeadTable& leads,
                            const std::vector<std::vector<std::uint64_t>>& first_lines,
                            std::span<LoadedFile> files, Rejects& rejects) {
  const Duplicates duplicates(rows, lead_of, leads);
  duplicates.for_each([&](Place at, base::LeadId lead, bool same) {
    const LeadPart& part = rows.parts[at.part];
    LoadedFile& file = files[part.layout->file];
    if (same) {
      ++file.rows_repeated;
      return;
    }
    ++file.rows_rejected;
    rejects.add(
        {.file = part.layout->file,
         .line = first_lines[part.layout->file][part.part] + rows.line_in_part(at.part, at.row),
         .field = Field::kLeadId,
         .reason = RejectReason::kDuplicateLead,
         .text = duplicates.text_of(at, lead)});
  });
}

}  // namespace pursuit::ingest
