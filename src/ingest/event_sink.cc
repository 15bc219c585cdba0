#include "ingest/event_sink.h"

#include <optional>

#include "ingest/number.h"
#include "model/policy.h"

namespace pursuit::ingest {
namespace {

RejectReason why_no_lead(std::string_view id) {
  return id.empty() ? RejectReason::kEmptyId : RejectReason::kUnknownLead;
}

// The component of the score that a kind of signal sets, if any.
std::optional<std::uint8_t> component_of(std::string_view kind) {
  for (auto c = static_cast<std::size_t>(model::Component::kEngagement); c < model::kComponents;
       ++c) {
    if (kind == model::kComponentNames[c]) return static_cast<std::uint8_t>(c);
  }
  return std::nullopt;
}

}  // namespace

void EventSink::take(const RecordBatch& batch, PartRejects& rejects) {
  const FileLayout& layout = batch.layout();
  const bool outcomes = layout.kind == FileKind::kOutcomes;
  const Field code_field = outcomes ? Field::kOutcome : Field::kStage;
  const auto ids = batch.texts(layout.slot_of(Field::kLeadId));
  const auto names = batch.texts(layout.slot_of(code_field));
  leads_.find_batch(ids, lead_);
  instants_.read(batch, layout.slot_of(Field::kAt), at_ms_);
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    const auto refuse = [&](Field field, RejectReason reason) {
      rejects.add(batch.line_in_part(row), field, reason, batch.raw(row));
    };
    model::StageCode code = lookup_.find(names[row]);
    const bool unmapped = code == model::kCreatedCode;
    if (unmapped) [[unlikely]] {
      if (mapping_.others == Others::kIgnore) {
        ++ignored_;
        continue;
      }
      code = model::kActivityCode;
    }
    if (lead_[row] == base::kNoLead) [[unlikely]] {
      refuse(Field::kLeadId, why_no_lead(ids[row]));
    } else if (unmapped && mapping_.others == Others::kReject) [[unlikely]] {
      refuse(code_field, outcomes ? RejectReason::kUnknownOutcome : RejectReason::kUnknownStage);
    } else if (at_ms_[row] == base::kNoInstant) [[unlikely]] {
      refuse(Field::kAt, RejectReason::kBadInstant);
    } else {
      writer_.add(lead_[row], model::Event::make(at_ms_[row], code));
    }
  }
}

void SignalSink::take(const RecordBatch& batch, PartRejects& rejects) {
  const FileLayout& layout = batch.layout();
  const auto ids = batch.texts(layout.slot_of(Field::kLeadId));
  const auto kinds = batch.texts(layout.slot_of(Field::kKind));
  const auto texts = batch.texts(layout.slot_of(Field::kValue));
  leads_.find_batch(ids, lead_);
  instants_.read(batch, layout.slot_of(Field::kAt), at_ms_);
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    const auto refuse = [&](Field field, RejectReason reason) {
      rejects.add(batch.line_in_part(row), field, reason, batch.raw(row));
    };
    const auto component = component_of(kinds[row]);
    const bool has_value = component.has_value() && !texts[row].empty();
    const auto value = has_value ? number_of(texts[row]) : std::optional<double>(0);
    if (lead_[row] == base::kNoLead) {
      refuse(Field::kLeadId, why_no_lead(ids[row]));
    } else if (kinds[row].empty()) {
      refuse(Field::kKind, RejectReason::kEmptyField);
    } else if (at_ms_[row] == base::kNoInstant) {
      refuse(Field::kAt, RejectReason::kBadInstant);
    } else if (!value || *value < 0 || *value > 1) {
      refuse(Field::kValue, RejectReason::kBadNumber);
    } else {
      writer_.add(lead_[row], model::Event::make(at_ms_[row], model::kActivityCode));
      if (has_value) values_.push_back({lead_[row], *component, at_ms_[row], *value});
    }
  }
}

}  // namespace pursuit::ingest
