// api/tables.h: what the tables of a refresh are narrowed by and completed with, for JSON and for
// exports alike. Pure functions but for the store's costs, any thread.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "api/api.h"
#include "base/error.h"
#include "engine/engine.h"
#include "http/request.h"
#include "http/response.h"

namespace pursuit::api {

/// What each stage does with the leads of a filter: its dimensions and the caller's scope. That of
/// the whole network is the refresh's.
[[nodiscard]] std::vector<engine::FunnelRow> funnel_rows(const engine::Engine& engine,
                                                         const engine::LeadFilter& filter);
/// The query parameters that narrow it.
[[nodiscard]] std::vector<std::string> funnel_parameters();

/// Whether the row is of the dealer and the nameplate that the request names, if it names any.
[[nodiscard]] bool is_wanted(const http::Request& request, const engine::Engine& engine,
                             const engine::LoadRow& row);

/// What a channel cost and brought within the look-back of channel strength: costs shared out by
/// days; of each lead that is won the revenue of its last sale. engine::kAbsent where nothing is
/// known, and for costs in more than one currency: such amounts have no sum.
struct ChannelMoney {
  double cost = engine::kAbsent;
  std::set<std::string> cost_currencies;  // as the costs name them; those that name none left out
  double revenue = engine::kAbsent;
  [[nodiscard]] double cost_per_won(std::uint64_t won) const {
    return won > 0 ? cost / static_cast<double>(won) : engine::kAbsent;
  }
  /// Revenue for each unit of cost.
  [[nodiscard]] double return_on_cost() const { return revenue / cost; }
};
/// By channel; those of which nothing is known are left out.
[[nodiscard]] base::Result<std::map<std::string, ChannelMoney>> money_by_channel(
    const Context& context, const engine::Engine& engine);

/// The parameter `rule`, empty when it is not there; kInvalidInput on a rule that there is not.
[[nodiscard]] base::Result<std::string> rule_of(const http::Request& request);

/// An alert of a lead is for who sees the lead, one of a dealer for who sees all of the dealer
/// (`dealers`: dealers_within()), one of a nameplate alone for who sees everything.
[[nodiscard]] bool may_see_alert(const engine::Engine& engine, const engine::AlertRow& row,
                                 const engine::LeadFilter& scope, const std::vector<bool>& dealers);

/// What a caller gets who may not see everything.
[[nodiscard]] http::Response of_whole_network();

}  // namespace pursuit::api
