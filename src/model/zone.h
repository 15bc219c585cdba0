// model/zone.h: wall-clock time of one IANA zone to instants and back. Immutable once loaded; any
// thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace pursuit::model {

/// The rules of one zone as a table (semantics.md, "Time"): a local time that the zone skips is the
/// instant of the change, one that occurs twice is its first occurrence. Changes are known as far
/// as the system's tz database lists them (to 2037 on Debian); after that the last offset holds.
class Zone {
 public:
  /// Local times from `local_from_ms` on: all of them `offset_ms` ahead of UTC, or, where the zone
  /// skips them, all of them the instant `skipped_to_ms`.
  struct Span {
    base::Millis local_from_ms;
    base::Millis offset_ms;
    base::Millis skipped_to_ms;  // base::kNoInstant: not skipped

    [[nodiscard]] base::Millis to_instant(base::Millis local_ms) const {
      return skipped_to_ms == base::kNoInstant ? local_ms - offset_ms : skipped_to_ms;
    }
  };

  /// Fails with kInvalidInput when the system's tz database has no zone of that name. "UTC" is
  /// always known.
  static base::Result<Zone> load(std::string_view iana_name);

  /// The instant of a local wall-clock time (written as if it were UTC).
  [[nodiscard]] base::Millis to_instant(base::Millis local_ms) const {
    return spans_[span_index(local_ms)].to_instant(local_ms);
  }
  /// The local wall-clock time of an instant, written as if it were UTC.
  [[nodiscard]] base::Millis to_local(base::Millis at_ms) const;

  /// The spans in order; the first begins before any instant that is let in.
  [[nodiscard]] const std::vector<Span>& spans() const { return spans_; }
  /// Position of the span that holds a local time.
  [[nodiscard]] std::size_t span_index(base::Millis local_ms) const;
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  struct Offset {
    base::Millis from_ms;  // instant
    base::Millis offset_ms;
  };
  void lay_out_spans();

  std::string name_;
  std::vector<Offset> offsets_;  // by instant
  std::vector<Span> spans_;      // by local time
};

}  // namespace pursuit::model
