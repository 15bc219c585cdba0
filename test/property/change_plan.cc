#include "property/change_plan.h"

#include <algorithm>
#include <ostream>
#include <set>

#include "base/assert.h"
#include "property/random_network.h"

namespace pursuit::property {
namespace {

using reference::InputLead;

OwnedChange lead_change(const InputLead& lead) {
  OwnedChange c;
  c.kind = model::ChangeKind::kLead;
  c.lead_id = lead.id;
  c.at_ms = lead.created_ms;
  c.dims = lead.dims;
  return c;
}

/// Leads into the base as they are, into the base with other particulars, or only into changes.
/// One in `late` of each kind comes late.
std::set<std::string> deal_leads(ChangePlan& plan, int late) {
  std::set<std::string> in_base;
  for (const InputLead& lead : plan.whole.leads) {
    const int fate = *any_int(0, late);
    if (fate == 0 || fate == 1) plan.changes.push_back(lead_change(lead));
    if (fate == 0) continue;
    in_base.insert(lead.id);
    plan.base.leads.push_back(lead);
    if (fate == 1) {
      plan.base.leads.back().dims = *any_dimensions();
      plan.base.leads.back().created_ms += *rc::gen::element(-1, 0, 1) * base::kMillisPerDay;
    }
  }
  return in_base;
}

void deal_events(ChangePlan& plan, const std::set<std::string>& in_base, int late) {
  for (const reference::InputEvent& e : plan.whole.events) {
    if (in_base.contains(e.lead_id) && *any_int(0, late) > 0) {
      plan.base.events.push_back(e);
      continue;
    }
    OwnedChange c;
    c.kind =
        e.code == model::kActivityCode ? model::ChangeKind::kActivity : model::ChangeKind::kEvent;
    c.lead_id = e.lead_id;
    c.code = e.code;
    c.at_ms = e.at_ms;
    plan.changes.push_back(c);
  }
  for (const reference::InputSignal& s : plan.whole.signals) {
    if (in_base.contains(s.lead_id) && *any_int(0, late) > 0) {
      plan.base.signals.push_back(s);
      continue;
    }
    OwnedChange c;
    c.kind = model::ChangeKind::kSignal;
    c.lead_id = s.lead_id;
    c.component = static_cast<std::uint8_t>(s.component);
    c.at_ms = s.at_ms;
    c.value = s.value;
    plan.changes.push_back(c);
  }
}

}  // namespace

model::Change OwnedChange::view() const {
  model::Change c;
  c.kind = kind;
  c.code = code;
  c.component = component;
  c.lead_id = lead_id;
  c.at_ms = at_ms;
  c.value = value;
  for (std::size_t d = 0; d < dims.size(); ++d) c.dimensions[d] = dims[d];
  return c;
}

std::vector<OwnedChange> reordered(const std::vector<OwnedChange>& changes, std::uint64_t seed) {
  std::map<std::string, OwnedChange> waiting;  // leads' own changes that have not come up yet
  for (const OwnedChange& c : changes)
    if (c.kind == model::ChangeKind::kLead) waiting[c.lead_id] = c;
  std::vector<OwnedChange> out;
  for (OwnedChange& c : shuffled(changes, seed)) {
    if (const auto own = waiting.find(c.lead_id); own != waiting.end()) {
      out.push_back(own->second);
      waiting.erase(own);
    }
    if (c.kind != model::ChangeKind::kLead) out.push_back(std::move(c));
  }
  return out;
}

rc::Gen<ChangePlan> any_change_plan() {
  return rc::gen::exec([] {
    ChangePlan plan;
    plan.whole = *any_network();
    plan.base.policy = plan.whole.policy;
    plan.base.as_of_ms = plan.whole.as_of_ms;
    // A few changes show what many would cover up.
    const int late = *rc::gen::element(3, 30, 100);
    deal_events(plan, deal_leads(plan, late), late);
    plan.seed = *rc::gen::arbitrary<std::uint64_t>();
    plan.changes = reordered(plan.changes, plan.seed);
    return plan;
  });
}

void apply_in_batches(engine::Engine& engine, const ChangePlan& plan, std::size_t begin,
                      std::size_t end, std::uint64_t seed) {
  while (begin < end) {
    seed = seed * 6'364'136'223'846'793'005u + 1'442'695'040'888'963'407u;
    const std::size_t most = (seed >> 40) % 4 == 0 ? 60 : 5;
    const std::size_t batch_end = std::min(end, begin + 1 + (seed >> 33) % most);
    std::vector<model::Change> batch;
    for (std::size_t i = begin; i < batch_end; ++i) batch.push_back(plan.changes[i].view());
    const engine::ApplyReport report = engine.apply(batch);
    RC_ASSERT(report.unknown_lead.empty());
    RC_ASSERT(report.applied + report.repeated == batch.size());
    begin = batch_end;
  }
}

void showValue(const ChangePlan& plan, std::ostream& out) {
  out << "base:\n";
  reference::showValue(plan.base, out);
  out << "changes:\n";
  for (const OwnedChange& c : plan.changes) {
    out << int(c.kind) << "," << c.lead_id << "," << int{c.code} << ","
        << base::format_instant(c.at_ms) << "," << c.value;
    if (c.kind == model::ChangeKind::kLead)
      for (const std::string& value : c.dims) out << "," << value;
    out << "\n";
  }
  out << "seed " << plan.seed << "\n";
}

}  // namespace pursuit::property
