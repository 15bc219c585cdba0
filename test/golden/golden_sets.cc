#include "golden/golden_sets.h"

#include <filesystem>

namespace pursuit::golden {
namespace {

GoldenSet own_columns(const std::string& shared, const std::string& name) {
  const std::string folder = shared + "/golden/" + name;
  GoldenSet set;
  set.name = name;
  set.as_of = "2026-06-01T00:00:00Z";
  set.policy = folder + "/policy.toml";
  set.leads = folder + "/leads.csv.gz";
  set.events = folder + "/events.csv.gz";
  set.expected = folder + "/expected";
  return set;
}

GoldenSet bpic2012(const std::string& shared) {
  GoldenSet set = own_columns(shared, "bpic2012");
  set.as_of = "2011-12-15T00:00:00Z";
  set.mapping = shared + "/golden/bpic2012/mapping.toml";
  set.leads = shared + "/data/bpic2012/cases.csv.gz";
  set.events = shared + "/data/bpic2012/events.csv.gz";
  set.column = {{"lead_id", "case_id"},
                {"created_at", "REG_DATE"},
                {"stage", "concept:name"},
                {"at", "time:timestamp"}};
  set.constants = {{"region", "NL"}};
  set.stages = {{"A_SUBMITTED", "Submitted"}, {"A_PREACCEPTED", "Preaccepted"},
                {"A_ACCEPTED", "Accepted"},   {"A_FINALIZED", "Finalized"},
                {"A_APPROVED", "Won"},        {"A_REGISTERED", "Won"},
                {"A_ACTIVATED", "Won"},       {"A_DECLINED", "Lost"},
                {"A_CANCELLED", "Lost"}};
  return set;
}

}  // namespace

std::vector<GoldenSet> golden_sets(const std::string& shared) {
  return {own_columns(shared, "network"), own_columns(shared, "working"), bpic2012(shared)};
}

bool is_present(const GoldenSet& set) {
  for (const std::string& path : {set.policy, set.leads, set.events, set.expected})
    if (!std::filesystem::exists(path)) return false;
  return set.mapping.empty() || std::filesystem::exists(set.mapping);
}

}  // namespace pursuit::golden
