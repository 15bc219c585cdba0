#include "sample/rows.h"

namespace pursuit::sample {

namespace {

constexpr unsigned kContactPurpose = 3;

}  // namespace

std::vector<ColumnSpec> lead_columns(bool details) {
  using enum CellType;
  std::vector<ColumnSpec> columns = {
      {"lead_id", kText},   {"created_at", kInstant}, {"channel", kText}, {"campaign", kText},
      {"region", kText},    {"dealer_group", kText},  {"dealer", kText},  {"product", kText},
      {"nameplate", kText}, {"owner", kText},         {"value", kNumber}};
  if (details)
    columns.insert(columns.end(),
                   {{"name", kText}, {"phone", kText}, {"email", kText}, {"consent", kText}});
  return columns;
}

std::vector<ColumnSpec> event_columns(bool details) {
  using enum CellType;
  std::vector<ColumnSpec> columns = {{"lead_id", kText}, {"stage", kText}, {"at", kInstant}};
  if (details) columns.insert(columns.end(), {{"actor", kText}, {"source_key", kText}});
  return columns;
}

std::vector<ColumnSpec> outcome_columns() {
  using enum CellType;
  return {{"lead_id", kText}, {"outcome", kText},   {"at", kInstant},
          {"reason", kText},  {"revenue", kNumber}, {"transaction_id", kText}};
}

std::vector<ColumnSpec> signal_columns() {
  using enum CellType;
  return {
      {"lead_id", kText}, {"kind", kText}, {"at", kInstant}, {"value", kNumber}, {"text", kText}};
}

Contact draw_contact(const Network& network, std::uint32_t number) {
  Random random = network.stream(number, kContactPurpose);
  const std::string_view first = kFirstNames[random.below(kFirstNames.size())];
  const std::string_view last = kLastNames[random.below(kLastNames.size())];
  Contact contact;
  contact.name = std::string(first) + " " + std::string(last);
  contact.phone = ShortText("+000", random.below(1'000'000'000), 9).view();
  contact.email =
      std::string(first) + "." + std::string(ShortText("", number, 1).view()) + "@example.com";
  contact.consent = random.chance(0.8) ? "yes" : "no";
  return contact;
}

}  // namespace pursuit::sample
