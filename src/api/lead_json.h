// api/lead_json.h: what the store keeps of a lead, as JSON. Pure functions, any thread.
#pragma once

#include <vector>

#include "access/person.h"
#include "imports/person_files.h"
#include "report/json_values.h"
#include "store/records.h"

namespace pursuit::api {

/// What happened up to an instant; nothing later is visible.
[[nodiscard]] report::Json timeline_json(const std::vector<store::TimelineItem>& items,
                                         base::Millis as_of_ms);

/// Adds instant, campaign, contact, consent, value and attributes.
void add_record(report::Json& json, const store::LeadRecord& record);

[[nodiscard]] report::Json action_json(const store::ActionRecord& action);

/// `{"leads": […]}`: all that is kept of a person.
[[nodiscard]] report::Json person_json(const std::vector<access::PersonLead>& leads);

/// `{"leads": […], "imports": {…}}`: what was erased of them, and in the files of imports.
[[nodiscard]] report::Json erased_json(const std::vector<access::ErasedLead>& leads,
                                       const imports::ErasedFiles& files);

}  // namespace pursuit::api
