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
using report::Explanation;

std::string heading(const Terminal& terminal, std::string_view text) {
  return "\n" + terminal.paint(Paint::kBold, text) + "\n";
}

std::string hours_words(double hours) {
  return std::isnan(hours) ? "-" : duration_words(hours * 3'600'000.0);
}

/// A duration that may be below zero: "3.0 h early", "2.1 d late".
std::string deviation_words(double hours) {
  if (std::isnan(hours)) return "-";
  return hours_words(std::fabs(hours)) + (hours > 0 ? " late" : " early");
}

std::string_view category_words(engine::Category category) {
  constexpr std::array<std::string_view, 4> kWords = {"-", "on time", "delayed", "critical"};
  return kWords[static_cast<std::size_t>(category)];
}

std::string head(const Engine& engine, const Explanation& e, const Terminal& terminal) {
  const model::LeadTable& leads = engine.leads();
  const engine::LeadFigures& f = e.figures;
  const std::string& stage = engine.policy().funnel.name_of(f.stage);
  std::string out = terminal.paint(Paint::kBold, "Lead " + printable(leads.id(e.lead)));
  out += fmt::format(" as of {}: ", instant_words(engine.as_of_ms()));
  if (f.state == engine::LeadState::kOpen) {
    out += fmt::format("{}, score {}, in {} for {}\n",
                       terminal.paint(tier_paint(f.tier), tier_words(f.tier)), score_words(f.score),
                       printable(stage), duration_words(static_cast<double>(f.duration_ms)));
  } else {
    out += fmt::format("{} ({}) since {}\n", engine::kStateNames[static_cast<std::size_t>(f.state)],
                       printable(stage), instant_words(f.entered_ms));
  }
  TextTable table({{""}, {"", false, 0, true}});
  for (std::size_t d = 0; d < model::kDimensions; ++d) {
    const std::string& text = leads.text(e.lead, static_cast<Dimension>(d));
    if (!text.empty()) table.add({{std::string(model::kDimensionNames[d])}, {text}});
  }
  for (const auto& [name, text] : e.attributes) table.add({{name}, {text}});
  return out + table.text(terminal);
}

std::string visits(const Engine& engine, const Explanation& e, const Terminal& terminal) {
  std::string out = heading(terminal, "Visits");
  TextTable table({{"", true},
                   {"stage"},
                   {"entered", false, 2},
                   {"left", false, 3},
                   {"took", true},
                   {"ended by"},
                   {"SLA", true, 4},
                   {"with load", true, 5},
                   {"deviation", true, 1},
                   {"category"}});
  std::size_t number = 0;
  for (const engine::VisitFigures& v : e.visits) {
    table.add({{std::to_string(++number)},
               {engine.policy().funnel.name_of(v.stage)},
               {instant_words(v.entered_ms)},
               {instant_words(v.left_ms)},
               {duration_words(static_cast<double>(v.duration_ms))},
               {std::string(v.kind == engine::VisitKind::kOpen
                                ? "(open)"
                                : engine::kVisitKindNames[static_cast<std::size_t>(v.kind)])},
               {hours_words(v.sla_hours)},
               {hours_words(v.effective_sla_hours)},
               {deviation_words(v.deviation_hours)},
               {std::string(category_words(v.category))}});
  }
  out += e.visits.empty() ? "  none\n" : table.text(terminal);
  const engine::LeadFigures& f = e.figures;
  out += "  Overall " + duration_words(static_cast<double>(f.overall_ms));
  if (!std::isnan(f.overall_sla_hours))
    out +=
        fmt::format(", SLA {} ({} with load): {}", hours_words(f.overall_sla_hours),
                    hours_words(f.overall_effective_sla_hours), category_words(f.overall_category));
  return out + "\n";
}

std::string turns(const Engine& engine, std::string_view what, base::Millis at_ms) {
  const base::Millis now_ms = engine.as_of_ms();
  const auto away = static_cast<double>(at_ms > now_ms ? at_ms - now_ms : now_ms - at_ms);
  return fmt::format("  {} {} ({} {})\n", what, instant_words(at_ms), duration_words(away),
                     at_ms > now_ms ? "from now" : "ago");
}

