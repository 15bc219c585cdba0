#include "ingest/cost_sink.h"

#include "base/limits.h"
#include "base/time.h"
#include "ingest/number.h"

namespace pursuit::ingest {

void CostSink::take(const RecordBatch& batch, PartRejects& rejects) {
  const FileLayout& layout = batch.layout();
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    const auto text = [&](Field field) { return batch.texts(layout.slot_of(field))[row]; };
    const auto refuse = [&](Field field, RejectReason reason) {
      rejects.add(batch.line_in_part(row), field, reason, batch.raw(row));
    };
    const auto from = base::parse_date(text(Field::kFrom));
    const auto to = base::parse_date(text(Field::kTo));
    const auto amount = number_of(text(Field::kAmount));
    if (text(Field::kChannel).size() > base::kMaxDimensionBytes) {
      refuse(Field::kChannel, RejectReason::kFieldTooLong);
    } else if (!from) {
      refuse(Field::kFrom, RejectReason::kBadDate);
    } else if (!to || *to < *from) {
      refuse(Field::kTo, RejectReason::kBadDate);
    } else if (!amount || *amount < 0) {
      refuse(Field::kAmount, RejectReason::kBadNumber);
    } else {
      costs_.push_back({.channel = std::string(text(Field::kChannel)),
                        .campaign = std::string(text(Field::kCampaign)),
                        .currency = std::string(text(Field::kCurrency)),
                        .from_day = *from,
                        .to_day = *to,
                        .amount = *amount});
    }
  }
}

}  // namespace pursuit::ingest
