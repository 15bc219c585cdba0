// ingest/lead_sink.h: takes the records of leads files. One per reader thread, one part at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/time.h"
#include "ingest/attributes.h"
#include "ingest/instant_column.h"
#include "ingest/record.h"
#include "model/lead_table.h"

namespace pursuit::ingest {

/// The leads of one part, in the order of the file, before they have numbers.
struct LeadPart {
  const FileLayout* layout = nullptr;
  std::size_t part = 0;
  model::LeadTable::Block block;
  std::vector<base::Millis> created_ms;
  std::vector<std::uint32_t> line_in_part;
  AttributeRows attributes;
};

class LeadSink final : public RecordSink {
 public:
  explicit LeadSink(InstantColumn instants) : instants_(std::move(instants)) {}

  /// What is taken from now on goes to `part`. `attribute_slots` are the slots of its attributes,
  /// in the order of part.attributes.columns.
  void begin(LeadPart& part, std::vector<std::size_t> attribute_slots);
  void take(const RecordBatch& batch, PartRejects& rejects) override;

 private:
  [[nodiscard]] bool accepts(const RecordBatch& batch, std::size_t row, PartRejects& rejects) const;

  InstantColumn instants_;
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
