// engine/test_changes.h: for tests: changes in a few words, and an engine made of them. Any thread.
#pragma once

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/time.h"
#include "engine/engine.h"
#include "model/change.h"

namespace pursuit::engine {

inline constexpr base::Millis kNow = 20'600 * base::kMillisPerDay + 12 * base::kMillisPerHour;

inline model::Change lead_change(std::string_view id, base::Millis created_ms,
                                 std::string_view dealer = "D1", std::string_view nameplate = "N1",
                                 std::string_view channel = "web") {
  model::Change c;
  c.kind = model::ChangeKind::kLead;
  c.lead_id = id;
  c.at_ms = created_ms;
  c.dimensions = {"KSA", "G1", dealer, channel, "SUV", nameplate, "Sara"};
  return c;
}

inline model::Change event(std::string_view id, base::Millis at_ms, model::StageCode code) {
  model::Change c;
  c.kind = model::ChangeKind::kEvent;
  c.lead_id = id;
  c.at_ms = at_ms;
  c.code = code;
  return c;
}

inline LeadFigures figures(const Engine& engine, std::string_view id) {
  return engine.figures(engine.leads().find(id));
}

/// An engine with these changes, refreshed at kNow.
inline std::unique_ptr<Engine> engine_with(const std::vector<model::Change>& changes,
                                           model::Policy policy = {}) {
  auto engine = std::make_unique<Engine>(std::move(policy), EngineOptions{.threads = 2});
  engine->apply(changes);
  EXPECT_TRUE(engine->refresh(kNow));
  return engine;
}

}  // namespace pursuit::engine
