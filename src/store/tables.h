// store/tables.h: the tables of schema.cc as rows are put into them, and what is looked up by key.
// Constants.
#pragma once

#include <array>

#include "store/account_tables.h"
#include "store/bulk.h"

namespace pursuit::store::tables {

using enum Type;

inline constexpr std::array kSourceColumns = {Column{"id", kInt}, Column{"name", kText}};
inline constexpr Table kSource{"source", kSourceColumns};
inline constexpr Table kStage{"stage", kSourceColumns};

inline constexpr std::array kLeadColumns = {
    Column{"id", kInt},       Column{"lead_id", kText},      Column{"created_at", kInt},
    Column{"region", kText},  Column{"dealer_group", kText}, Column{"dealer", kText},
    Column{"channel", kText}, Column{"product", kText},      Column{"nameplate", kText},
    Column{"owner", kText},   Column{"campaign", kText},     Column{"value", kReal}};
inline constexpr Table kLead{"lead", kLeadColumns};

inline constexpr std::array kContactColumns = {
    Column{"lead", kInt},   Column{"name", kText},    Column{"phone", kText},
    Column{"email", kText}, Column{"consent", kText}, Column{"attributes", kText}};
inline constexpr Table kContact{"contact", kContactColumns};

inline constexpr std::array kWordColumns = {Column{"word", kText}, Column{"lead", kInt}};
inline constexpr Table kWord{"word", kWordColumns, 2};

inline constexpr std::array kEventColumns = {Column{"lead", kInt}, Column{"at", kInt},
                                             Column{"stage", kInt}, Column{"seq", kInt},
                                             Column{"actor", kText}};
inline constexpr Table kEvent{"stage_event", kEventColumns, 3};

inline constexpr std::array kOutcomeColumns = {Column{"lead", kInt},
                                               Column{"seq", kInt},
                                               Column{"at", kInt},
                                               Column{"won", kInt},
                                               Column{"reason", kText},
                                               Column{"revenue", kReal},
                                               Column{"transaction_id", kText}};
inline constexpr Table kOutcome{"outcome", kOutcomeColumns, 2};

inline constexpr std::array kSignalColumns = {Column{"lead", kInt},   Column{"seq", kInt},
                                              Column{"at", kInt},     Column{"kind", kText},
                                              Column{"value", kReal}, Column{"text", kText}};
inline constexpr Table kSignal{"signal", kSignalColumns, 2};

inline constexpr std::array kNoteColumns = {Column{"lead", kInt},  Column{"seq", kInt},
                                            Column{"at", kInt},    Column{"kind", kText},
                                            Column{"text", kText}, Column{"actor", kText}};
inline constexpr Table kNote{"note", kNoteColumns, 2};

inline constexpr std::array kActionColumns = {
    Column{"lead", kInt},      Column{"seq", kInt},       Column{"kind", kInt},
    Column{"at", kInt},        Column{"author", kText},   Column{"text", kText},
    Column{"value", kText},    Column{"until", kInt},     Column{"undone", kInt},
    Column{"undone_at", kInt}, Column{"undone_by", kText}};
inline constexpr Table kAction{"action", kActionColumns, 2};

inline constexpr std::array kEditColumns = {Column{"lead", kInt}, Column{"seq", kInt},
                                            Column{"fields", kText}};
inline constexpr Table kEdit{"lead_edit", kEditColumns, 2};

inline constexpr std::array kErasedColumns = {Column{"lead", kInt}, Column{"at", kInt}};
inline constexpr Table kErased{"erased_person", kErasedColumns};

inline constexpr std::array kCostColumns = {Column{"seq", kInt},       Column{"channel", kText},
                                            Column{"campaign", kText}, Column{"from_day", kInt},
                                            Column{"to_day", kInt},    Column{"amount", kReal},
                                            Column{"currency", kText}};
inline constexpr Table kCost{"cost", kCostColumns};

inline constexpr std::array kChangeColumns = {
    Column{"seq", kInt},  Column{"source", kInt}, Column{"source_key", kText}, Column{"kind", kInt},
    Column{"lead", kInt}, Column{"digest", kInt}, Column{"received_at", kInt}};
inline constexpr Table kChange{"change_log", kChangeColumns};

inline constexpr std::array kStateColumns = {Column{"id", kInt},       Column{"last_seq", kInt},
                                             Column{"leads", kInt},    Column{"events", kInt},
                                             Column{"outcomes", kInt}, Column{"signals", kInt},
                                             Column{"costs", kInt},    Column{"notes", kInt}};
inline constexpr Table kState{"store_state", kStateColumns};

inline constexpr std::array kPolicyColumns = {Column{"version", kInt}, Column{"text", kText},
                                              Column{"hash", kText},   Column{"author", kText},
                                              Column{"note", kText},   Column{"at", kInt}};
inline constexpr Table kPolicy{"policy", kPolicyColumns};

inline constexpr std::array kRunColumns = {Column{"id", kInt},       Column{"kind", kText},
                                           Column{"as_of", kInt},    Column{"started", kInt},
                                           Column{"ended", kInt},    Column{"status", kInt},
                                           Column{"message", kText}, Column{"counts", kText}};
inline constexpr Table kRun{"run", kRunColumns};

inline constexpr std::array kJobColumns = {Column{"id", kInt},      Column{"state", kInt},
                                           Column{"name", kText},   Column{"author", kText},
                                           Column{"detail", kText}, Column{"created", kInt},
                                           Column{"updated", kInt}};
inline constexpr Table kJob{"import_job", kJobColumns};

inline constexpr std::array kRangeColumns = {Column{"import", kInt}, Column{"first_seq", kInt},
                                             Column{"last_seq", kInt}};
inline constexpr Table kRange{"import_range", kRangeColumns, 2};

inline constexpr std::array kMappingColumns = {Column{"name", kText}, Column{"text", kText},
                                               Column{"author", kText}, Column{"at", kInt}};
inline constexpr Table kMapping{"import_mapping", kMappingColumns};

/// Everything but the list of migrations, each after what it refers to.
inline constexpr std::array kAll = {
    &kSource,  &kStage,  &kLead,  &kContact, &kWord,   &kEvent,  &kOutcome, &kSignal, &kNote,
    &kCost,    &kAction, &kEdit,  &kErased,  &kChange, &kPolicy, &kRun,     &kState,  &kUser,
    &kSession, &kLink,   &kToken, &kAudit,   &kJob,    &kRange,  &kMapping};

inline constexpr std::array kTextKey = {kText};
inline constexpr std::array kIntKey = {kInt};
inline constexpr std::array kIntTextKey = {kInt, kText};
inline constexpr std::array kThreeInts = {kInt, kInt, kInt};

/// A change by its source and key: seq, digest, lead (NULL for a cost).
inline constexpr Lookup kChangeByKey{"c.seq, c.digest, c.lead", "change_log c",
                                     "c.source = {0} AND c.source_key = {1}", kIntTextKey,
                                     kThreeInts};
/// A lead's number by its id, and created_at: base::kNoInstant where the lead was taken back.
inline constexpr std::array kTwoInts = {kInt, kInt};
inline constexpr Lookup kLeadNumber{"l.id, l.created_at", "lead l", "l.lead_id = {0}", kTextKey,
                                    kTwoInts};
/// The change that brought a stage event.
inline constexpr Lookup kEventSeq{
    "e.seq", "stage_event e", "e.lead = {0} AND e.at = {1} AND e.stage = {2}", kThreeInts, kIntKey};
/// When the person of a lead was erased.
inline constexpr Lookup kErasedAt{"e.at", "erased_person e", "e.lead = {0}", kIntKey, kIntKey};
/// The actions of a lead by its number: what action_of() of action_row.h reads.
inline constexpr std::array kActionTypes = {kInt,  kInt, kInt, kInt, kText, kText,
                                            kText, kInt, kInt, kInt, kText, kText};
inline constexpr std::string_view kActionRead =
    "a.lead, a.seq, a.kind, a.at, a.author, a.text, a.value, a.until, a.undone, a.undone_at, "
    "a.undone_by, l.lead_id";
inline constexpr Lookup kActionsOfLead{kActionRead, "action a JOIN lead l ON l.id = a.lead",
                                       "a.lead = {0}", kIntKey, kActionTypes};
/// A whole lead by its number, in the order that lead_of() of lead_row.h reads.
inline constexpr std::array kRecordTypes = {kInt,  kText, kInt,  kText, kText, kText,
                                            kText, kText, kText, kText, kText, kReal,
                                            kText, kText, kText, kText, kText};
inline constexpr std::string_view kRecordColumns =
    "l.id, l.lead_id, l.created_at, l.region, l.dealer_group, l.dealer, l.channel, l.product, "
    "l.nameplate, l.owner, l.campaign, l.value, c.name, c.phone, c.email, c.consent, c.attributes";
inline constexpr std::string_view kRecordFrom = "lead l LEFT JOIN contact c ON c.lead = l.id";
inline constexpr Lookup kLeadByNumber{kRecordColumns, kRecordFrom, "l.id = {0}", kIntKey,
                                      kRecordTypes};
inline constexpr Lookup kLeadById{kRecordColumns, kRecordFrom, "l.lead_id = {0}", kTextKey,
                                  kRecordTypes};

}  // namespace pursuit::store::tables
