#include "app/person.h"

#include "api/lead_json.h"
#include "app/import.h"
#include "app/people.h"
#include "app/server_config.h"
#include "store/scrub.h"

namespace pursuit::app {
namespace {

/// A query that makes no sense is the command line's fault, anything else the input's.
Failure failure_of(base::Error error) {
  const bool usage = error.code == base::ErrorCode::kInvalidInput;
  return {usage ? ExitStatus::kUsage : ExitStatus::kInput, std::move(error)};
}

}  // namespace

Outcome<std::string> export_person(const PersonOptions& options, const base::Clock& clock) {
  const auto people = open_people(options.db, clock);
  if (!people) return std::unexpected(people.error());
  const auto leads =
      access::export_person(*people->access, *people->store, options.query, command_line_actor());
  if (!leads) return std::unexpected(failure_of(leads.error()));
  return report::json_text(api::person_json(*leads));
}

Outcome<ErasedPerson> erase_person(const PersonOptions& options, const base::Clock& clock) {
  const auto people = open_people(options.db, clock);
  if (!people) return std::unexpected(people.error());
  const auto leads = access::leads_of_person(*people->store, options.query);
  if (!leads) return std::unexpected(failure_of(leads.error()));
  const auto policy = policy_in_force(*people->store);
  if (!policy) return fail(ExitStatus::kInput, policy.error());
  // The files first: what they are searched for stands in the store.
  const auto files =
      imports::erase_from_files({.store = *people->store,
                                 .folder = imports_folder(options.db, options.imports),
                                 .funnel = policy->funnel,
                                 .limits = {},
                                 .now_ms = clock.now_ms()},
                                *leads);
  if (!files) return fail(ExitStatus::kInput, files.error());
  auto erased = access::erase_person(*people->access, *leads, command_line_actor());
  if (!erased) return fail(ExitStatus::kInput, erased.error());
  if (options.scrub) {
    if (auto scrubbed = store::scrub(options.db); !scrubbed)
      return fail(ExitStatus::kOutput, scrubbed.error());
  }
  return ErasedPerson{.leads = std::move(*erased), .files = *files};
}

}  // namespace pursuit::app
