#include "ingest/entry_sink.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/limits.h"
#include "ingest/number.h"

namespace pursuit::ingest {
namespace {

constexpr std::size_t kMaxContactBytes = 4'096;

bool is_component(std::string_view kind) {
  const auto first =
      model::kComponentNames.begin() + static_cast<std::ptrdiff_t>(model::Component::kEngagement);
  return std::find(first, model::kComponentNames.end(), kind) != model::kComponentNames.end();
}

std::optional<std::string> filled(std::string_view text) {
  if (text.empty()) return std::nullopt;
  return std::string(text);
}

}  // namespace

struct EntrySink::At {
  const EntrySink& sink;
  const RecordBatch& batch;
  PartRejects& rejects;
  std::size_t row;

  [[nodiscard]] std::string_view text(Field field) const {
    return batch.texts(sink.slots_[index_of(field)])[row];
  }
  void refuse(Field field, RejectReason reason) const {
    rejects.add(batch.line_in_part(row), field, reason, batch.raw(row));
  }
  /// False, after saying so, when the text of a field is too long.
  [[nodiscard]] bool fits(Field field, std::size_t limit) const {
    if (text(field).size() <= limit) return true;
    refuse(field, RejectReason::kFieldTooLong);
    return false;
  }
  [[nodiscard]] bool has_lead() const {
    const std::size_t size = text(Field::kLeadId).size();
    if (size == 0) refuse(Field::kLeadId, RejectReason::kEmptyId);
    if (size > base::kMaxIdBytes) refuse(Field::kLeadId, RejectReason::kIdTooLong);
    return size > 0 && size <= base::kMaxIdBytes;
  }
  [[nodiscard]] bool has_instant(Field field) const {
    if (sink.at_ms_[row] != base::kNoInstant) return true;
    refuse(field, RejectReason::kBadInstant);
    return false;
  }
  /// A number or nothing; false, after saying so, for any other text.
  [[nodiscard]] bool number(Field field, std::optional<double>& out) const {
    if (text(field).empty()) return true;
    out = number_of(text(field));
    if (!out) refuse(field, RejectReason::kBadNumber);
    return out.has_value();
  }
};

void EntrySink::take(const RecordBatch& batch, PartRejects& rejects) {
  if (layout_ != &batch.layout()) {
    layout_ = &batch.layout();
    slots_.fill(layout_->slots());
    for (const Field field : fields_of(mapping_.kind)) {
      slots_[index_of(field)] = layout_->slot_of(field);
    }
  }
  if (mapping_.kind != FileKind::kCosts) {
    const Field when = mapping_.kind == FileKind::kLeads ? Field::kCreatedAt : Field::kAt;
    instants_.read(batch, slots_[index_of(when)], at_ms_);
  }
  constexpr std::array kTakers = {&EntrySink::take_lead, &EntrySink::take_event,
                                  &EntrySink::take_outcome, &EntrySink::take_signal,
                                  &EntrySink::take_cost};
  const auto taker = kTakers[index_of(mapping_.kind)];
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    (this->*taker)({.sink = *this, .batch = batch, .rejects = rejects, .row = row});
  }
}

void EntrySink::keep(const At& at, model::Row row) {
  EntryRow& kept = rows_.emplace_back();
  kept.line_in_part = at.batch.line_in_part(at.row);
  kept.row = std::move(row);
  if (mapping_.kind == FileKind::kEvents) kept.source_key = at.text(Field::kSourceKey);
  kept.text = at.batch.raw(at.row);
}

void EntrySink::take_lead(const At& at) {
  if (!at.has_lead()) return;
  model::LeadRow lead;
  lead.lead_id = at.text(Field::kLeadId);
  // Without one it is a row of a lead that is known; one that cannot be read is a mistake.
  if (!at.batch.instants(slots_[index_of(Field::kCreatedAt)]).empty() ||
      !at.text(Field::kCreatedAt).empty()) {
    if (!at.has_instant(Field::kCreatedAt)) return;
    lead.created_at_ms = at_ms_[at.row];
  }
  using Text = std::optional<std::string> model::LeadRow::*;
  static constexpr std::array<std::pair<Field, Text>, 12> kTexts = {{
      {Field::kChannel, &model::LeadRow::channel},
      {Field::kCampaign, &model::LeadRow::campaign},
      {Field::kRegion, &model::LeadRow::region},
      {Field::kDealerGroup, &model::LeadRow::dealer_group},
      {Field::kDealer, &model::LeadRow::dealer},
      {Field::kProduct, &model::LeadRow::product},
      {Field::kNameplate, &model::LeadRow::nameplate},
      {Field::kOwner, &model::LeadRow::owner},
      {Field::kName, &model::LeadRow::name},
      {Field::kPhone, &model::LeadRow::phone},
      {Field::kEmail, &model::LeadRow::email},
      {Field::kConsent, &model::LeadRow::consent},
  }};
  for (const auto& [field, member] : kTexts) {
    const bool contact = field >= Field::kName && field <= Field::kConsent;
    if (!at.fits(field, contact ? kMaxContactBytes : base::kMaxDimensionBytes)) return;
    lead.*member = filled(at.text(field));
  }
  if (!at.number(Field::kValue, lead.value)) return;
  for (std::size_t i = 0; i < layout_->extra_names.size(); ++i) {
    const std::string_view text = at.batch.texts(layout_->fields.size() + i)[at.row];
    if (!text.empty()) lead.attributes.emplace_back(layout_->extra_names[i], text);
  }
  keep(at, std::move(lead));
}

