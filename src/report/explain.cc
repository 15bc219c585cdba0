#include "report/explain.h"

#include <algorithm>
#include <cctype>

#include "model/dimension.h"

namespace pursuit::report {
namespace {

using engine::Engine;
using engine::LeadState;
using model::Dimension;

constexpr std::size_t kRungs = 4;

/// Codes that a lead has for the dimensions of a rung, kNoCode where the rung does not look.
struct RungKey {
  std::uint32_t region;
  std::uint32_t nameplate;
  std::uint32_t channel;
};

RungKey key_of(const model::ProfileCodes& codes, std::size_t rung) {
  const auto code = [&](Dimension d, bool looks) {
    return looks ? codes[model::index_of(d)] : engine::kNoCode;
  };
  return {.region = code(Dimension::kRegion, rung < 3),
          .nameplate = code(Dimension::kNameplate, rung < 2),
          .channel = code(Dimension::kChannel, rung < 1)};
}

std::string segment_text(const model::LeadTable& leads, base::LeadId lead, std::size_t rung) {
  constexpr std::array<Dimension, 3> kLadder = {Dimension::kRegion, Dimension::kNameplate,
                                                Dimension::kChannel};
  if (rung + 1 == kRungs) return "all";
  std::string text;
  for (std::size_t i = 0; i < kLadder.size() - rung; ++i) {
    const std::string& value = leads.text(lead, kLadder[i]);
    text += (i == 0 ? "" : " / ") + (value.empty() ? std::string("(none)") : value);
  }
  return text;
}

std::vector<RungStatus> rungs_of(const Engine& engine, const engine::LeadFigures& figures) {
  const model::LeadTable& leads = engine.leads();
  const model::ProfileCodes& codes = leads.profile_codes(leads.profile(figures.lead));
  std::vector<RungStatus> rungs;
  for (std::size_t rung = 0; rung < kRungs; ++rung) {
    RungStatus status{.rung = static_cast<std::uint8_t>(rung),
                      .segment = segment_text(leads, figures.lead, rung)};
    const RungKey key = key_of(codes, rung);
    for (const engine::ThresholdRow& row : engine.tables().thresholds) {
      if (row.stage != figures.stage || row.rung != rung || row.region != key.region ||
          row.nameplate != key.nameplate || row.channel != key.channel)
        continue;
      status.n = row.n;
      status.p90_ms = row.p90_ms;
      status.km_p90_ms = row.km_p90_ms;
    }
    status.used = figures.threshold_rung == rung;
    rungs.push_back(std::move(status));
  }
  return rungs;
}

std::vector<Neighbour> neighbours_of(const Engine& engine, const engine::LeadFigures& figures) {
  const model::LeadTable& leads = engine.leads();
  engine::QueueQuery query;
  query.filter.only(
      Dimension::kDealer,
      leads.profile_codes(leads.profile(figures.lead))[model::index_of(Dimension::kDealer)]);
  query.limit = figures.rank + kNeighboursEachSide;
  const std::vector<base::LeadId> queue = engine.queue(query);
  std::vector<Neighbour> neighbours;
  const std::size_t first =
      figures.rank > kNeighboursEachSide ? figures.rank - 1 - kNeighboursEachSide : 0;
  for (std::size_t i = first; i < queue.size(); ++i) {
    neighbours.push_back({.lead = queue[i],
                          .rank = static_cast<std::uint32_t>(i + 1),
                          .score = engine.glance(queue[i]).score});
  }
  return neighbours;
}

std::uint64_t open_leads_of_dealer(const Engine& engine, base::LeadId lead) {
  const model::LeadTable& leads = engine.leads();
  const std::size_t d = model::index_of(Dimension::kDealer);
  const std::uint32_t dealer = leads.profile_codes(leads.profile(lead))[d];
  std::uint64_t open = 0;
  for (const engine::LoadRow& row : engine.tables().load)
    open += row.dealer == dealer ? row.open : 0;
  return open;
}

std::vector<Lever> levers_of(const Engine& engine, const engine::LeadFigures& figures) {
  std::vector<Lever> levers;
  levers.push_back({.stage = std::nullopt, .after = engine.what_if(figures.lead, figures.stage)});
  const std::size_t stages = engine.policy().funnel.open_stages();
  for (std::size_t s = figures.stage + std::size_t{1}; s < stages; ++s) {
    const auto stage = static_cast<model::StageCode>(s);
    levers.push_back({.stage = stage, .after = engine.what_if(figures.lead, stage)});
  }
  return levers;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

}  // namespace

Explanation explain(const Engine& engine, base::LeadId lead, const ingest::Attributes& attributes) {
  Explanation out;
  out.lead = lead;
  for (std::uint32_t c = 0; c < attributes.columns().size(); ++c) {
    if (const std::string_view text = attributes.text(lead, c); !text.empty())
      out.attributes.emplace_back(attributes.columns()[c], text);
  }
  out.figures = engine.figures(lead);
  engine.visits(lead, out.visits);
  if (out.figures.state != LeadState::kOpen) return out;
  out.rungs = rungs_of(engine, out.figures);
  out.scale = engine.score_scale(lead);
  out.times = engine.status_times(lead);
  const model::LeadTable& leads = engine.leads();
  const model::ProfileCodes& codes = leads.profile_codes(leads.profile(lead));
  out.load = engine.load(codes[model::index_of(Dimension::kDealer)],
                         codes[model::index_of(Dimension::kNameplate)]);
  out.neighbours = neighbours_of(engine, out.figures);
  out.queue_length = open_leads_of_dealer(engine, lead);
  out.levers = levers_of(engine, out.figures);
  return out;
}

std::vector<std::string> similar_ids(const Engine& engine, const std::string& id) {
  constexpr std::size_t kMax = 3;
  std::vector<std::string> same;
  std::vector<std::string> alike;
  const std::string wanted = lower(id);
  const model::LeadTable& leads = engine.leads();
  for (std::uint32_t i = 0; i < leads.size() && same.size() < kMax; ++i) {
    const std::string_view candidate = leads.id({i});
    if (candidate.size() < wanted.size()) continue;
    const std::string folded = lower(candidate.substr(0, std::max(wanted.size(), std::size_t{1})));
    if (folded != wanted) continue;
    if (candidate.size() == wanted.size())
      same.emplace_back(candidate);
    else if (alike.size() < kMax)
      alike.emplace_back(candidate);
  }
  same.insert(same.end(), alike.begin(), alike.end());
  if (same.size() > kMax) same.resize(kMax);
  return same;
}

}  // namespace pursuit::report
