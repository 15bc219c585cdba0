// api/contacts.h: who can be reached for a lead, beside its figures. Reads the store; any thread.
#pragma once

#include "api/api.h"
#include "base/error.h"
#include "report/json_values.h"

namespace pursuit::api {

/// Puts name, phone and e-mail beside the leads of a page, found by their `lead_id`. Errors: the
/// store's.
base::Result<void> add_contacts(const Context& context, report::Json& items);

}  // namespace pursuit::api
