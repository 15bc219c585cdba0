// ingest/instant_column.h: the instants of a batch of records, whatever form the file has them in.
// One per reader thread.
#pragma once

#include <span>
#include <utility>

#include "base/error.h"
#include "base/time.h"
#include "ingest/record.h"
#include "ingest/zone_shift.h"

namespace pursuit::ingest {

class InstantColumn {
 public:
  /// For a source whose naive instants are of that zone.
  static base::Result<InstantColumn> of_zone(std::string_view iana_name) {
    auto shift = ZoneShift::load(iana_name);
    if (!shift) return std::unexpected(std::move(shift.error()));
    return InstantColumn(std::move(*shift));
  }

  /// Writes a UTC instant a row, base::kNoInstant where there is none that is let in.
  void read(const RecordBatch& batch, std::size_t slot, std::span<base::Millis> out) {
    const auto known = batch.instants(slot);
    const auto texts = batch.texts(slot);
    for (std::size_t row = 0; row < batch.rows(); ++row) {
      out[row] = known.empty() ? of_text(texts[row]) : within_limits(known[row]);
    }
  }

 private:
  explicit InstantColumn(ZoneShift shift) : shift_(std::move(shift)) {}

  static base::Millis within_limits(base::Millis at_ms) {
    return at_ms >= base::kMinInstantMs && at_ms < base::kMaxInstantMs ? at_ms : base::kNoInstant;
  }
  base::Millis of_text(std::string_view text) {
    const auto parsed = base::parse_instant(text);
    if (!parsed) [[unlikely]]
      return base::kNoInstant;
    // Moving a naive instant may move it over a limit.
    return parsed->zoned ? parsed->at_ms : within_limits(shift_.to_instant(*parsed));
  }

  ZoneShift shift_;
};

}  // namespace pursuit::ingest
