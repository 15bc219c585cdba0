// More leads than one partition of the engine holds, so that what is split among threads is split.
#include <random>

#include <gtest/gtest.h>

#include "property/compare_tables.h"

namespace pursuit::property {
namespace {

using base::Millis;
using reference::Input;

constexpr std::uint32_t kSeed = 20'260'601;
constexpr int kLeads = 36'000;

std::string numbered(const char* prefix, std::uint32_t n) { return prefix + std::to_string(n); }

Input large_network() {
  std::mt19937 random(kSeed);
  const auto below = [&](std::uint32_t n) { return static_cast<std::uint32_t>(random()) % n; };
  Input in;
  in.as_of_ms = 1'780'272'000'000;  // 2026-06-01T00:00:00Z
  in.policy.expiry.estimator = model::Estimator::kKaplanMeier;
  for (model::StageCode stage = 0; stage < 4; ++stage)
    in.policy.sla.rules.push_back(
        {.stage = stage, .hours = 24.0 * (stage + 1), .match = {}, .tier = {}});
  for (int i = 0; i < kLeads; ++i) {
    Millis at = in.as_of_ms - Millis{below(200 * 86'400)} * 1'000;
    const std::uint32_t dealer = below(below(10) == 0 ? 400 : 20);  // some large, many small
    const std::string region = numbered("R", dealer % 5);
    in.leads.push_back(
        {numbered("L", static_cast<std::uint32_t>(i) * 7919 % kLeads),
         at,
         {region, numbered("G", dealer % 40), numbered("D", dealer), numbered("c", below(6)),
          numbered("p", below(3)), numbered("n", below(9)), "o"}});
    for (std::uint32_t events = below(7); events > 0; --events) {
      at += Millis{below(200)} * 1'800'000;
      in.events.push_back({in.leads.back().id, static_cast<model::StageCode>(below(6)), at});
    }
  }
  return in;
}

TEST(LargeNetwork, AnyNumberOfThreadsGivesTheFiguresOfTheReferenceModel) {
  const Input input = large_network();
  Tables first;
  for (const unsigned threads : {1u, 2u, 3u}) {
    const auto engine = load_engine(input, {threads, Loading::kBulk});
    ASSERT_TRUE(engine->refresh(input.as_of_ms));
    Tables tables = all_tables(*engine);
    if (threads == 1) {
      first = std::move(tables);
      EXPECT_EQ(differences_from_reference(first, reference::analyze(input)), "");
    } else {
      EXPECT_EQ(differences_in_bits(tables, first), "") << threads << " threads, seed " << kSeed;
    }
  }
}

}  // namespace
}  // namespace pursuit::property
