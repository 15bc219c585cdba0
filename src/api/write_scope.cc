#include "api/write_scope.h"

#include <utility>
#include <variant>

namespace pursuit::api {
namespace {

using model::Dimension;

std::string lead_of(const model::Row& row) {
  return std::visit(
      [](const auto& one) -> std::string {
        if constexpr (requires { one.lead_id; }) {
          return one.lead_id;
        } else {
          return {};
        }
      },
      row);
}

}  // namespace

bool WriteScope::sees(const Dimensions& of) const {
  return model::sees(scope_, of[index_of(Dimension::kRegion)],
                     of[index_of(Dimension::kDealerGroup)], of[index_of(Dimension::kDealer)],
                     of[index_of(Dimension::kOwner)]);
}

base::Result<std::optional<WriteScope::Dimensions>> WriteScope::dimensions_of(
    const std::string& lead_id) {
  if (const auto found = written_.find(lead_id); found != written_.end()) return found->second;
  // The store, not the engine: that sees a lead a moment after it was written.
  const auto record = service_.store().lead(lead_id);
  if (record) return record->state.dimensions;
  if (record.error().code == base::ErrorCode::kNotFound) return std::nullopt;
  return std::unexpected(record.error());
}

base::Result<bool> WriteScope::allows(const model::Row& row) {
  if (std::holds_alternative<model::CostRow>(row)) return scope_.is_whole();
  const std::string lead_id = lead_of(row);
  auto before = dimensions_of(lead_id);
  if (!before) return std::unexpected(before.error());
  const auto* lead = std::get_if<model::LeadRow>(&row);
  if (lead == nullptr) return *before && sees(**before);
  if (*before && !sees(**before)) return false;
  Dimensions after = before->value_or(Dimensions{});
  const std::pair<Dimension, const std::optional<std::string>*> fields[] = {
      {Dimension::kRegion, &lead->region},      {Dimension::kDealerGroup, &lead->dealer_group},
      {Dimension::kDealer, &lead->dealer},      {Dimension::kOwner, &lead->owner},
      {Dimension::kChannel, &lead->channel},    {Dimension::kProduct, &lead->product},
      {Dimension::kNameplate, &lead->nameplate}};
  for (const auto& [dimension, value] : fields) {
    if (*value) after[index_of(dimension)] = **value;
  }
  // Nobody can give away what they could then not take back.
  if (!sees(after)) return false;
  written_[lead_id] = std::move(after);
  return true;
}

}  // namespace pursuit::api
