// ingest/lead_sink.h: takes the records of leads files. One per reader thread, one part at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "base/huge_vector.h"
#include "base/time.h"
#include "ingest/attributes.h"
#include "ingest/instant_column.h"
#include "ingest/record.h"
#include "model/dimension.h"
#include "model/lead_names.h"

namespace pursuit::ingest {

/// What one thread has read, over all its parts.
struct LeadColumns {
  model::LeadNames names;
  base::PageVector<char> id_chars;
  base::PageVector<std::uint16_t> id_length;
  base::PageVector<std::uint32_t> profile;  // numbers of `names`
  base::PageVector<std::uint32_t> owner;
  base::PageVector<base::Millis> created_ms;
  base::PageVector<std::uint32_t> line_in_part;

  /// Makes room for what so many bytes of CSV hold, more or less. Room costs nothing until used.
  void reserve_for(std::size_t bytes);
};

/// The leads of one part, in the order of the file: rows [begin, end) of a thread's columns.
struct LeadPart {
  const FileLayout* layout = nullptr;
  std::size_t part = 0;
  unsigned worker = 0;
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t id_begin = 0;  // of the ids' characters
  std::size_t id_end = 0;
  AttributeRows attributes;

  [[nodiscard]] std::size_t rows() const { return end - begin; }
};

class LeadSink final : public RecordSink {
 public:
  LeadSink(InstantColumn instants, unsigned worker)
      : instants_(std::move(instants)), worker_(worker) {}

  /// What is taken from now on belongs to `part`. `attribute_slots` are the slots of its
  /// attributes, in the order of part.attributes.columns.
  void begin(LeadPart& part, std::vector<std::size_t> attribute_slots);
  void take(const RecordBatch& batch, PartRejects& rejects) override;
  [[nodiscard]] LeadColumns& columns() { return columns_; }

 private:
  [[nodiscard]] bool accepts(const RecordBatch& batch, std::size_t row, PartRejects& rejects) const;
  void take_names(const RecordBatch& batch, std::span<const std::uint16_t> rows);

  InstantColumn instants_;
  unsigned worker_;
  LeadColumns columns_;
  LeadPart* part_ = nullptr;
  std::vector<std::size_t> attribute_slots_;
  std::array<std::size_t, model::kDimensions> dimension_slots_{};
  std::size_t id_slot_ = 0;
  std::size_t created_slot_ = 0;
  std::array<base::Millis, RecordBatch::kRows> created_ms_{};
};

/// The field of each dimension, by Dimension.
inline constexpr std::array<Field, model::kDimensions> kDimensionFields = {
    Field::kRegion,  Field::kDealerGroup, Field::kDealer, Field::kChannel,
    Field::kProduct, Field::kNameplate,   Field::kOwner};

/// The fields of a lead that are kept as attributes.
inline constexpr std::array<Field, 6> kAttributeFields = {
    Field::kCampaign, Field::kValue, Field::kName, Field::kPhone, Field::kEmail, Field::kConsent};

}  // namespace pursuit::ingest
