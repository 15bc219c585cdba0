#include "service/engine_loader.h"

#include <array>
#include <utility>

#include "base/assert.h"
#include "base/parallel.h"
#include "service/change_of.h"

namespace pursuit::service {

EngineLoader::EngineLoader(const model::Policy& policy, LoadProgress progress, unsigned threads)
    : policy_(policy),
      progress_(std::move(progress)),
      parts_(threads > 0 ? threads : base::hardware_threads()),
      names_(parts_.size()) {}

base::Result<void> EngineLoader::begin(const store::StoreCounts& counts,
                                       std::span<const std::string_view> stages) {
  total_ = static_cast<std::uint64_t>(counts.leads + counts.events + counts.outcomes +
                                      counts.signals + counts.notes);
  const std::size_t leads = static_cast<std::size_t>(counts.leads) / parts_.size() + 1;
  for (Part& part : parts_) {
    part.id_length.reserve(leads);
    part.profile.reserve(leads);
    part.owner.reserve(leads);
    part.created_ms.reserve(leads);
  }
  for (const std::string_view stage : stages) {
    code_of_stage_.push_back(policy_.funnel.code_of(stage).value_or(model::kActivityCode));
  }
  return {};
}

base::Result<void> EngineLoader::leads(unsigned part, std::span<const store::ScannedLead> rows) {
  Part& to = parts_[part];
  if (to.created_ms.empty() && !rows.empty()) to.first_lead = rows.front().lead;
  std::vector<model::LeadNames::ProfileTexts> texts(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const store::ScannedLead& row = rows[i];
    PURSUIT_ASSERT(row.lead == to.first_lead + to.created_ms.size());  // numbers have no gaps
    to.id_chars.insert(to.id_chars.end(), row.lead_id.begin(), row.lead_id.end());
    to.id_length.push_back(static_cast<std::uint16_t>(row.lead_id.size()));
    for (std::size_t d = 0; d < model::kRuleDimensions; ++d) texts[i][d] = row.dimensions[d];
    to.owner.push_back(names_[part].owner(row.dimensions[index_of(model::Dimension::kOwner)]));
    to.created_ms.push_back(row.created_at_ms);
  }
  to.profile.resize(to.profile.size() + rows.size());
  names_[part].profiles(texts, std::span(to.profile).last(rows.size()));
  count(part, rows.size());
  return {};
}

base::Result<void> EngineLoader::events(unsigned part, std::span<const store::ScannedEvent> rows) {
  settle_leads();
  std::uint64_t unknown = 0;
  model::EventScatter::Writer& writer = scatter_->writer(part);
  for (const store::ScannedEvent& row : rows) {
    const model::StageCode code = code_of_stage_[row.stage];
    unknown += code == model::kActivityCode ? 1 : 0;
    writer.add(lead_of(row.lead), model::Event::make(row.at_ms, code));
  }
  unknown_stages_ += unknown;
  count(part, rows.size());
  return {};
}

base::Result<void> EngineLoader::outcomes(std::span<const store::ScannedOutcome> rows) {
  settle_leads();
  for (const store::ScannedOutcome& row : rows) {
    add_event(row.lead, row.at_ms,
              row.won ? policy_.funnel.won_code() : policy_.funnel.lost_code());
  }
  count(0, rows.size());
  return {};
}

base::Result<void> EngineLoader::signals(std::span<const store::ScannedSignal> rows) {
  settle_leads();
  for (const store::ScannedSignal& row : rows) {
    add_event(row.lead, row.at_ms, model::kActivityCode);
    const auto component = component_of(row.kind);
    if (component && row.value) signals_.add(lead_of(row.lead), *component, row.at_ms, *row.value);
  }
  count(0, rows.size());
  return {};
}

base::Result<void> EngineLoader::notes(std::span<const store::ScannedNote> rows) {
  settle_leads();
  for (const store::ScannedNote& row : rows) {
    add_event(row.lead, row.at_ms, model::kActivityCode);
  }
  count(0, rows.size());
  return {};
}

base::Result<void> EngineLoader::snoozes(std::span<const store::ScannedSnooze> rows) {
  settle_leads();
  for (const store::ScannedSnooze& row : rows) {
    signals_.snooze(lead_of(row.lead), row.at_ms, row.until_ms);
  }
  return {};
}

std::unique_ptr<engine::Engine> EngineLoader::finish(engine::EngineOptions options) {
  settle_leads();
  auto engine = std::make_unique<engine::Engine>(policy_, options);
  engine->load(std::move(leads_), std::move(*scatter_), std::move(signals_));
  return engine;
}

void EngineLoader::add_event(std::uint32_t lead_number, base::Millis at_ms, model::StageCode code) {
  scatter_->writer(0).add(lead_of(lead_number), model::Event::make(at_ms, code));
}

void EngineLoader::settle_leads() {
  std::call_once(settled_, [this] { join_parts(); });
}

void EngineLoader::join_parts() {
  std::vector<model::LeadTable::Block> blocks;
  std::uint64_t leads = 0;
  for (std::size_t p = 0; p < parts_.size(); ++p) {
    Part& part = parts_[p];
    PURSUIT_ASSERT(part.created_ms.empty() || part.first_lead == leads + 1);
    leads += part.created_ms.size();
    blocks.push_back({.names = p,
                      .id_chars = part.id_chars,
                      .id_length = part.id_length,
                      .profile = part.profile,
                      .owner = part.owner});
  }
  std::vector<std::vector<base::LeadId>> lead_of;
  leads_.append(names_, blocks, lead_of, parts());
  scatter_.emplace(leads_.size(), parts());
  lead_of_.reserve(leads);
  for (std::size_t p = 0; p < parts_.size(); ++p) {
    for (std::size_t i = 0; i < parts_[p].created_ms.size(); ++i) {
      const base::LeadId lead = lead_of[p][i];
      lead_of_.push_back(lead);
      if (parts_[p].created_ms[i] == base::kNoInstant) continue;  // nothing is left of it
      scatter_->writer(0).add(lead,
                              model::Event::make(parts_[p].created_ms[i], model::kCreatedCode));
    }
    parts_[p] = {};
  }
}

void EngineLoader::count(unsigned part, std::size_t rows) {
  done_ += rows;
  if (progress_ && part == 0) progress_(done_, total_);
}

}  // namespace pursuit::service
