// ingest/zone_shift.h: naive local times of one zone to instants, a few nanoseconds a row. One per
// reader thread: it remembers the span of the last row.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/time.h"
#include "model/zone.h"

namespace pursuit::ingest {

/// Moves naive instants (base::ParsedInstant with `zoned` false) to UTC (semantics.md, "Time").
/// Copies are cheap and share the zone's table.
class ZoneShift {
 public:
  /// Fails when the zone is not known.
  static base::Result<ZoneShift> load(std::string_view iana_name) {
    auto zone = model::Zone::load(iana_name);
    if (!zone) return std::unexpected(std::move(zone.error()));
    return ZoneShift(std::make_shared<const model::Zone>(std::move(*zone)));
  }

  /// The instant of a local time: one that the zone skips is the instant of the change, one that
  /// occurs twice its first occurrence.
  [[nodiscard]] base::Millis to_instant(base::Millis local_ms) {
    if (local_ms < from_ms_ || local_ms >= to_ms_) [[unlikely]]
      move_to(local_ms);
    return span_.to_instant(local_ms);
  }
  /// The same for a text as it was read: what names its zone stays as it is.
  [[nodiscard]] base::Millis to_instant(const base::ParsedInstant& parsed) {
    return parsed.zoned ? parsed.at_ms : to_instant(parsed.at_ms);
  }

 private:
  explicit ZoneShift(std::shared_ptr<const model::Zone> zone) : zone_(std::move(zone)) {}

  void move_to(base::Millis local_ms) {
    const std::size_t i = zone_->span_index(local_ms);
    span_ = zone_->spans()[i];
    from_ms_ = span_.local_from_ms;
    to_ms_ = i + 1 < zone_->spans().size() ? zone_->spans()[i + 1].local_from_ms : INT64_MAX;
  }

  std::shared_ptr<const model::Zone> zone_;
  model::Zone::Span span_{};
  base::Millis from_ms_ = 0;  // the span holds [from_ms_, to_ms_); empty at first
  base::Millis to_ms_ = 0;
};

}  // namespace pursuit::ingest
