// export/lead_csv.h: the rows of leads.csv and visits.csv, made in one pass over the leads, since a
// lead's figures and its visits touch the same memory. LeadTexts: any thread once built; a
// LeadFormatter belongs to one thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/figures.h"
#include "export/csv_text.h"
#include "export/number_text.h"
#include "export/row_source.h"
#include "export/text_buffer.h"
#include "model/policy.h"

namespace pursuit::exporting {

/// Every cell that does not depend on the lead alone, as CSV with its comma, made once per run.
class LeadTexts {
 public:
  explicit LeadTexts(const RowSource& source);

  PieceList stages;                     // by StageCode, won and lost included
  PieceList states;                     // by LeadState
  PieceList kinds;                      // by VisitKind
  PieceList categories;                 // by Category
  PieceList tiers;                      // by Tier
  PieceList profiles;                   // by ProfileId: the six dimensions
  PieceList owners;                     // by code of the owner's dictionary; ends the row
  std::vector<std::size_t> components;  // columns c_*, by model::Component

  /// Room that any row wants beyond the lead's id.
  [[nodiscard]] std::size_t lead_row_room() const { return lead_row_room_; }
  [[nodiscard]] std::size_t visit_row_room() const { return visit_row_room_; }

 private:
  std::size_t lead_row_room_ = 0;
  std::size_t visit_row_room_ = 0;
};

/// Rows that a block of leads gave.
struct LeadRows {
  std::uint64_t leads = 0;
  std::uint64_t visits = 0;
};

class LeadFormatter {
 public:
  LeadFormatter(const RowSource& source, const LeadTexts& texts) : source_(source), texts_(texts) {}

  /// Appends the rows of `leads` in their order; a lead that is not visible yet has none.
  LeadRows format(std::span<const std::uint32_t> leads, TextBuffer& lead_rows,
                  TextBuffer& visit_rows);

 private:
  void set_id(std::string_view id);
  void lead_row(const engine::LeadFigures& figures, TextBuffer& out);
  char* open_cells(const engine::LeadFigures& figures, char* out);
  char* overall_cells(const engine::LeadFigures& figures, char* out);
  void visit_rows(TextBuffer& out);

  const RowSource& source_;
  const LeadTexts& texts_;
  InstantText instants_;
  NumberCache numbers_;
  std::vector<engine::VisitFigures> visits_;
  TextBuffer id_chars_;  // the id of the lead at hand, as a cell with its comma
  Piece id_{nullptr, 0};
};

}  // namespace pursuit::exporting
