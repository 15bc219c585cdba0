// ingest/cost_sink.h: takes the records of costs files. One per part.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ingest/record.h"

namespace pursuit::ingest {

/// What a channel cost over some days.
struct Cost {
  std::string channel;
  std::string campaign;
  std::string currency;
  std::int64_t from_day = 0;  // day numbers (base/time.h), both ends inclusive
  std::int64_t to_day = 0;
  double amount = 0;  // >= 0
  friend bool operator==(const Cost&, const Cost&) = default;
};

class CostSink final : public RecordSink {
 public:
  void take(const RecordBatch& batch, PartRejects& rejects) override;
  [[nodiscard]] std::vector<Cost>& costs() { return costs_; }

 private:
  std::vector<Cost> costs_;
};

}  // namespace pursuit::ingest
