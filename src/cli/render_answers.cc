#include <cmath>

#include "cli/render.h"
#include "cli/text_table.h"
#include "cli/words.h"
#include <fmt/format.h>

#include "model/dimension.h"

namespace pursuit::cli {
namespace {

using engine::Engine;
using model::Dimension;

std::string heading(const Terminal& terminal, std::string_view text) {
  return "\n" + terminal.paint(Paint::kBold, text) + "\n";
}

std::string indented(const Terminal& terminal, const std::string& text) {
  return wrap(printable(text), terminal.columns, 2);
}

/// A table of leads, why included where there is room, else below each lead.
class QueueTable {
 public:
  QueueTable(const Engine& engine, bool why_below)
      : engine_(engine), why_below_(why_below), table_(columns(why_below)) {}

  void section(const std::string& text) { table_.add_line(text, 0, Paint::kBold); }
  void add(base::LeadId lead) {
    const engine::Glance glance = engine_.glance(lead);
    const model::LeadTable& names = engine_.leads();
    const std::string why = why_words(engine_, lead);
    table_.add({{std::string(names.id(lead))},
                {score_words(glance.score)},
                {std::string(tier_words(glance.tier)), tier_paint(glance.tier)},
                {engine_.policy().funnel.name_of(glance.stage)},
                {named(names.text(lead, Dimension::kDealer))},
                {named(names.text(lead, Dimension::kOwner))},
                {why}});
    if (why_below_) table_.add_line(why, 4, Paint::kDim);
  }
  [[nodiscard]] const TextTable& table() const { return table_; }

 private:
  static std::vector<Column> columns(bool why_below) {
    std::vector<Column> columns = {{"lead"},
                                   {"score", true},
                                   {"tier"},
                                   {"stage", false, 1},
                                   {"dealer", false, 3, true},
                                   {"owner", false, 4, true}};
    if (!why_below) columns.push_back({"why"});
    return columns;
  }

