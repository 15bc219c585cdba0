#include "store/lead_row.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "model/dimension.h"

namespace pursuit::store {

namespace {

using model::Dimension;

/// Calls `fn(text, dimension)` for what a row says of each.
template <class Fn>
void for_each_dimension(const model::LeadRow& row, Fn&& fn) {
  fn(row.region, Dimension::kRegion);
  fn(row.dealer_group, Dimension::kDealerGroup);
  fn(row.dealer, Dimension::kDealer);
  fn(row.channel, Dimension::kChannel);
  fn(row.product, Dimension::kProduct);
  fn(row.nameplate, Dimension::kNameplate);
  fn(row.owner, Dimension::kOwner);
}

template <class T>
bool set(const std::optional<T>& value, T& field) {
  if (!value || *value == field) return false;
  field = *value;
  return true;
}

bool set_attribute(LeadRecord& lead, const std::string& name, const std::string& text) {
  auto& all = lead.attributes;
  const auto at = std::ranges::lower_bound(all, name, {}, [](const auto& a) { return a.first; });
  const bool there = at != all.end() && at->first == name;
  if (there && at->second == text) return false;
  if (text.empty()) {
    if (there) all.erase(at);
    return there;
  }
  if (there) {
    at->second = text;
  } else {
    all.emplace(at, name, text);
  }
  return true;
}

}  // namespace

LeadRecord lead_of(std::span<const Cell> cells) {
  LeadRecord lead;
  lead.number = static_cast<std::uint32_t>(int_of(cells[0]));
  lead.lead_id = text_of(cells[1]);
  lead.state.created_at_ms = int_of(cells[2]);
  for (std::size_t d = 0; d < model::kDimensions; ++d) {
    lead.state.dimensions[d] = text_of(cells[3 + d]);
  }
  lead.campaign = text_of(cells[10]);
  if (const auto* value = std::get_if<double>(&cells[11])) lead.value = *value;
  lead.name = text_of(cells[12]);
  lead.phone = text_of(cells[13]);
  lead.email = text_of(cells[14]);
  lead.consent = text_of(cells[15]);
  if (const std::string_view text = text_of(cells[16]); !text.empty()) {
    const nlohmann::json attributes = nlohmann::json::parse(text);
    for (const auto& [name, value] : attributes.items()) {
      lead.attributes.emplace_back(name, value.get<std::string>());
    }
  }
  return lead;
}

std::string attributes_text(const LeadRecord& lead) {
  if (lead.attributes.empty()) return {};
  nlohmann::json attributes = nlohmann::json::object();
  for (const auto& [name, text] : lead.attributes) attributes[name] = text;
  return attributes.dump();
}

std::string named_fields(const model::LeadRow& row, const LeadRecord& lead) {
  nlohmann::json fields = nlohmann::json::object();
  const auto& dimensions = lead.state.dimensions;
  const auto text = [&](const char* name, const std::optional<std::string>& named,
                        const std::string& now) {
    if (named) fields[name] = now;
  };
  if (row.created_at_ms) fields["created_at"] = lead.state.created_at_ms;
  for_each_dimension(row, [&](const std::optional<std::string>& named, Dimension d) {
    if (named) fields[std::string(model::kDimensionNames[index_of(d)])] = dimensions[index_of(d)];
  });
  text("campaign", row.campaign, lead.campaign);
  if (row.value) fields["value"] = lead.value ? nlohmann::json(*lead.value) : nlohmann::json();
  text("name", row.name, lead.name);
  text("phone", row.phone, lead.phone);
  text("email", row.email, lead.email);
  text("consent", row.consent, lead.consent);
  for (const auto& [name, unused] : row.attributes) {
    const auto at = std::ranges::find(lead.attributes, name, [](const auto& a) { return a.first; });
    fields["attributes." + name] = at == lead.attributes.end() ? std::string() : at->second;
  }
  return fields.dump();
}

model::LeadRow without_person(const model::LeadRow& row) {
  model::LeadRow kept = row;
  kept.name.reset();
  kept.phone.reset();
  kept.email.reset();
  kept.attributes.clear();
  return kept;
}

Touched apply_row(const model::LeadRow& row, LeadRecord& lead) {
  Touched touched;
  auto& dimensions = lead.state.dimensions;
  touched.lead |= set(row.created_at_ms, lead.state.created_at_ms);
  for_each_dimension(row, [&](const std::optional<std::string>& value, Dimension d) {
    touched.lead |= set(value, dimensions[model::index_of(d)]);
  });
  touched.lead |= set(row.campaign, lead.campaign);
  if (row.value && row.value != lead.value) {
    lead.value = row.value;
    touched.lead = true;
  }
  touched.contact |= set(row.name, lead.name);
  touched.contact |= set(row.phone, lead.phone);
  touched.contact |= set(row.email, lead.email);
  touched.contact |= set(row.consent, lead.consent);
  for (const auto& [name, text] : row.attributes) {
    touched.contact |= set_attribute(lead, name, text);
  }
  return touched;
}

}  // namespace pursuit::store
