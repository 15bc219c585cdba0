#include "export/tables.h"

#include <string>

#include "base/time.h"
#include "engine/figures.h"
#include "export/columns.h"
#include "model/dimension.h"

namespace pursuit::exporting {
namespace {

using model::Dimension;

double hours(double duration_ms) { return duration_ms / static_cast<double>(base::kMillisPerHour); }

// Texts of codes.
class Names {
 public:
  explicit Names(const RowSource& source) : source_(source) {}

  void put(Dimension dimension, std::uint32_t code, Cells& out) const {
    if (code == engine::kNoCode) {
      out.absent();
    } else {
      out.text(source_.leads().dictionary(dimension).text(code));
    }
  }
  [[nodiscard]] std::string_view stage(model::StageCode code) const {
    return source_.policy().funnel.name_of(code);
  }
  [[nodiscard]] bool is_won(model::StageCode code) const {
    return code == source_.policy().funnel.won_code();
  }
  [[nodiscard]] const model::LeadTable& leads() const { return source_.leads(); }

 private:
  const RowSource& source_;
};

void threshold_cells(const Names& names, const engine::ThresholdRow& row, Cells& out) {
  out.text(names.stage(row.stage)).count(row.rung);
  names.put(Dimension::kRegion, row.region, out);
  names.put(Dimension::kNameplate, row.nameplate, out);
  names.put(Dimension::kChannel, row.channel, out);
  out.count(row.n).number(hours(row.p90_ms)).number(hours(row.km_p90_ms));
}

void channel_cells(const Names& names, const engine::ChannelRow& row, Cells& out) {
  names.put(Dimension::kChannel, row.channel, out);
  out.count(row.leads)
      .count(row.closed)
      .count(row.won)
      .number(row.rate)
      .number(row.smoothed_rate)
      .number(row.volume_share)
      .number(row.conversion)
      .number(row.volume);
}

void load_cells(const Names& names, const engine::LoadRow& row, bool daily, Cells& out) {
  names.put(Dimension::kDealer, row.dealer, out);
  names.put(Dimension::kNameplate, row.nameplate, out);
  if (daily) out.date(row.day);
  out.count(row.open)
      .count(row.in_load_stages)
      .number(row.load_factor)
      .text(engine::kBandNames[static_cast<std::size_t>(row.band)])
      .number(row.relaxation);
}

void funnel_cells(const Names& names, const engine::FunnelRow& row, Cells& out) {
  out.text(names.stage(row.stage)).count(row.reached);
  if (names.is_won(row.stage)) {
    for (std::size_t column = 2; column < kFunnelColumns.size(); ++column) out.absent();
    return;
  }
  out.count(row.advanced)
      .count(row.regressed)
      .count(row.lost)
      .count(row.open)
      .number(hours(row.median_ms))
      .number(hours(row.p90_ms))
      .number(row.compliance)
      .count(row.expired);
}

void text_if(bool there, std::string_view text, Cells& out) {
  if (there) {
    out.text(text);
  } else {
    out.absent();
  }
}

void alert_cells(const Names& names, const engine::AlertRow& row, Cells& out) {
  const bool has_lead = row.lead != base::kNoLead;
  const bool has_stage = row.stage != 0xFF;
  out.text(row.rule).text(row.subject);
  text_if(has_lead, has_lead ? names.leads().id(row.lead) : std::string_view{}, out);
  names.put(Dimension::kDealer, row.dealer, out);
  names.put(Dimension::kNameplate, row.nameplate, out);
  text_if(has_stage, has_stage ? names.stage(row.stage) : std::string_view{}, out);
  out.instant(row.since_ms).number(row.value).number(row.limit);
  text_if(row.has_tier, model::kTierNames[static_cast<std::size_t>(row.tier)], out);
  out.number(row.score);
  names.put(Dimension::kOwner, has_lead ? names.leads().owner(row.lead) : engine::kNoCode, out);
}

// Alerts stand in the order of their subjects, the leads in that of the book.
void prefetch_alert(const Names& names, std::span<const engine::AlertRow> alerts, std::size_t row) {
  constexpr std::size_t kAhead = 10;
  if (row + 2 * kAhead < alerts.size() && alerts[row + 2 * kAhead].lead != base::kNoLead) {
    names.leads().prefetch_id(alerts[row + 2 * kAhead].lead);
    names.leads().prefetch_owner(alerts[row + 2 * kAhead].lead);
  }
  if (row + kAhead < alerts.size() && alerts[row + kAhead].lead != base::kNoLead)
    names.leads().prefetch_id_text(alerts[row + kAhead].lead);
}

// A table whose row i is made of rows[i] by `cells`.
template <class Row, class MakeCells>
Table table_of(std::string_view name, std::span<const Column> columns, std::span<const Row> rows,
               MakeCells cells) {
  return {name,
          columns,
          rows.size(),
          [rows, cells](std::size_t row, Cells& out) { cells(rows[row], out); },
          {}};
}

}  // namespace

Table funnel_table(const RowSource& source, std::span<const engine::FunnelRow> rows) {
  return table_of("funnel", kFunnelColumns, rows,
                  [names = Names(source)](const engine::FunnelRow& row, Cells& out) {
                    funnel_cells(names, row, out);
                  });
}

std::vector<Table> result_tables(const RowSource& source,
                                 std::span<const engine::AlertRow> alerts) {
  const Names names(source);
  const engine::Tables& t = source.tables();
  std::vector<Table> tables;
  tables.push_back(table_of(
      "thresholds", kThresholdColumns, std::span(t.thresholds),
      [names](const engine::ThresholdRow& row, Cells& out) { threshold_cells(names, row, out); }));
  tables.push_back(table_of(
      "channels", kChannelColumns, std::span(t.channels),
      [names](const engine::ChannelRow& row, Cells& out) { channel_cells(names, row, out); }));
  tables.push_back(table_of(
      "load", kLoadColumns, std::span(t.load),
      [names](const engine::LoadRow& row, Cells& out) { load_cells(names, row, false, out); }));
  tables.push_back({"load_daily",
                    kLoadDailyColumns,
                    t.load_daily.size(),
                    [names, &t](std::size_t row, Cells& out) {
                      load_cells(names, t.load_daily[row], true, out);
                    },
                    {}});
  tables.push_back(funnel_table(source, t.funnel));
  tables.push_back(
      table_of("alerts", kAlertColumns, alerts,
               [names](const engine::AlertRow& row, Cells& out) { alert_cells(names, row, out); }));
  tables.back().prefetch = [names, alerts](std::size_t row) { prefetch_alert(names, alerts, row); };
  return tables;
}

}  // namespace pursuit::exporting
