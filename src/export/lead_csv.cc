#include "export/lead_csv.h"

#include <cmath>
#include <cstring>
#include <string>
#include <string_view>

#include "export/columns.h"
#include "export/lead_walk.h"
#include "model/dimension.h"

namespace pursuit::exporting {
namespace {

std::string cell(std::string_view text) {
  std::string out(csv_room(text) + 1, '\0');
  char* const end = write_csv_text(text, out.data());
  *end = ',';
  out.resize(static_cast<std::size_t>(end + 1 - out.data()));
  return out;
}

template <std::size_t N>
void add_cells(const std::array<std::string_view, N>& texts, PieceList& pieces) {
  for (const std::string_view text : texts) pieces.add(cell(text));
}

char* comma(char* out) {
  *out = ',';
  return out + 1;
}

char* number_cell(double value, char* out) {
  return comma(std::isnan(value) ? out : write_double(value, out));
}

char* repeated_cell(NumberCache& numbers, double value, char* out) {
  return comma(std::isnan(value) ? out : numbers.write(value, out));
}

template <class Enum>
std::size_t index(Enum value) {
  return static_cast<std::size_t>(value);
}

}  // namespace

LeadTexts::LeadTexts(const RowSource& source) {
  const model::FunnelPolicy& funnel = source.policy().funnel;
  for (const std::string& stage : funnel.stages) stages.add(cell(stage));
  stages.add(cell(funnel.won));
  stages.add(cell(funnel.lost));
  add_cells(engine::kStateNames, states);
  add_cells(engine::kVisitKindNames, kinds);
  for (const std::string_view category : engine::kCategoryNames) categories.add(category);
  add_cells(model::kTierNames, tiers);
  const model::LeadTable& leads = source.leads();
  for (std::uint32_t p = 0; p < leads.profile_count(); ++p) {
    std::string dimensions;
    const model::ProfileCodes& codes = leads.profile_codes({p});
    for (std::size_t d = 0; d < model::kRuleDimensions; ++d)
      dimensions += cell(leads.dictionary(static_cast<model::Dimension>(d)).text(codes[d]));
    profiles.add(dimensions);
  }
  const model::Dictionary& owner_names = leads.dictionary(model::Dimension::kOwner);
  for (std::uint32_t o = 0; o < owner_names.size(); ++o) {
    std::string owner = cell(owner_names.text(o));
    owner.back() = '\n';
    owners.add(owner);
  }
  for (const model::Component component : shown_components(source.policy()))
    components.push_back(index(component));
  constexpr std::size_t kNumbers = 16 + model::kComponents;
  lead_row_room_ = stages.max_room() + profiles.max_room() + owners.max_room() + 4 * Piece::kWidth +
                   kNumbers * kNumberRoom;
  visit_row_room_ =
      stages.max_room() + 2 * Piece::kWidth + 2 * InstantText::kRoom + 5 * kNumberRoom + 16;
}

void LeadFormatter::set_id(std::string_view id) {
  id_chars_.clear();
  char* const begin = id_chars_.room(csv_room(id) + 1 + Piece::kWidth);
  char* const end = comma(write_csv_text(id, begin));
  id_ = {begin, static_cast<std::size_t>(end - begin)};
}

char* LeadFormatter::overall_cells(const engine::LeadFigures& f, char* out) {
  if (f.last_activity_ms != base::kNoInstant) out = instants_.write(f.last_activity_ms, out);
  out = comma(out);
  out = number_cell(base::to_hours(f.overall_ms), out);
  out = repeated_cell(numbers_, f.overall_sla_hours, out);
  return comma(put(texts_.categories[index(f.overall_category)], out));
}

char* LeadFormatter::open_cells(const engine::LeadFigures& f, char* out) {
  out = number_cell(base::to_hours(f.duration_ms), out);
  out = repeated_cell(numbers_, f.threshold_ms / static_cast<double>(base::kMillisPerHour), out);
  if (f.threshold_rung != engine::kNoRung) {
    out = comma(write_uint(f.threshold_rung, out));
    out = comma(write_uint(f.threshold_n, out));
  } else {
    out = comma(comma(out));
  }
  constexpr std::array<std::string_view, 4> kStatus = {"active,false,   ", "active,true,    ",
                                                       "expired,false,  ", "expired,true,   "};
  constexpr std::array<std::uint8_t, 4> kStatusSize = {13, 12, 14, 13};
  const std::size_t status = (f.expired ? 2u : 0u) + (f.dormant ? 1u : 0u);
  std::memcpy(out, kStatus[status].data(), 16);
  out = overall_cells(f, out + kStatusSize[status]);
  out = repeated_cell(numbers_, f.sla_hours, out);
  out = number_cell(f.effective_sla_hours, out);
  out = number_cell(f.deviation_hours, out);
  out = comma(put(texts_.categories[index(f.category)], out));
  out = number_cell(f.score, out);
  for (const std::size_t component : texts_.components) {
    const double part = f.contribution[component];
    // Recency is another number for every lead, the rest hardly ever.
    const bool own = component == index(model::Component::kRecency);
    out = own ? number_cell(part, out) : repeated_cell(numbers_, part, out);
  }
  out = put(texts_.tiers[index(f.tier)], out);
  return comma(write_uint(f.rank, out));
}

void LeadFormatter::lead_row(const engine::LeadFigures& f, TextBuffer& rows) {
  char* out = put(id_, rows.room(id_.room() + texts_.lead_row_room()));
  out = put(texts_.states[index(f.state)], out);
  out = put(texts_.stages[f.stage], out);
  out = comma(instants_.write(f.entered_ms, out));
  if (f.state == engine::LeadState::kOpen) {
    out = open_cells(f, out);
  } else {
    std::memset(out, ',', 6);
    out = overall_cells(f, out + 6);
    const std::size_t empty = 7 + texts_.components.size();
    std::memset(out, ',', empty);
    out += empty;
  }
  const model::LeadTable& leads = source_.leads();
  out = put(texts_.profiles[leads.profile(f.lead).v], out);
  out = put(texts_.owners[leads.owner(f.lead)], out);
  rows.end_at(out);
}

void LeadFormatter::visit_rows(TextBuffer& rows) {
  char* out = rows.room(visits_.size() * (id_.room() + texts_.visit_row_room()));
  const char* left_text = nullptr;
  base::Millis left_ms = base::kNoInstant;
  std::uint64_t number = 0;
  for (const engine::VisitFigures& v : visits_) {
    out = comma(write_uint(++number, put(id_, out)));
    out = put(texts_.stages[v.stage], out);
    // Most visits begin where the one before ended.
    if (v.entered_ms == left_ms && left_text != nullptr) {
      std::memcpy(out, left_text, InstantText::kLength);
      out += InstantText::kLength;
    } else {
      out = instants_.write(v.entered_ms, out);
    }
    out = comma(out);
    left_ms = v.left_ms;
    if (left_ms != base::kNoInstant) {
      left_text = out;
      out = instants_.write(left_ms, out);
    }
    out = comma(out);
    out = put(texts_.kinds[index(v.kind)], out);
    out = number_cell(base::to_hours(v.duration_ms), out);
    if (std::isnan(v.sla_hours)) {
      std::memset(out, ',', 3);
      out += 3;
    } else {
      out = repeated_cell(numbers_, v.sla_hours, out);
      out = number_cell(v.effective_sla_hours, out);
      out = number_cell(v.deviation_hours, out);
    }
    out = put(texts_.categories[index(v.category)], out);
    *out++ = '\n';
  }
  rows.end_at(out);
}

LeadRows LeadFormatter::format(std::span<const std::uint32_t> leads, TextBuffer& lead_rows,
                               TextBuffer& visit_rows_out) {
  const model::LeadTable& table = source_.leads();
  const auto find_texts = [&](base::LeadId lead) {
    texts_.profiles.prefetch_place(table.profile(lead).v);
    texts_.owners.prefetch_place(table.owner(lead));
  };
  const auto fetch_texts = [&](base::LeadId lead) {
    texts_.profiles.prefetch_text(table.profile(lead).v);
    texts_.owners.prefetch_text(table.owner(lead));
  };
  LeadRows made;
  for_each_visible_lead(source_, leads, find_texts, fetch_texts,
                        [&](const engine::LeadFigures& figures) {
                          set_id(table.id(figures.lead));
                          lead_row(figures, lead_rows);
                          source_.visits(figures.lead, visits_);
                          visit_rows(visit_rows_out);
                          ++made.leads;
                          made.visits += visits_.size();
                        });
  return made;
}

}  // namespace pursuit::exporting
