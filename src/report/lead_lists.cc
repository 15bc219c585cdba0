#include "report/lead_lists.h"

#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "model/dimension.h"
#include "report/json_values.h"

namespace pursuit::report {
namespace {

using engine::Engine;
using model::Dimension;

base::Result<std::optional<std::uint32_t>> code_of(const Engine& engine, Dimension d,
                                                   const std::vector<std::string>& wanted) {
  if (wanted.empty()) return std::nullopt;
  const model::Dictionary& dictionary = engine.leads().dictionary(d);
  if (const auto code = dictionary.find(wanted.front())) return code;
  constexpr std::uint32_t kMostNamed = 10;
  std::string known;
  for (std::uint32_t i = 0; i < dictionary.size() && i < kMostNamed; ++i)
    known += (known.empty() ? "" : ", ") + dictionary.text(i);
  if (dictionary.size() > kMostNamed) known += ", …";
  return base::fail(base::ErrorCode::kNotFound,
                    "no lead has '" + wanted.front() + "' (there is: " + known + ")",
                    "--" + std::string(model::kDimensionNames[model::index_of(d)]));
}

Json lead_json(const Engine& engine, base::LeadId lead) {
  const engine::Glance glance = engine.glance(lead);
  Json json;
  json["lead_id"] = engine.leads().id(lead);
  json["score"] = glance.score;
  json["tier"] = tier_name(glance.tier);
  json["stage"] = engine.policy().funnel.name_of(glance.stage);
  json["entered_at"] = instant_json(glance.entered_ms);
  json["last_activity_at"] = instant_json(glance.last_activity_ms);
  json["status"] = glance.expired ? "expired" : "active";
  json["dormant"] = glance.dormant;
  for (const Dimension d : {Dimension::kRegion, Dimension::kDealerGroup, Dimension::kDealer,
                            Dimension::kChannel, Dimension::kNameplate, Dimension::kOwner})
    json[std::string(model::kDimensionNames[model::index_of(d)])] = engine.leads().text(lead, d);
  return json;
}

}  // namespace

base::Result<engine::QueueQuery> query_of(const Engine& engine, const QueueScope& scope,
                                          std::size_t limit) {
  engine::QueueQuery query;
  query.limit = limit;
  const std::array<std::pair<Dimension, const std::vector<std::string>*>, 3> wanted = {
      {{Dimension::kRegion, &scope.region},
       {Dimension::kDealerGroup, &scope.dealer_group},
       {Dimension::kDealer, &scope.dealer}}};
  for (const auto& [dimension, values] : wanted) {
    const auto code = code_of(engine, dimension, *values);
    if (!code) return std::unexpected(code.error());
    if (*code) query.filter.only(dimension, **code);
  }
  return query;
}

base::Result<base::Millis> parse_duration(const std::string& text) {
  constexpr std::array<std::pair<char, base::Millis>, 4> kUnits = {
      {{'m', 60'000},
       {'h', base::kMillisPerHour},
       {'d', base::kMillisPerDay},
       {'w', 7 * base::kMillisPerDay}}};
  constexpr base::Millis kMost = 400 * base::kMillisPerDay;
  double number = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec == std::errc() && read.ptr + 1 == end && std::isfinite(number) && number > 0) {
    for (const auto& [unit, unit_ms] : kUnits) {
      if (*read.ptr != unit) continue;
      const double ms = number * static_cast<double>(unit_ms);
      if (ms >= 1 && ms <= static_cast<double>(kMost)) return static_cast<base::Millis>(ms);
    }
  }
  return base::fail(base::ErrorCode::kUsage,
                    "'" + text + "' is not a duration up to 400 days: give 90m, 24h, 7d or 2w",
                    "--within");
}

std::string queue_json(const Engine& engine, const std::vector<base::LeadId>& leads) {
  Json list = Json::array();
  for (const base::LeadId lead : leads) list.push_back(lead_json(engine, lead));
  return json_text({{"as_of", instant_json(engine.as_of_ms())}, {"leads", std::move(list)}});
}

std::string expiring_json(const Engine& engine, const std::vector<engine::Expiring>& leads) {
  Json list = Json::array();
  for (const engine::Expiring& next : leads) {
    Json json;
    json["at"] = instant_json(next.at_ms);
    json["turns"] = next.dormant ? "dormant" : "expired";
    json.update(lead_json(engine, next.lead));
    list.push_back(std::move(json));
  }
  return json_text({{"as_of", instant_json(engine.as_of_ms())}, {"leads", std::move(list)}});
}

}  // namespace pursuit::report