  const Engine& engine_;
  bool why_below_;
  TextTable table_;
};

/// The text of a table that `fill(QueueTable&)` fills.
template <class Fill>
std::string queue_text(const Engine& engine, const Terminal& terminal, std::size_t indent,
                       const Fill& fill) {
  QueueTable wide(engine, false);
  fill(wide);
  if (terminal.columns == 0 || wide.table().natural_width() + indent <= terminal.columns)
    return wide.table().text(terminal, indent);
  QueueTable narrow(engine, true);
  fill(narrow);
  return narrow.table().text(terminal, indent);
}

std::string today(const Engine& engine, const report::Answers& answers, const Terminal& terminal) {
  std::string out = heading(terminal, "Leads to work today");
  const model::Dictionary& regions = engine.leads().dictionary(Dimension::kRegion);
  if (answers.queues.empty()) return out + indented(terminal, "No open lead.");
  return out + queue_text(engine, terminal, 2, [&](QueueTable& table) {
           for (const report::MarketQueue& queue : answers.queues) {
             if (answers.queues.size() > 1)
               table.section(named(regions.text(queue.region)) + ": " +
                             count_words(queue.open, "open lead"));
             for (const base::LeadId lead : queue.leads) table.add(lead);
           }
         });
}

std::string stuck_words(const Engine& engine, const report::Answers& answers) {
  if (!answers.stuck) return "No stage stands out: nothing is late and nothing has expired.";
  const model::StageCode stage = *answers.stuck;
  const engine::FunnelRow& row = engine.tables().funnel[stage];
  const report::StageStatus& now = answers.stages[stage];
  std::string text = "In " + engine.policy().funnel.name_of(stage) + ": ";
  if (!std::isnan(row.compliance)) text += percent_words(row.compliance) + " within SLA, ";
  return text + count_words(now.expired) + " of " + count_words(now.open, "open lead") +
         " over their P90.";
}

std::string funnel(const Engine& engine, const report::Answers& answers, const Terminal& terminal) {
  std::string out = heading(terminal, "Where the funnel is stuck");
  out += indented(terminal, stuck_words(engine, answers));
  TextTable table({{"stage"},
                   {"reached", true, 2},
                   {"open", true},
                   {"median", true, 1},
                   {"P90", true},
                   {"within SLA", true},
                   {"over P90", true}});
  for (std::size_t s = 0; s < answers.stages.size(); ++s) {
    const engine::FunnelRow& row = engine.tables().funnel[s];
    const bool worst = answers.stuck && *answers.stuck == s;
    table.add({{engine.policy().funnel.name_of(row.stage), worst ? Paint::kRed : Paint::kNone},
               {count_words(row.reached)},
               {count_words(row.open)},
               {duration_words(row.median_ms)},
               {duration_words(row.p90_ms)},
               {percent_words(row.compliance)},
               {count_words(answers.stages[s].expired)}});
  }
  out += table.text(terminal);
  if (answers.stuck_dealers.empty()) return out;
  const model::Dictionary& dealers = engine.leads().dictionary(Dimension::kDealer);
  std::string line;
  for (const report::DealerStatus& dealer : answers.stuck_dealers)
    line += (line.empty() ? "Most over P90 there: " : "; ") + named(dealers.text(dealer.dealer)) +
            fmt::format(" ({} of {})", dealer.expired, dealer.open);
  return out + indented(terminal, line);
}

std::string not_worth(const Engine& engine, const report::Answers& answers,
                      const Terminal& terminal) {
  std::string out = heading(terminal, "No longer worth pursuing");
  TextTable table({{"stage"},
                   {"open", true},
                   {"expired", true},
                   {"dormant", true},
                   {"either", true},
                   {"share", true}});
  std::uint64_t open = 0;
  std::uint64_t either = 0;
  for (std::size_t s = 0; s < answers.stages.size(); ++s) {
    const report::StageStatus& stage = answers.stages[s];
    open += stage.open;
    either += stage.expired_or_dormant;
    const double share = stage.open == 0 ? engine::kAbsent
                                         : static_cast<double>(stage.expired_or_dormant) /
                                               static_cast<double>(stage.open);
    table.add({{engine.policy().funnel.name_of(static_cast<model::StageCode>(s))},
               {count_words(stage.open)},
               {count_words(stage.expired)},
               {count_words(stage.dormant)},
               {count_words(stage.expired_or_dormant)},
               {percent_words(share)}});
  }
  out += indented(terminal, count_words(either) + " of " + count_words(open, "open lead") +
                                ": over the P90 of their stage, or no activity for " +
                                std::to_string(engine.policy().expiry.dormant_days) + " days.");
  return out + table.text(terminal);
}

std::string risk_words(const Engine& engine, const report::HotAtRisk& risk) {
  if (risk.changes_ms == base::kNoInstant) {
    if (risk.expired && risk.late) return "over P90 and SLA";
    return risk.expired ? "over its P90" : "over its SLA";
  }
  return std::string(risk.turns_dormant ? "dormant in " : "expires in ") +
         duration_words(static_cast<double>(risk.changes_ms - engine.as_of_ms()));
}

std::string at_risk(const Engine& engine, const report::Answers& answers,
                    const Terminal& terminal) {
  std::string out = heading(terminal, "Hot leads at risk");
  out += indented(
      terminal,
      fmt::format("{} of {} over P90 or SLA; {} more expire or go dormant within 24 h "
                  "({} of any tier).",
                  count_words(answers.hot_breached), count_words(answers.tiers[0], "hot lead"),
                  count_words(answers.hot_changing), count_words(answers.changing)));
  if (answers.hot_at_risk.empty()) return out;
  TextTable table({{"lead"},
                   {"score", true},
                   {"risk"},
                   {"stage", false, 1},
                   {"dealer", false, 2, true},
                   {"owner", false, 3, true}});
  const model::LeadTable& leads = engine.leads();
  for (const report::HotAtRisk& risk : answers.hot_at_risk) {
    const engine::Glance glance = engine.glance(risk.lead);
    table.add({{std::string(leads.id(risk.lead))},
               {score_words(glance.score)},
               {risk_words(engine, risk), Paint::kRed},
               {engine.policy().funnel.name_of(glance.stage)},
               {named(leads.text(risk.lead, Dimension::kDealer))},
               {named(leads.text(risk.lead, Dimension::kOwner))}});
  }
  return out + table.text(terminal);
}

}  // namespace

std::string render_queue(const Engine& engine, const std::vector<base::LeadId>& leads,
                         const Terminal& terminal, std::size_t indent) {
  return queue_text(engine, terminal, indent, [&](QueueTable& table) {
    for (const base::LeadId lead : leads) table.add(lead);
  });
}

std::string render_answers(const Engine& engine, const report::Answers& answers,
                           const Terminal& terminal) {
  std::string out = fmt::format("{} as of {}\n", count_words(engine.leads().size(), "lead"),
                                instant_words(engine.as_of_ms()));
  out += indented(terminal,
                  fmt::format("{} open ({} Hot, {} Warm, {} Cold), {} won, {} lost",
                              count_words(answers.states[0]), count_words(answers.tiers[0]),
                              count_words(answers.tiers[1]), count_words(answers.tiers[2]),
                              count_words(answers.states[1]), count_words(answers.states[2])));
  out += today(engine, answers, terminal);
  out += funnel(engine, answers, terminal);
  out += not_worth(engine, answers, terminal);
  out += at_risk(engine, answers, terminal);
  return out;
}

std::string render_account(const app::AnalyzeReport& report, const std::string& out_dir,
                           const Terminal& terminal) {
  double seconds = 0;
  for (const auto& [phase, took] : report.summary.seconds) seconds += took;
  std::string names;
  for (const exporting::FileReport& file : report.summary.files)
    names += (names.empty() ? "" : ", ") + file.name;
  return "\n" + wrap(fmt::format("{} read, all done in {:.1f} s. Results in {}/: {}, summary.json",
                                 count_words(report.network.rows_read(), "row"), seconds,
                                 printable(out_dir), names),
                     terminal.columns, 0);
}

std::vector<std::string> render_rejects(const app::Network& network) {
  std::vector<std::string> lines;
  if (network.rows_rejected() == 0) return lines;
  std::string reasons;
  for (std::size_t r = 0; r < ingest::kRejectReasons; ++r) {
    if (network.rejects.counts()[r] == 0) continue;
    reasons += (reasons.empty() ? "" : ", ") + count_words(network.rejects.counts()[r]) + " \"" +
               std::string(ingest::text_of(static_cast<ingest::RejectReason>(r))) + "\"";
  }
  lines.push_back(count_words(network.rows_rejected(), "row") + " of " +
                  count_words(network.rows_read()) + " rejected: " + reasons);
  return lines;
}

}  // namespace pursuit::cli
