// sample/shares.h: draws positions by weight, in a step or two however many there are. Read-only
// after construction, any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace pursuit::sample {

class Shares {
 public:
  Shares() = default;
  /// `weights` must not be empty; the chance of a position is its weight over their sum.
  explicit Shares(std::span<const double> weights) : first_(2 * weights.size()) {
    double sum = 0;
    for (const double weight : weights) upper_.push_back(sum += weight);
    for (double& upper : upper_) upper /= sum;
    upper_.back() = 2;  // above every draw, whatever was rounded
    std::uint32_t position = 0;
    for (std::size_t slot = 0; slot < first_.size(); ++slot) {
      const double low = static_cast<double>(slot) / static_cast<double>(first_.size());
      while (low >= upper_[position]) ++position;
      first_[slot] = position;
    }
  }

  /// The position at `quantile` in [0, 1) of all weights; grows with it.
  [[nodiscard]] std::uint32_t at(double quantile) const {
    std::uint32_t position =
        first_[static_cast<std::size_t>(quantile * static_cast<double>(first_.size()))];
    while (quantile >= upper_[position]) ++position;
    // The slot's own bound is rounded: it may be a hair above the quantile.
    while (position > 0 && quantile < upper_[position - 1]) --position;
    return position;
  }

 private:
  std::vector<double> upper_;         // share of all positions up to and with this one
  std::vector<std::uint32_t> first_;  // by slot of equal width: where to begin
};

}  // namespace pursuit::sample
