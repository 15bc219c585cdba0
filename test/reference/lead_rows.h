// test/reference/lead_rows.h: rows of leads.csv and visits.csv. Pure functions, any thread.
#pragma once

#include "reference/baseline.h"
#include "reference/judge.h"

namespace pursuit::reference {

/// Components of the score by channel.
class ChannelStrength {
 public:
  explicit ChannelStrength(const std::vector<ChannelRow>& rows);
  [[nodiscard]] double conversion(const std::string& channel) const;
  [[nodiscard]] double volume(const std::string& channel) const;

 private:
  std::map<std::string, ChannelRow> rows_;
  double unknown_conversion_ = 0;  // of a channel that has no row
};

/// What the rows of a lead depend on beside itself.
struct Surroundings {
  const Input& input;
  const Baseline& baseline;
  const ChannelStrength& channels;
  LoadHistory& load;
};

[[nodiscard]] std::vector<VisitRow> visit_rows(const Surroundings& s, const History& h,
                                               const LeadRow& lead);
/// All but the rank.
[[nodiscard]] LeadRow lead_row(const Surroundings& s, const History& h);

/// Open leads in the order of a queue: score descending, oldest entry, lead id.
[[nodiscard]] std::vector<const LeadRow*> queue_order(const std::map<std::string, LeadRow>& rows);

/// Gives every open lead its place in its dealer's queue.
void rank_leads(std::map<std::string, LeadRow>& rows);

}  // namespace pursuit::reference
