#include "engine/daily_loads.h"

#include "engine/judge.h"
#include "metrics/load.h"

namespace pursuit::engine {

LoadRow load_row(Pair pair, std::int32_t day, PairLoad load, double relaxation) {
  const double factor = metrics::load_factor(load.open, load.in_load_stages);
  return {.load_factor = factor,
          .relaxation = relaxation,
          .dealer = pair.dealer,
          .nameplate = pair.nameplate,
          .day = day,
          .open = load.open,
          .in_load_stages = load.in_load_stages,
          .band = band_of(factor)};
}

LoadRow DailyLoads::operator[](std::size_t i) const {
  const Row& row = rows_[i];
  const std::uint32_t day = row.place_ & (kMaxDays - 1);
  return load_row(pairs_[row.place_ >> Row::kDayBits], static_cast<std::int32_t>(first_day_ + day),
                  row.load_,
                  metrics::relaxation(row.load_.open, row.load_.in_load_stages, policy_));
}

}  // namespace pursuit::engine
