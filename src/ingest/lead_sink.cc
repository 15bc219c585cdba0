#include "ingest/lead_sink.h"

#include <algorithm>

#include "base/limits.h"

namespace pursuit::ingest {

void LeadColumns::reserve_for(std::size_t bytes) {
  // A row has hardly ever fewer bytes than this, nor an id more than a fourth of them. Where that
  // is wrong, columns grow.
  constexpr std::size_t kRowBytes = 24;
  const std::size_t rows = bytes / kRowBytes;
  const auto make_room = [](auto& column, std::size_t more) {
    const std::size_t size = column.size() + more;
    if (column.capacity() < size) column.reserve(std::max(size, 2 * column.capacity()));
  };
  make_room(id_chars, bytes / 4);
  make_room(id_length, rows);
  make_room(profile, rows);
  make_room(owner, rows);
  make_room(created_ms, rows);
  make_room(line_in_part, rows);
}

void LeadSink::begin(LeadPart& part, std::vector<std::size_t> attribute_slots) {
  part_ = &part;
  part.worker = worker_;
  part.begin = part.end = columns_.owner.size();
  part.id_begin = part.id_end = columns_.id_chars.size();
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
  const auto ids = batch.texts(id_slot_);
  for (const std::uint16_t row : rows) {
    columns_.id_chars.insert(columns_.id_chars.end(), ids[row].begin(), ids[row].end());
    columns_.id_length.push_back(static_cast<std::uint16_t>(ids[row].size()));
    columns_.created_ms.push_back(created_ms_[row]);
    columns_.line_in_part.push_back(static_cast<std::uint32_t>(batch.line_in_part(row)));
  }
  take_names(batch, rows);
  part_->end = columns_.owner.size();
  part_->id_end = columns_.id_chars.size();
  for (std::size_t i = 0; i < attribute_slots_.size(); ++i) {
    const auto texts = batch.texts(attribute_slots_[i]);
    for (const std::uint16_t row : rows) part_->attributes.texts[i].add(texts[row]);
  }
}

void LeadSink::take_names(const RecordBatch& batch, std::span<const std::uint16_t> rows) {
  std::array<std::span<const std::string_view>, model::kDimensions> texts;
  for (std::size_t d = 0; d < model::kDimensions; ++d) texts[d] = batch.texts(dimension_slots_[d]);
  std::array<model::LeadNames::ProfileTexts, RecordBatch::kRows> profiles;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t d = 0; d < model::kRuleDimensions; ++d) profiles[i][d] = texts[d][rows[i]];
  }
  const std::size_t first = columns_.profile.size();
  columns_.profile.resize(first + rows.size());
  columns_.names.profiles({profiles.data(), rows.size()},
                          std::span(columns_.profile).subspan(first));
  const auto owners = texts[index_of(model::Dimension::kOwner)];
  for (const std::uint16_t row : rows) {
    columns_.owner.push_back(columns_.names.owner(owners[row]));
  }
}

}  // namespace pursuit::ingest
