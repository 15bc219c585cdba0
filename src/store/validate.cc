#include "store/validate.h"

#include <cmath>
#include <optional>
#include <string_view>

#include <simdjson.h>

#include "base/limits.h"
#include "base/time.h"

namespace pursuit::store {

namespace {

constexpr std::size_t kMaxContactBytes = 4'096;  // a name, phone number, address or consent
constexpr std::size_t kMaxKeyBytes = 1'024;      // a source or its key

/// Takes the first complaint; later ones are of no use.
class Complaints {
 public:
  void text(std::string_view name, std::string_view text, std::size_t limit) {
    if (!first_.empty()) return;
    if (text.size() > limit) {
      first_ = std::string(name) + " is over " + std::to_string(limit) + " bytes";
    } else if (text.find('\0') != std::string_view::npos) {
      first_ = std::string(name) + " has a NUL byte";
    } else if (!simdjson::validate_utf8(text.data(), text.size())) {
      first_ = std::string(name) + " is not UTF-8";
    }
  }
  void text(std::string_view name, const std::optional<std::string>& value, std::size_t limit) {
    if (value) text(name, std::string_view(*value), limit);
  }
  void needed(std::string_view name, std::string_view value, std::size_t limit) {
    if (first_.empty() && value.empty()) first_ = "no " + std::string(name);
    text(name, value, limit);
  }
  void instant(std::string_view name, base::Millis at_ms) {
    if (at_ms >= base::kMinInstantMs && at_ms < base::kMaxInstantMs) return;
    add(std::string(name) + " is not between 1900 and 2300");
  }
  void number(std::string_view name, const std::optional<double>& value) {
    if (value && !std::isfinite(*value)) add(std::string(name) + " is not a number");
  }
  void add(std::string complaint) {
    if (first_.empty()) first_ = std::move(complaint);
  }
  [[nodiscard]] std::string take() { return std::move(first_); }

 private:
  std::string first_;
};

void look_at(Complaints& out, const model::LeadRow& row) {
  out.needed("lead_id", row.lead_id, base::kMaxIdBytes);
  if (row.created_at_ms) out.instant("created_at", *row.created_at_ms);
  out.text("channel", row.channel, base::kMaxDimensionBytes);
  out.text("campaign", row.campaign, base::kMaxDimensionBytes);
  out.text("region", row.region, base::kMaxDimensionBytes);
  out.text("dealer_group", row.dealer_group, base::kMaxDimensionBytes);
  out.text("dealer", row.dealer, base::kMaxDimensionBytes);
  out.text("product", row.product, base::kMaxDimensionBytes);
  out.text("nameplate", row.nameplate, base::kMaxDimensionBytes);
  out.text("owner", row.owner, base::kMaxDimensionBytes);
  out.text("name", row.name, kMaxContactBytes);
  out.text("phone", row.phone, kMaxContactBytes);
  out.text("email", row.email, kMaxContactBytes);
  out.text("consent", row.consent, kMaxContactBytes);
  out.number("value", row.value);
  if (row.attributes.size() > base::kMaxColumns) out.add("too many attributes");
  for (const auto& [name, text] : row.attributes) {
    out.needed("name of an attribute", name, base::kMaxDimensionBytes);
    out.text(name, std::string_view(text), base::kMaxFieldBytes);
  }
}

void look_at(Complaints& out, const model::EventRow& row) {
  out.needed("lead_id", row.lead_id, base::kMaxIdBytes);
  out.needed("stage", row.stage, base::kMaxDimensionBytes);
  out.instant("at", row.at_ms);
  out.text("actor", std::string_view(row.actor), base::kMaxDimensionBytes);
}

void look_at(Complaints& out, const model::OutcomeRow& row) {
  out.needed("lead_id", row.lead_id, base::kMaxIdBytes);
  out.instant("at", row.at_ms);
  out.text("reason", std::string_view(row.reason), base::kMaxFieldBytes);
  out.number("revenue", row.revenue);
  out.text("transaction_id", std::string_view(row.transaction_id), kMaxContactBytes);
}

void look_at(Complaints& out, const model::SignalRow& row) {
  out.needed("lead_id", row.lead_id, base::kMaxIdBytes);
  out.needed("kind", row.kind, base::kMaxDimensionBytes);
  out.instant("at", row.at_ms);
  out.number("value", row.value);
  out.text("text", std::string_view(row.text), base::kMaxFieldBytes);
}

void look_at(Complaints& out, const model::CostRow& row) {
  out.needed("channel", row.channel, base::kMaxDimensionBytes);
  out.text("campaign", std::string_view(row.campaign), base::kMaxDimensionBytes);
  out.text("currency", std::string_view(row.currency), base::kMaxDimensionBytes);
  out.number("amount", row.amount);
  if (row.to_day < row.from_day) out.add("it ends before it begins");
}

void look_at(Complaints& out, const model::NoteRow& row) {
  out.needed("lead_id", row.lead_id, base::kMaxIdBytes);
  out.needed("kind", row.kind, base::kMaxDimensionBytes);
  out.instant("at", row.at_ms);
  out.text("text", std::string_view(row.text), base::kMaxFieldBytes);
  out.text("actor", std::string_view(row.actor), base::kMaxDimensionBytes);
}

void look_at(Complaints& out, const model::ActionRow& row) {
  out.needed("lead_id", row.lead_id, base::kMaxIdBytes);
  out.instant("at", row.at_ms);
  out.needed("author", row.author, base::kMaxDimensionBytes);
  out.text("text", std::string_view(row.text), base::kMaxFieldBytes);
  out.text("value", std::string_view(row.value), base::kMaxDimensionBytes);
  if (row.kind == model::ActionKind::kReopen) {
    out.needed("stage", row.value, base::kMaxDimensionBytes);
  }
  if (row.until_ms) out.instant("until", *row.until_ms);
  if (row.until_ms.has_value() != (row.kind == model::ActionKind::kSnooze)) {
    out.add("until is for a snooze, and a snooze needs one");
  }
}

void look_at(Complaints& out, const model::UndoRow& row) {
  out.needed("lead_id", row.lead_id, base::kMaxIdBytes);
  out.instant("at", row.at_ms);
  out.needed("author", row.author, base::kMaxDimensionBytes);
}

}  // namespace

std::string why_invalid(const model::Entry& entry) {
  Complaints out;
  out.needed("source", entry.source, kMaxKeyBytes);
  out.needed("source_key", entry.source_key, kMaxKeyBytes);
  std::visit([&](const auto& row) { look_at(out, row); }, entry.row);
  return out.take();
}

}  // namespace pursuit::store
