#include "api/contacts.h"

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace pursuit::api {

using report::Json;

base::Result<void> add_contacts(const Context& context, Json& items) {
  std::vector<std::string> ids;
  for (const Json& lead : items) ids.push_back(lead["lead_id"]);
  const auto contacts = context.service.store().contacts(ids);
  if (!contacts) return std::unexpected(contacts.error());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    items[i]["name"] = (*contacts)[i].name;
    items[i]["phone"] = (*contacts)[i].phone;
    items[i]["email"] = (*contacts)[i].email;
  }
  return {};
}

}  // namespace pursuit::api