void EntrySink::take_event(const At& at) {
  if (!at.has_lead() || !at.fits(Field::kActor, base::kMaxDimensionBytes)) return;
  const std::string_view name = at.text(Field::kStage);
  const auto code = mapping_.codes.find(name);
  const bool known = code != mapping_.codes.end();
  if (!known && mapping_.others == Others::kIgnore) {
    ++ignored_;
    return;
  }
  if (!known && (mapping_.others == Others::kReject || name.empty())) {
    return at.refuse(Field::kStage, RejectReason::kUnknownStage);
  }
  if (!at.fits(Field::kStage, base::kMaxDimensionBytes) || !at.has_instant(Field::kAt)) return;
  if (!known) {
    // With a prefix, so that no stage of theirs is taken for a component of the score.
    return keep(at, model::SignalRow{.lead_id = std::string(at.text(Field::kLeadId)),
                                     .kind = "stage: " + std::string(name),
                                     .at_ms = at_ms_[at.row],
                                     .value = {},
                                     .text = {}});
  }
  keep(at, model::EventRow{.lead_id = std::string(at.text(Field::kLeadId)),
                           .stage = funnel_.name_of(code->second),
                           .at_ms = at_ms_[at.row],
                           .actor = std::string(at.text(Field::kActor))});
}

void EntrySink::take_outcome(const At& at) {
  if (!at.has_lead()) return;
  const auto code = mapping_.codes.find(at.text(Field::kOutcome));
  if (code == mapping_.codes.end()) {
    if (mapping_.others == Others::kIgnore) {
      ++ignored_;
      return;
    }
    return at.refuse(Field::kOutcome, RejectReason::kUnknownOutcome);
  }
  model::OutcomeRow row{.lead_id = std::string(at.text(Field::kLeadId)),
                        .won = code->second == funnel_.won_code(),
                        .at_ms = at_ms_[at.row],
                        .reason = std::string(at.text(Field::kReason)),
                        .revenue = {},
                        .transaction_id = std::string(at.text(Field::kTransactionId))};
  if (!at.has_instant(Field::kAt) || !at.number(Field::kRevenue, row.revenue) ||
      !at.fits(Field::kTransactionId, kMaxContactBytes)) {
    return;
  }
  keep(at, std::move(row));
}

void EntrySink::take_signal(const At& at) {
  if (!at.has_lead()) return;
  const std::string_view kind = at.text(Field::kKind);
  if (kind.empty()) return at.refuse(Field::kKind, RejectReason::kEmptyField);
  if (!at.fits(Field::kKind, base::kMaxDimensionBytes) || !at.has_instant(Field::kAt)) return;
  std::optional<double> value;
  if (!at.number(Field::kValue, value)) return;
  if (value && is_component(kind) && (*value < 0 || *value > 1)) {
    return at.refuse(Field::kValue, RejectReason::kBadNumber);
  }
  keep(at, model::SignalRow{.lead_id = std::string(at.text(Field::kLeadId)),
                            .kind = std::string(kind),
                            .at_ms = at_ms_[at.row],
                            .value = value,
                            .text = std::string(at.text(Field::kText))});
}

void EntrySink::take_cost(const At& at) {
  const auto from = base::parse_date(at.text(Field::kFrom));
  const auto to = base::parse_date(at.text(Field::kTo));
  const auto amount = number_of(at.text(Field::kAmount));
  if (at.text(Field::kChannel).empty()) {
    return at.refuse(Field::kChannel, RejectReason::kEmptyField);
  }
  for (const Field field : {Field::kChannel, Field::kCampaign, Field::kCurrency}) {
    if (!at.fits(field, base::kMaxDimensionBytes)) return;
  }
  if (!from) return at.refuse(Field::kFrom, RejectReason::kBadDate);
  if (!to || *to < *from) return at.refuse(Field::kTo, RejectReason::kBadDate);
  if (!amount || *amount < 0) return at.refuse(Field::kAmount, RejectReason::kBadNumber);
  keep(at, model::CostRow{.channel = std::string(at.text(Field::kChannel)),
                          .campaign = std::string(at.text(Field::kCampaign)),
                          .from_day = static_cast<std::int32_t>(*from),
                          .to_day = static_cast<std::int32_t>(*to),
                          .amount = *amount,
                          .currency = std::string(at.text(Field::kCurrency))});
}

}  // namespace pursuit::ingest
