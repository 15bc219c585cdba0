#include <utility>

#include "property/engine_tables.h"

namespace pursuit::property {
namespace {

using base::LeadId;
using model::LeadTable;
using reference::Input;

LeadTable one_by_one(const Input& input) {
  LeadTable table;
  for (const reference::InputLead& lead : input.leads) {
    model::ProfileCodes codes{};
    for (std::size_t d = 0; d < codes.size(); ++d)
      codes[d] = table.intern(static_cast<model::Dimension>(d), lead.dims[d]);
    const std::uint32_t owner = table.intern(model::Dimension::kOwner, lead.dims.back());
    table.add(lead.id, table.intern_profile(codes), owner);
  }
  return table;
}

/// Columns of some rows, which a block of the table looks into.
struct Rows {
  std::string id_chars;
  std::vector<std::uint16_t> id_length;
  std::vector<std::uint32_t> profile;
  std::vector<std::uint32_t> owner;
};

/// In two blocks, as two workers would have read them.
LeadTable in_bulk(const Input& input, unsigned threads) {
  std::vector<model::LeadNames> names(2);
  std::vector<Rows> rows(2);
  for (std::size_t i = 0; i < input.leads.size(); ++i) {
    const reference::InputLead& lead = input.leads[i];
    const std::size_t worker = i < input.leads.size() / 2 ? 0 : 1;
    Rows& to = rows[worker];
    to.id_chars += lead.id;
    to.id_length.push_back(static_cast<std::uint16_t>(lead.id.size()));
    model::LeadNames::ProfileTexts texts;
    for (std::size_t d = 0; d < texts.size(); ++d) texts[d] = lead.dims[d];
    to.profile.push_back(names[worker].profile(texts));
    to.owner.push_back(names[worker].owner(lead.dims[model::index_of(model::Dimension::kOwner)]));
  }
  std::vector<LeadTable::Block> blocks;
  for (std::size_t worker = 0; worker < rows.size(); ++worker) {
    Rows& from = rows[worker];
    blocks.push_back({.names = worker,
                      .id_chars = from.id_chars,
                      .id_length = from.id_length,
                      .profile = from.profile,
                      .owner = from.owner});
  }
  LeadTable table;
  std::vector<std::vector<LeadId>> lead_of;
  table.append(names, blocks, lead_of, threads);
  return table;
}

}  // namespace

std::unique_ptr<engine::Engine> load_engine(const Input& input, EngineSetup setup) {
  LeadTable table =
      setup.loading == Loading::kBulk ? in_bulk(input, setup.threads) : one_by_one(input);
  model::EventScatter scatter(table.size(), 2);
  unsigned turn = 0;
  const auto add = [&](const std::string& id, base::Millis at_ms, model::StageCode code) {
    scatter.writer(turn++ % 2).add(table.find(id), model::Event::make(at_ms, code));
  };
  for (const reference::InputLead& lead : input.leads)
    add(lead.id, lead.created_ms, model::kCreatedCode);
  for (const reference::InputEvent& e : input.events) add(e.lead_id, e.at_ms, e.code);
  model::SignalLog signals;
  for (const reference::InputSignal& s : input.signals) {
    add(s.lead_id, s.at_ms, model::kActivityCode);
    signals.add(table.find(s.lead_id), static_cast<std::uint8_t>(s.component), s.at_ms, s.value);
  }
  auto engine = std::make_unique<engine::Engine>(
      input.policy,
      engine::EngineOptions{.threads = setup.threads, .share_from = setup.share_from});
  engine->load(std::move(table), std::move(scatter), std::move(signals));
  return engine;
}

}  // namespace pursuit::property
