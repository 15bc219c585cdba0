#include "ingest/lead_sink.h"

#include "base/limits.h"

namespace pursuit::ingest {

void LeadSink::begin(LeadPart& part, std::vector<std::size_t> attribute_slots) {
  part_ = &part;
  attribute_slots_ = std::move(attribute_slots);
  const FileLayout& layout = *part.layout;
  id_slot_ = layout.slot_of(Field::kLeadId);
  created_slot_ = layout.slot_of(Field::kCreatedAt);
  for (std::size_t d = 0; d < model::kDimensions; ++d) {
    dimension_slots_[d] = layout.slot_of(kDimensionFields[d]);
  }
}

bool LeadSink::accepts(const RecordBatch& batch, std::size_t row, PartRejects& rejects) const {
  const auto refuse = [&](Field field, RejectReason reason) {
    rejects.add(batch.line_in_part(row), field, reason, batch.raw(row));
    return false;
  };
  const std::size_t id_size = batch.texts(id_slot_)[row].size();
  if (id_size == 0) return refuse(Field::kLeadId, RejectReason::kEmptyId);
  if (id_size > base::kMaxIdBytes) return refuse(Field::kLeadId, RejectReason::kIdTooLong);
  if (created_ms_[row] == base::kNoInstant) {
    return refuse(Field::kCreatedAt, RejectReason::kBadInstant);
  }
  for (std::size_t d = 0; d < model::kDimensions; ++d) {
    if (batch.texts(dimension_slots_[d])[row].size() > base::kMaxDimensionBytes) {
      return refuse(kDimensionFields[d], RejectReason::kFieldTooLong);
    }
  }
  return true;
}

void LeadSink::take(const RecordBatch& batch, PartRejects& rejects) {
  instants_.read(batch, created_slot_, created_ms_);
  std::array<std::uint16_t, RecordBatch::kRows> accepted;
  std::size_t count = 0;
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    accepted[count] = static_cast<std::uint16_t>(row);
    if (accepts(batch, row, rejects)) ++count;
  }
  const std::span<const std::uint16_t> rows(accepted.data(), count);
  model::LeadTable::Block& block = part_->block;
  const auto ids = batch.texts(id_slot_);
  for (const std::uint16_t row : rows) {
    block.id_chars.insert(block.id_chars.end(), ids[row].begin(), ids[row].end());
    block.id_length.push_back(static_cast<std::uint32_t>(ids[row].size()));
    part_->created_ms.push_back(created_ms_[row]);
    part_->line_in_part.push_back(static_cast<std::uint32_t>(batch.line_in_part(row)));
  }
  for (std::size_t d = 0; d < model::kDimensions; ++d) {
    const auto texts = batch.texts(dimension_slots_[d]);
    model::Dictionary& dictionary = block.dictionaries[d];
    for (const std::uint16_t row : rows) block.codes[d].push_back(dictionary.intern(texts[row]));
  }
  for (std::size_t i = 0; i < attribute_slots_.size(); ++i) {
    const auto texts = batch.texts(attribute_slots_[i]);
    for (const std::uint16_t row : rows) part_->attributes.texts[i].add(texts[row]);
  }
}

}  // namespace pursuit::ingest
