#include "service/engine_loader.h"

#include <array>
#include <utility>

#include "base/assert.h"
#include "service/change_of.h"

namespace pursuit::service {

EngineLoader::EngineLoader(const model::Policy& policy, LoadProgress progress)
    : policy_(policy), progress_(std::move(progress)) {}

base::Result<void> EngineLoader::begin(const store::StoreCounts& counts,
                                       std::span<const std::string_view> stages) {
  total_ = static_cast<std::uint64_t>(counts.leads + counts.events + counts.outcomes +
                                      counts.signals + counts.notes);
  const auto leads = static_cast<std::size_t>(counts.leads);
  id_length_.reserve(leads);
  profile_.reserve(leads);
  owner_.reserve(leads);
  created_ms_.reserve(leads);
  for (const std::string_view stage : stages) {
    code_of_stage_.push_back(policy_.funnel.code_of(stage).value_or(model::kActivityCode));
  }
  return {};
}

base::Result<void> EngineLoader::leads(std::span<const store::ScannedLead> rows) {
  for (const store::ScannedLead& row : rows) {
    PURSUIT_ASSERT(row.lead == created_ms_.size() + 1);  // numbers have no gaps
    id_chars_.insert(id_chars_.end(), row.lead_id.begin(), row.lead_id.end());
    id_length_.push_back(static_cast<std::uint16_t>(row.lead_id.size()));
    model::LeadNames::ProfileTexts texts;
    for (std::size_t d = 0; d < model::kRuleDimensions; ++d) texts[d] = row.dimensions[d];
    profile_.push_back(names_.profile(texts));
    owner_.push_back(names_.owner(row.dimensions[index_of(model::Dimension::kOwner)]));
    created_ms_.push_back(row.created_at_ms);
  }
  count(rows.size());
  return {};
}

base::Result<void> EngineLoader::events(std::span<const store::ScannedEvent> rows) {
  settle_leads();
  for (const store::ScannedEvent& row : rows) {
    const model::StageCode code = code_of_stage_[row.stage];
    if (code == model::kActivityCode) ++unknown_stages_;
    add_event(row.lead, row.at_ms, code);
  }
  count(rows.size());
  return {};
}

base::Result<void> EngineLoader::outcomes(std::span<const store::ScannedOutcome> rows) {
  settle_leads();
  for (const store::ScannedOutcome& row : rows) {
    add_event(row.lead, row.at_ms,
              row.won ? policy_.funnel.won_code() : policy_.funnel.lost_code());
  }
  count(rows.size());
  return {};
}

base::Result<void> EngineLoader::signals(std::span<const store::ScannedSignal> rows) {
  settle_leads();
  for (const store::ScannedSignal& row : rows) {
    add_event(row.lead, row.at_ms, model::kActivityCode);
    const auto component = component_of(row.kind);
    if (component && row.value) signals_.add(lead_of(row.lead), *component, row.at_ms, *row.value);
  }
  count(rows.size());
  return {};
}

base::Result<void> EngineLoader::notes(std::span<const store::ScannedNote> rows) {
  settle_leads();
  for (const store::ScannedNote& row : rows) {
    add_event(row.lead, row.at_ms, model::kActivityCode);
  }
  count(rows.size());
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
  if (scatter_) return;
  std::array<model::LeadTable::Block, 1> blocks{{{.names = 0,
                                                  .id_chars = id_chars_,
                                                  .id_length = id_length_,
                                                  .profile = profile_,
                                                  .owner = owner_}}};
  leads_.append(std::span(&names_, 1), blocks, lead_of_, 1);
  scatter_.emplace(leads_.size(), 1u);
  for (std::size_t i = 0; i < created_ms_.size(); ++i) {
    scatter_->writer(0).add(lead_of_[0][i],
                            model::Event::make(created_ms_[i], model::kCreatedCode));
  }
}

void EngineLoader::count(std::size_t rows) {
  done_ += rows;
  if (progress_) progress_(done_, total_);
}

}  // namespace pursuit::service
