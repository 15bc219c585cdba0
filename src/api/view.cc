#include "api/view.h"

#include <algorithm>
#include <array>
#include <span>

#include "api/parameters.h"

namespace pursuit::api {
namespace {

constexpr std::array<std::string_view, 4> kStatusNames = {"active", "expired", "dormant",
                                                          "overdue"};

/// Narrows a wish by another: both must hold.
template <class T>
void narrow(engine::AnyOf<T>& wish, std::vector<T> values) {
  std::ranges::sort(values);
  if (!wish) {
    wish = std::move(values);
    return;
  }
  std::erase_if(*wish, [&](const T& v) { return !std::ranges::binary_search(values, v); });
}

std::vector<std::uint32_t> codes_of(const engine::Engine& engine, model::Dimension d,
                                    std::span<const std::string> texts) {
  std::vector<std::uint32_t> codes;
  for (const std::string& text : texts) {
    if (const auto code = engine.leads().dictionary(d).find(text)) codes.push_back(*code);
  }
  return codes;
}

/// Values of a parameter that takes one of some names.
template <class T, class CodeOf>
base::Result<void> narrow_by_name(engine::AnyOf<T>& wish, const http::Request& request,
                                  std::string_view name, CodeOf&& code_of) {
  const auto text = request.query_value(name);
  if (!text) return {};
  std::vector<T> values;
  for (const std::string& value : split_list(*text)) {
    const std::optional<T> code = code_of(value);
    if (!code)
      return base::fail(base::ErrorCode::kInvalidInput, "no such value: " + value,
                        std::string(name));
    values.push_back(*code);
  }
  narrow(wish, std::move(values));
  return {};
}

template <class T, std::size_t N>
auto by_name(const std::array<std::string_view, N>& names) {
  return [&names](std::string_view value) -> std::optional<T> {
    const auto found = std::ranges::find(names, value);
    if (found == names.end()) return std::nullopt;
    return static_cast<T>(found - names.begin());
  };
}

bool holds(const std::vector<std::uint32_t>& codes, std::uint32_t code) {
  return std::ranges::find(codes, code) != codes.end();
}

/// Whether leads of these dimensions are in a scope, whoever owns them.
bool names(const engine::LeadScope& scope, const model::ProfileCodes& codes) {
  return scope.anywhere || holds(scope.regions, codes[index_of(model::Dimension::kRegion)]) ||
         holds(scope.dealer_groups, codes[index_of(model::Dimension::kDealerGroup)]) ||
         holds(scope.dealers, codes[index_of(model::Dimension::kDealer)]);
}

/// What leads must have been through.
base::Result<void> read_past(const engine::Engine& engine, const http::Request& request,
                             engine::LeadFilter& filter) {
  if (const auto text = request.query_value("reached")) {
    const auto code = engine.policy().funnel.code_of(*text);
    if (!code || *code > engine.policy().funnel.open_stages())
      return base::fail(base::ErrorCode::kInvalidInput, "no such stage: " + std::string(*text),
                        "reached");
    filter.reached = code;
  }
  for (const auto& [name, wish] : {std::pair{"closed_after", &filter.closed_after_ms},
                                   std::pair{"created_after", &filter.created_after_ms}}) {
    const auto text = request.query_value(name);
    if (!text) continue;
    const auto at_ms = instant_of(*text, name);
    if (!at_ms) return std::unexpected(at_ms.error());
    *wish = *at_ms;
  }
  return {};
}

}  // namespace

base::Result<View> view_of(const Context& context, const http::Request& request) {
  const auto text = request.query_value("as_of");
  if (!text) return View(context.service.live());
  const auto as_of_ms = instant_of(*text, "as_of");
  if (!as_of_ms) return std::unexpected(as_of_ms.error());
  auto replay = context.service.replays().at(*as_of_ms);
  if (!replay) return std::unexpected(replay.error());
  return View(std::move(*replay));
}

base::Result<engine::LeadFilter> scope_of(const engine::Engine& engine,
                                          const http::Caller& caller) {
  engine::LeadFilter filter;
  const http::Scope& scope = caller.scope;
  if (scope.is_whole()) return filter;
  engine::LeadScope& part = filter.scope.emplace();
  // An owner alone: theirs, wherever they are.
  part.anywhere = scope.everything || (scope.names_none() && !scope.owner.empty());
  part.regions = codes_of(engine, model::Dimension::kRegion, scope.markets);
  part.dealer_groups = codes_of(engine, model::Dimension::kDealerGroup, scope.dealer_groups);
  part.dealers = codes_of(engine, model::Dimension::kDealer, scope.dealers);
  if (!scope.owner.empty())
    part.owners = codes_of(engine, model::Dimension::kOwner, std::span(&scope.owner, 1));
  return filter;
}

bool may_see(const engine::Engine& engine, base::LeadId lead, const engine::LeadFilter& scope) {
  if (!scope.scope) return true;
  const engine::LeadScope& part = *scope.scope;
  if (part.owners && !holds(*part.owners, engine.leads().owner(lead))) return false;
  return names(part, engine.leads().profile_codes(engine.leads().profile(lead)));
}

std::vector<bool> dealers_within(const engine::Engine& engine, const engine::LeadFilter& scope) {
  const std::size_t dealers = engine.leads().dictionary(model::Dimension::kDealer).size();
  if (!scope.scope) return std::vector<bool>(dealers, true);
  if (scope.scope->owners) return std::vector<bool>(dealers, false);
  std::vector<bool> any(dealers, false);
  std::vector<bool> other(dealers, false);
  for (std::uint32_t p = 0; p < engine.leads().profile_count(); ++p) {
    const model::ProfileCodes& codes = engine.leads().profile_codes({p});
    const std::uint32_t dealer = codes[index_of(model::Dimension::kDealer)];
    (names(*scope.scope, codes) ? any : other)[dealer] = true;
  }
  for (std::size_t d = 0; d < dealers; ++d) any[d] = any[d] && !other[d];
  return any;
}

std::vector<std::string> filter_parameters(std::vector<std::string> more) {
  more.insert(more.end(), model::kDimensionNames.begin(), model::kDimensionNames.end());
  more.insert(more.end(), {"state", "stage", "tier", "status", "as_of"});
  return more;
}

std::vector<std::string> past_parameters() { return {"reached", "closed_after", "created_after"}; }

base::Result<engine::LeadFilter> filter_of(const engine::Engine& engine,
                                           const http::Request& request) {
  auto filter = scope_of(engine, request.caller);
  if (!filter) return filter;
  for (std::size_t d = 0; d < model::kDimensions; ++d) {
    if (const auto text = request.query_value(model::kDimensionNames[d])) {
      narrow(filter->codes[d],
             codes_of(engine, static_cast<model::Dimension>(d), split_list(*text)));
    }
  }
  const auto stage = [&](std::string_view name) { return engine.policy().funnel.code_of(name); };
  for (auto result :
       {narrow_by_name(filter->states, request, "state",
                       by_name<engine::LeadState>(engine::kStateNames)),
        narrow_by_name(filter->stages, request, "stage", stage),
        narrow_by_name(filter->tiers, request, "tier", by_name<model::Tier>(model::kTierNames)),
        narrow_by_name(filter->statuses, request, "status",
                       by_name<engine::LeadStatus>(kStatusNames)),
        read_past(engine, request, *filter)}) {
    if (!result) return std::unexpected(result.error());
  }
  return filter;
}

}  // namespace pursuit::api
