#include "access/person.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "access/audit.h"
#include "store/words.h"

namespace pursuit::access {
namespace {

using store::LeadRecord;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

/// Leads of which `is_theirs` is true, among those that are found by `text`.
base::Result<std::vector<LeadRecord>> found_by(
    const store::Store& store, std::string_view text,
    const std::function<bool(const LeadRecord&)>& is_theirs) {
  auto leads = store.search({.text = text, .limit = kMostLeadsOfPerson + 1, .accept = is_theirs});
  if (leads && leads->size() > kMostLeadsOfPerson) {
    return base::fail(base::ErrorCode::kLimit,
                      "more than " + std::to_string(kMostLeadsOfPerson) +
                          " leads have it, which is no person: name them by lead_id");
  }
  return leads;
}

base::Result<std::vector<LeadRecord>> by_phone(const store::Store& store,
                                               const std::string& phone) {
  return found_by(store, store::national_number(phone),
                  [&](const LeadRecord& lead) { return store::same_phone(lead.phone, phone); });
}

base::Result<std::vector<LeadRecord>> by_email(const store::Store& store,
                                               const std::string& email) {
  return found_by(store, email,
                  [&](const LeadRecord& lead) { return same_email(lead.email, email); });
}

/// Ids of other leads with the phone or e-mail of this one; too many of them are nobody's.
base::Result<std::vector<std::string>> same_contact(const store::Store& store,
                                                    const LeadRecord& lead) {
  std::vector<std::string> ids;
  const auto add = [&](base::Result<std::vector<LeadRecord>> found) -> base::Result<void> {
    if (!found && found.error().code == base::ErrorCode::kLimit) return {};
    if (!found) return std::unexpected(found.error());
    for (const LeadRecord& other : *found) {
      if (other.number != lead.number) ids.push_back(other.lead_id);
    }
    return {};
  };
  if (!lead.phone.empty()) {
    if (auto added = add(by_phone(store, lead.phone)); !added)
      return std::unexpected(added.error());
  }
  if (!lead.email.empty()) {
    if (auto added = add(by_email(store, lead.email)); !added)
      return std::unexpected(added.error());
  }
  std::ranges::sort(ids);
  ids.erase(std::ranges::unique(ids).begin(), ids.end());
  return ids;
}

AuditEntry entry_of(const Access& access, const Actor& actor, std::string what,
                    std::string lead_id) {
  return {.at_ms = access.clock().now_ms(),
          .who = actor.name,
          .what = std::move(what),
          .subject = std::move(lead_id),
          .address = actor.address};
}

}  // namespace

bool same_email(std::string_view one, std::string_view other) {
  const auto same = [](char a, char b) { return lower(a) == lower(b); };
  return !trimmed(one).empty() && std::ranges::equal(trimmed(one), trimmed(other), same);
}

base::Result<std::vector<LeadRecord>> leads_of_person(const store::Store& store,
                                                      const PersonQuery& query) {
  const int given = static_cast<int>(!query.lead_id.empty()) +
                    static_cast<int>(!query.phone.empty()) + static_cast<int>(!query.email.empty());
  if (given != 1) {
    return base::fail(base::ErrorCode::kInvalidInput, "give one of lead_id, phone and email",
                      "lead_id");
  }
  if (!query.phone.empty()) {
    if (!store::same_phone(query.phone, query.phone))
      return base::fail(base::ErrorCode::kInvalidInput, "fewer than seven digits", "phone");
    return by_phone(store, query.phone);
  }
  if (!query.email.empty()) {
    if (store::words_of(query.email).empty())
      return base::fail(base::ErrorCode::kInvalidInput, "no address", "email");
    return by_email(store, query.email);
  }
  auto lead = store.lead(query.lead_id);
  if (!lead) return std::unexpected(lead.error());
  std::vector<LeadRecord> leads;
  leads.push_back(std::move(*lead));
  return leads;
}

base::Result<std::vector<PersonLead>> export_person(Access& access, const store::Store& store,
                                                    const PersonQuery& query, const Actor& actor) {
  auto leads = leads_of_person(store, query);
  if (!leads) return std::unexpected(leads.error());
  std::vector<PersonLead> known;
  for (LeadRecord& record : *leads) {
    auto timeline = store.timeline(record.lead_id);
    if (!timeline) return std::unexpected(timeline.error());
    auto actions = store.actions(record.lead_id);
    if (!actions) return std::unexpected(actions.error());
    auto others = same_contact(store, record);
    if (!others) return std::unexpected(others.error());
    known.push_back({.record = std::move(record),
                     .erased_at_ms = {},
                     .timeline = std::move(*timeline),
                     .actions = std::move(*actions),
                     .former = {},
                     .same_contact = std::move(*others)});
  }
  const auto told = access.accounts().write([&](store::AccountRows& rows) -> base::Result<void> {
    for (PersonLead& lead : known) {
      lead.erased_at_ms = rows.erased_at(lead.record.number);
      lead.former = rows.former_fields(lead.record.number);
      append_audit(rows, entry_of(access, actor, "person.export", lead.record.lead_id));
    }
    return {};
  });
  if (!told) return std::unexpected(told.error());
  return known;
}

base::Result<std::vector<ErasedLead>> erase_person(Access& access,
                                                   std::span<const LeadRecord> leads,
                                                   const Actor& actor) {
  std::vector<ErasedLead> done;
  const auto written = access.accounts().write([&](store::AccountRows& rows) -> base::Result<void> {
    done.clear();
    for (const LeadRecord& lead : leads) {
      AuditEntry entry = entry_of(access, actor, "person.erase", lead.lead_id);
      const auto erased = rows.erase_person(lead.lead_id, entry.at_ms);
      if (!erased) {
        return base::fail(base::ErrorCode::kNotFound, "there is no lead '" + lead.lead_id + "'",
                          "lead_id");
      }
      entry.detail = nlohmann::json({{"contact", erased->contact},
                                     {"notes", erased->notes},
                                     {"signals", erased->signals},
                                     {"actions", erased->actions},
                                     {"edits", erased->edits}})
                         .dump();
      append_audit(rows, entry);
      done.push_back({.lead_id = lead.lead_id, .erased = *erased});
    }
    return {};
  });
  if (!written) return std::unexpected(written.error());
  access.accounts().empty_journal();
  return done;
}

}  // namespace pursuit::access
