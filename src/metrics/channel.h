// metrics/channel.h: how strongly a channel converts (semantics.md, "Channel strength"). Pure
// functions, any thread.
#pragma once

namespace pursuit::metrics {

/// Win rate pulled towards the rate of all channels: (won + m g) / (closed + m). `closed + m` must
/// be above 0.
[[nodiscard]] inline double smoothed_rate(double won, double closed, double overall_rate,
                                          double smoothing) {
  return (won + smoothing * overall_rate) / (closed + smoothing);
}

}  // namespace pursuit::metrics
