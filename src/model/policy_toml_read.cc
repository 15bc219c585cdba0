#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/limits.h"
#include "model/policy_toml.h"
#include "model/policy_toml_parts.h"

namespace pursuit::model {
namespace {

// Far beyond any sense, and small enough that nothing computed from them overflows.
constexpr int kMaxDays = 36'500;
constexpr int kMaxCount = 1'000'000'000;
constexpr Bounds kPositive{.low = 0, .high = 1e6, .low_open = true};
constexpr Bounds kNotNegative{.low = 0, .high = 1e6};
constexpr Bounds kShare{.low = 0, .high = 1};
constexpr Bounds kInsideShare{.low = 0, .high = 1, .low_open = true, .high_open = true};
constexpr Bounds kScoreRange{.low = 0, .high = 100};

bool is_stage_name(std::string_view name) {
  return !name.empty() && name != "*" && name.size() <= base::kMaxDimensionBytes &&
         std::ranges::none_of(name, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

/// Reports a name that cannot be one, or that another stage has.
void check_stage(TomlSection& section, std::string_view key, const TomlText& name,
                 std::set<std::string>& taken) {
  if (!is_stage_name(name.text)) {
    section.fail(key, name.line, fmt::format("has '{}', which is no stage name", name.text));
  } else if (!taken.insert(name.text).second) {
    section.fail(key, name.line, fmt::format("has the stage '{}' twice", name.text));
  }
}

void read_terminal(TomlSection& section, std::string_view key, std::string& out,
                   std::set<std::string>& taken) {
  section.read(key, out);
  if (!is_stage_name(out)) section.fail(key, fmt::format("is no stage name: '{}'", out));
  if (!taken.insert(out).second) {
    section.fail(key, fmt::format("must not be '{}', another stage has that name", out));
  }
}

void read_load_stages(TomlSection& section, FunnelPolicy& funnel) {
  std::vector<TomlText> load;
  const bool given = section.read("load", load);
  if (given) funnel.load.clear();
  const std::vector<std::string_view> open(funnel.stages.begin(), funnel.stages.end());
  for (const TomlText& name : load) {
    if (!section.ok()) return;
    if (std::ranges::find(open, name.text) == open.end()) {
      section.fail(
          "load", name.line,
          fmt::format("has '{}', no open stage{}", name.text, suggestion(name.text, open)));
    } else if (std::ranges::find(funnel.load, name.text) != funnel.load.end()) {
      section.fail("load", name.line, fmt::format("has the stage '{}' twice", name.text));
    }
    funnel.load.push_back(name.text);
  }
  for (const std::string& name : funnel.load) {
    if (!given && std::ranges::find(open, name) == open.end()) {
      section.fail("load",
                   fmt::format("must be given, because its default '{}' is no open stage", name));
    }
  }
}

void read_funnel(TomlSection& root, FunnelPolicy& funnel) {
  auto section = root.table("funnel");
  if (!section) return;
  std::set<std::string> taken;
  std::vector<TomlText> stages;
  if (section->read("stages", stages)) {
    funnel.stages.clear();
    for (TomlText& name : stages) {
      check_stage(*section, "stages", name, taken);
      funnel.stages.push_back(std::move(name.text));
    }
    if (stages.empty() || stages.size() > base::kMaxStages) {
      section->fail("stages", fmt::format("must name 1 to {} stages", base::kMaxStages));
    }
  } else {
    taken.insert(funnel.stages.begin(), funnel.stages.end());
  }
  read_terminal(*section, "won", funnel.won, taken);
  read_terminal(*section, "lost", funnel.lost, taken);
  read_load_stages(*section, funnel);
  section->finish();
}

void read_expiry(TomlSection& root, ExpiryPolicy& expiry) {
  auto section = root.table("expiry");
  if (!section) return;
  section->read("percentile", expiry.percentile, kInsideShare);
  section->read("lookback_days", expiry.lookback_days, 1, kMaxDays);
  section->read("min_samples", expiry.min_samples, 1, kMaxCount);
  section->read_name("estimator", expiry.estimator, kEstimatorNames);
  section->read("dormant_days", expiry.dormant_days, 1, kMaxDays);
  section->finish();
}

void read_channel(TomlSection& root, ChannelPolicy& channel) {
  auto section = root.table("channel");
  if (!section) return;
  section->read("lookback_days", channel.lookback_days, 1, kMaxDays);
  section->read("smoothing", channel.smoothing, kPositive);
  section->read("inflow_periods", channel.inflow_periods, 1, 1000);
  section->read("inflow_period_days", channel.inflow_period_days, 1, kMaxDays);
  section->finish();
}

void read_stage_weights(TomlSection& score, const FunnelPolicy& funnel, std::vector<double>& out) {
  auto section = score.table("stage_weights");
  if (!section) return;
  out.assign(funnel.stages.size(), 0.0);
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (!section->read(funnel.stages[i], out[i], kShare)) section->require(funnel.stages[i]);
  }
  section->finish();
}

void read_score(TomlSection& root, Policy& policy) {
  auto section = root.table("score");
  if (!section) return;
  read_weights(*section, "weights", policy.score.weights);
  if (auto recency = section->table("recency")) {
    recency->read("k", policy.score.recency_k, kPositive);
    recency->read("m", policy.score.recency_m, kNotNegative);
    recency->read("fallback_hours", policy.score.recency_fallback_hours, kPositive);
    recency->finish();
  }
  read_stage_weights(*section, policy.funnel, policy.score.stage_weights);
  section->finish();
}

void read_load(TomlSection& root, LoadPolicy& load) {
  auto section = root.table("load");
  if (!section) return;
  section->read("cap", load.cap, Bounds{.low = 0, .high = 10});
  section->read("k", load.k, kPositive);
  section->read("mid", load.mid, kShare);
  section->read("min_open", load.min_open, 0, kMaxCount);
  section->finish();
}

void read_actions(TomlSection& root, ActionPolicy& actions) {
  auto section = root.table("actions");
  if (!section) return;
  std::vector<TomlText> reasons;
  if (section->read("lost_reasons", reasons)) {
    constexpr std::size_t kMaxReasons = 100;
    if (reasons.empty() || reasons.size() > kMaxReasons) {
      section->fail("lost_reasons", fmt::format("must name 1 to {} reasons", kMaxReasons));
    }
    std::set<std::string> taken;
    actions.lost_reasons.clear();
    for (TomlText& reason : reasons) {
      if (reason.text.empty() || reason.text.size() > base::kMaxDimensionBytes) {
        section->fail(
            "lost_reasons", reason.line,
            fmt::format("holds a reason that is empty or over {} bytes", base::kMaxDimensionBytes));
      } else if (!taken.insert(reason.text).second) {
        section->fail("lost_reasons", reason.line, fmt::format("names '{}' twice", reason.text));
      }
      actions.lost_reasons.push_back(std::move(reason.text));
    }
  }
  section->finish();
}

void read_root(TomlSection& root, Policy& policy) {
  read_funnel(root, policy.funnel);  // first: others name its stages
  if (auto time = root.table("time")) {
    time->read_name("duration", policy.duration, kDurationNames);
    time->finish();
  }
  if (auto sla = root.table("sla")) {
    sla->read("grace", policy.sla.grace, kNotNegative);
    read_sla_rules(*sla, policy);
    sla->finish();
  }
  read_expiry(root, policy.expiry);
  read_channel(root, policy.channel);
  read_score(root, policy);
  if (auto tier = root.table("tier")) {
    read_cutoffs(*tier, policy.tier);
    tier->finish();
  }
  read_load(root, policy.load);
  read_calendars(root, policy.calendars);
  read_overrides(root, policy);
  read_triggers(root, policy);
  read_actions(root, policy.actions);
  root.finish();
}

}  // namespace

void read_weights(TomlSection& parent, std::string_view key, Weights& out) {
  auto section = parent.table(key);
  if (!section) return;
  double sum = 0;
  for (std::size_t i = 0; i < kComponents; ++i) {
    section->read(kComponentNames[i], out[i], kNotNegative);
    sum += out[i];
  }
  section->finish();
  if (!(sum > 0)) parent.fail(key, "must have a positive sum");
}

void read_cutoffs(TomlSection& section, TierPolicy& out) {
  section.read("hot", out.hot, kScoreRange);
  section.read("warm", out.warm, kScoreRange);
  if (out.hot < out.warm) {
    section.fail("hot", fmt::format("must not be below warm: {} < {}", out.hot, out.warm));
  }
}

base::Result<Policy> parse_policy(std::string_view toml_text, std::string_view file_name) {
  const auto table = parse_toml(toml_text, file_name);
  if (!table) return std::unexpected(table.error());
  TomlReport report{.file = std::string(file_name), .first = {}};
  TomlSection root(*table, "", 0, report);
  Policy policy;
  read_root(root, policy);
  if (report.first) return std::unexpected(std::move(*report.first));
  return policy;
}

base::Result<Policy> read_policy_file(const std::string& path) {
  const auto text = read_config_file(path);
  if (!text) return std::unexpected(text.error());
  return parse_policy(*text, path);
}

}  // namespace pursuit::model
