#include "api/view.h"

#include <algorithm>
#include <array>
#include <span>

#include "api/parameters.h"

namespace pursuit::api {
namespace {

constexpr std::array<std::string_view, 3> kStatusNames = {"active", "expired", "dormant"};

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
  if (scope.everything) return filter;
  const struct {
    const std::vector<std::string>& texts;
    model::Dimension dimension;
  } parts[] = {{scope.markets, model::Dimension::kRegion},
               {scope.dealer_groups, model::Dimension::kDealerGroup},
               {scope.dealers, model::Dimension::kDealer}};
  const auto named = std::ranges::count_if(parts, [](const auto& p) { return !p.texts.empty(); });
  // A filter holds all its parts at once: a scope of several kinds cannot be one.
  if (named > 1) {
    return base::fail(base::ErrorCode::kUsage, "a scope of more than one kind is not served");
  }
  if (named == 0) filter.states.emplace();  // none
  for (const auto& part : parts) {
    if (!part.texts.empty())
      narrow(filter.codes[index_of(part.dimension)], codes_of(engine, part.dimension, part.texts));
  }
  return filter;
}

bool may_see(const engine::Engine& engine, base::LeadId lead, const engine::LeadFilter& scope) {
  if (scope.states && scope.states->empty()) return false;
  const model::ProfileCodes& codes = engine.leads().profile_codes(engine.leads().profile(lead));
  for (std::size_t d = 0; d < model::kRuleDimensions; ++d) {
    const auto& wish = scope.codes[d];
    if (wish && std::ranges::find(*wish, codes[d]) == wish->end()) return false;
  }
  return true;
}

std::vector<std::string> filter_parameters(std::vector<std::string> more) {
  more.insert(more.end(), model::kDimensionNames.begin(), model::kDimensionNames.end());
  more.insert(more.end(), {"state", "stage", "tier", "status", "as_of"});
  return more;
}

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
                       by_name<engine::LeadStatus>(kStatusNames))}) {
    if (!result) return std::unexpected(result.error());
  }
  return filter;
}

}  // namespace pursuit::api
