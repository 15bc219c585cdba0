#include "api/lead_page.h"

#include <nlohmann/json.hpp>

#include "api/contacts.h"
#include "api/parameters.h"
#include "report/figures_json.h"

namespace pursuit::api {

base::Result<engine::LeadPage> page_of(const http::Request& request, const engine::Engine& engine) {
  const auto limit = count_of(request, "limit", 50, 1, 500);
  if (!limit) return std::unexpected(limit.error());
  engine::LeadPage page{.after = base::kNoLead, .limit = *limit};
  if (const auto cursor = request.query_value("cursor")) {
    page.after = engine.leads().find(*cursor);
    if (page.after == base::kNoLead)
      return base::fail(base::ErrorCode::kInvalidInput, "not a cursor of this list", "cursor");
  }
  return page;
}

base::Result<void> add_leads(const Context& context, const engine::Engine& engine,
                             const engine::LeadPage& page, std::span<const base::LeadId> leads,
                             report::Json& answer) {
  report::Json items = report::Json::array();
  for (const base::LeadId lead : leads)
    items.push_back(report::lead_figures_json(engine, engine.figures(lead)));
  if (auto added = add_contacts(context, items); !added) return added;
  answer["items"] = std::move(items);
  const bool more = leads.size() == page.limit;
  answer["next"] = more ? report::Json(engine.leads().id(leads.back())) : report::Json(nullptr);
  return {};
}

}  // namespace pursuit::api
