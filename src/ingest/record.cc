#include "ingest/record.h"

namespace pursuit::ingest {

std::string RecordBatch::raw(std::size_t row) const {
  if (!raws_[row].empty()) return std::string(raws_[row]);
  std::string out;
  for (std::size_t slot = 0; slot < layout_->slots(); ++slot) {
    if (slot > 0) out += ',';
    if (!instants_[slot]) {
      out += texts_[slot][row];
    } else if (const base::Millis at_ms = (*instants_[slot])[row];
               at_ms >= base::kMinInstantMs && at_ms < base::kMaxInstantMs) {
      out += base::format_instant(at_ms);
    }
  }
  return out;
}

}  // namespace pursuit::ingest
