// export/hand_made_rows.h: a RowSource of figures made by hand, for tests and the bench. One
// writer; reads from any thread while nobody writes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "export/row_source.h"

namespace pursuit::exporting::test {

class HandMadeRows final : public RowSource {
 public:
  [[nodiscard]] const model::Policy& policy() const override { return policy_; }
  [[nodiscard]] const model::LeadTable& leads() const override { return leads_; }
  [[nodiscard]] const engine::Tables& tables() const override { return tables_; }
  [[nodiscard]] std::vector<engine::AlertRow> alerts() const override { return alerts_; }
  [[nodiscard]] engine::LeadFigures figures(base::LeadId lead) const override {
    return figures_[lead.v];
  }
  void visits(base::LeadId lead, std::vector<engine::VisitFigures>& out) const override {
    const auto begin = visits_.begin();
    out.assign(begin + visit_begin_[lead.v], begin + visit_begin_[lead.v + 1]);
  }
  void prefetch(base::LeadId) const override {}
  void prefetch_history(base::LeadId) const override {}

  /// Adds a lead with its dimensions by name (by Dimension, owner last), its figures (`lead` is set
  /// here) and its visits.
  base::LeadId add(std::string_view id,
                   const std::array<std::string_view, model::kDimensions>& dimensions,
                   engine::LeadFigures figures, std::span<const engine::VisitFigures> visits) {
    model::ProfileCodes codes{};
    for (std::size_t d = 0; d < model::kRuleDimensions; ++d)
      codes[d] = leads_.intern(static_cast<model::Dimension>(d), dimensions[d]);
    const std::uint32_t owner =
        leads_.intern(model::Dimension::kOwner, dimensions[model::kRuleDimensions]);
    const base::LeadId lead = leads_.add(id, leads_.intern_profile(codes), owner);
    figures.lead = lead;
    figures_.push_back(figures);
    visits_.insert(visits_.end(), visits.begin(), visits.end());
    visit_begin_.push_back(static_cast<std::ptrdiff_t>(visits_.size()));
    return lead;
  }

  [[nodiscard]] model::Policy& mutable_policy() { return policy_; }
  [[nodiscard]] model::LeadTable& mutable_leads() { return leads_; }
  [[nodiscard]] engine::Tables& mutable_tables() { return tables_; }
  [[nodiscard]] std::vector<engine::AlertRow>& mutable_alerts() { return alerts_; }

 private:
  model::Policy policy_;
  model::LeadTable leads_;
  engine::Tables tables_;
  std::vector<engine::AlertRow> alerts_;
  std::vector<engine::LeadFigures> figures_;
  std::vector<engine::VisitFigures> visits_;
  std::vector<std::ptrdiff_t> visit_begin_ = {0};
};

}  // namespace pursuit::exporting::test