std::string status(const Engine& engine, const Explanation& e, const Terminal& terminal) {
  const engine::LeadFigures& f = e.figures;
  std::string out = heading(terminal, "Status");
  out += std::string("  ") + (f.expired ? "expired" : "active") + (f.dormant ? ", dormant" : "");
  out += std::isnan(f.threshold_ms)
             ? ": no threshold, since too little history\n"
             : fmt::format(": {} in stage against a P90 of {}\n",
                           duration_words(static_cast<double>(f.duration_ms)),
                           duration_words(f.threshold_ms));
  if (e.times.expired_at_ms != base::kNoInstant)
    out += turns(engine, f.expired ? "expired" : "turns expired", e.times.expired_at_ms);
  out += turns(engine, f.dormant ? "dormant since" : "turns dormant", e.times.dormant_at_ms);
  if (e.load)
    out +=
        fmt::format("  load of its dealer and nameplate {:.2f} ({}): windows widened by {:.1f} %\n",
                    e.load->load_factor, engine::kBandNames[static_cast<std::size_t>(e.load->band)],
                    100 * e.load->relaxation);
  out += heading(terminal, "Threshold");
  TextTable table(
      {{""}, {"segment", false, 0, true}, {"n", true}, {"P90", true}, {"KM P90", true, 1}});
  for (const report::RungStatus& rung : e.rungs) {
    table.add({{rung.used ? "used" : "", Paint::kGreen},
               {rung.segment},
               {count_words(rung.n)},
               {duration_words(rung.p90_ms)},
               {duration_words(rung.km_p90_ms)}});
  }
  out += table.text(terminal);
  return out +
         fmt::format("  The finest segment with at least {} is used.\n",
                     count_words(static_cast<std::uint64_t>(engine.policy().expiry.min_samples),
                                 "completed visit"));
}

std::string score(const Explanation& e, const Terminal& terminal) {
  const engine::LeadFigures& f = e.figures;
  std::string out = heading(terminal, "Score");
  TextTable table({{""}, {"points", true}, {"of", true}});
  double most = 0;
  for (std::size_t c = 0; c < model::kComponents; ++c) {
    if (e.scale.most[c] <= 0) continue;
    most += e.scale.most[c];
    table.add({{std::string(model::kComponentNames[c])},
               {fmt::format("{:.2f}", f.contribution[c])},
               {score_words(e.scale.most[c])}});
  }
  table.add({{"score"}, {fmt::format("{:.2f}", f.score), Paint::kBold}, {score_words(most)}});
  return out + table.text(terminal) +
         fmt::format("  {}: Hot from {:g}, Warm from {:g}\n", tier_words(f.tier),
                     e.scale.cutoffs.hot, e.scale.cutoffs.warm);
}

std::string queue(const Engine& engine, const Explanation& e, const Terminal& terminal) {
  std::string out =
      heading(terminal, fmt::format("Queue of {}: rank {} of {}",
                                    named(engine.leads().text(e.lead, Dimension::kDealer)),
                                    count_words(e.figures.rank), count_words(e.queue_length)));
  TextTable table({{"rank", true}, {"lead", false, 0, true}, {"score", true}, {""}});
  for (const report::Neighbour& n : e.neighbours) {
    const bool self = n.lead == e.lead;
    table.add({{count_words(n.rank)},
               {std::string(engine.leads().id(n.lead)), self ? Paint::kBold : Paint::kNone},
               {score_words(n.score)},
               {self ? "this lead" : ""}});
  }
  return out + table.text(terminal);
}

std::string to_be_hot(const Engine& engine, const Explanation& e, const Terminal& terminal) {
  const model::FunnelPolicy& funnel = engine.policy().funnel;
  const bool is_hot = e.figures.tier == model::Tier::kHot;
  std::string out = heading(terminal, is_hot ? "What happens next" : "What would make it Hot");
  TextTable table({{"if now", false, 0, true}, {"score", true}, {"gain", true, 1}, {"tier"}});
  bool any = false;
  for (const report::Lever& lever : e.levers) {
    any |= lever.after.tier == model::Tier::kHot;
    table.add({{lever.stage ? "it advances to " + funnel.name_of(*lever.stage)
                            : "there is activity (a call, a note)"},
               {score_words(lever.after.score)},
               {fmt::format("{:+.1f}", lever.after.score - e.figures.score)},
               {std::string(tier_words(lever.after.tier)), tier_paint(lever.after.tier)}});
  }
  out += table.text(terminal);
  if (!is_hot && !any)
    out += "  Nothing of this makes it Hot: the rest is its channel's strength.\n";
  return out + "  An advance is activity too, so it brings back recency as well.\n";
}

}  // namespace

std::string render_explanation(const Engine& engine, const Explanation& e,
                               const Terminal& terminal) {
  std::string out = head(engine, e, terminal) + visits(engine, e, terminal);
  if (e.figures.state != engine::LeadState::kOpen) return out;
  return out + status(engine, e, terminal) + score(e, terminal) + queue(engine, e, terminal) +
         to_be_hot(engine, e, terminal);
}

}  // namespace pursuit::cli
