// access/person.h: one customer: what is known of them, told whole, and erased with every figure
// kept. Who asked for it, and of which leads, is in the audit log; what was erased is not. Any
// thread.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "access/access.h"
#include "base/error.h"
#include "store/records.h"
#include "store/store.h"

namespace pursuit::access {

/// Who is meant: by one of the three, the others empty.
struct PersonQuery {
  std::string lead_id;
  std::string phone;  // in any spelling, with or without the country
  std::string email;  // capitals make no difference
};

/// More leads under one phone or e-mail than these are no person, but something that was typed
/// where nothing was known.
inline constexpr std::size_t kMostLeadsOfPerson = 100;

/// The leads of a person. kInvalidInput: not exactly one of the three is given; kNotFound: no lead
/// has the id; kLimit: more than kMostLeadsOfPerson. Who has no such phone or e-mail has no leads.
[[nodiscard]] base::Result<std::vector<store::LeadRecord>> leads_of_person(
    const store::Store& store, const PersonQuery& query);

/// All that is kept of a person under one lead.
struct PersonLead {
  store::LeadRecord record;
  std::optional<base::Millis> erased_at_ms;
  std::vector<store::TimelineItem> timeline;
  std::vector<store::ActionRecord> actions;  // undone ones too
  std::vector<std::string> former;           // values that fields had before: JSON objects
  /// Other leads with this phone or e-mail: perhaps the same person.
  std::vector<std::string> same_contact;
};

/// Reads it all, and writes to the audit log that it was read.
[[nodiscard]] base::Result<std::vector<PersonLead>> export_person(Access& access,
                                                                  const store::Store& store,
                                                                  const PersonQuery& query,
                                                                  const Actor& actor);

struct ErasedLead {
  std::string lead_id;
  store::ErasedPerson erased;
};

/// Erases the person from the store, from these leads: contact, texts, earlier values
/// (AccountRows::erase_person), all in one transaction with the lines of the audit log. Again on
/// the same leads it erases what people have written since. kNotFound: one of them is not there,
/// and nothing was erased.
[[nodiscard]] base::Result<std::vector<ErasedLead>> erase_person(
    Access& access, std::span<const store::LeadRecord> leads, const Actor& actor);

/// Whether two spellings are one address of e-mail.
[[nodiscard]] bool same_email(std::string_view one, std::string_view other);

}  // namespace pursuit::access
