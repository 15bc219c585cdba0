// ingest/mapping.h: which column of a source carries which of our fields, and what its stage names
// mean to us (semantics.md, "mapping.toml"). Plain data, any thread once built.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "model/event.h"
#include "model/policy.h"

namespace pursuit::ingest {

/// The kinds of files that are read; each is a section of mapping.toml.
enum class FileKind : std::uint8_t { kLeads, kEvents, kOutcomes, kSignals, kCosts };
inline constexpr std::size_t kFileKinds = 5;
inline constexpr std::array<std::string_view, kFileKinds> kFileKindNames = {
    "leads", "events", "outcomes", "signals", "costs"};

/// Every field of every kind of file (semantics.md, "Files in").
enum class Field : std::uint8_t {
  kLeadId,
  kCreatedAt,
  kChannel,
  kCampaign,
  kRegion,
  kDealerGroup,
  kDealer,
  kProduct,
  kNameplate,
  kOwner,
  kValue,
  kName,
  kPhone,
  kEmail,
  kConsent,
  kStage,
  kAt,
  kActor,
  kSourceKey,
  kOutcome,
  kReason,
  kRevenue,
  kTransactionId,
  kKind,
  kText,
  kFrom,
  kTo,
  kAmount,
  kCurrency,
};
inline constexpr std::size_t kFields = 29;
/// Our own column names, by Field.
inline constexpr std::array<std::string_view, kFields> kFieldNames = {
    "lead_id", "created_at",     "channel", "campaign", "region",     "dealer_group", "dealer",
    "product", "nameplate",      "owner",   "value",    "name",       "phone",        "email",
    "consent", "stage",          "at",      "actor",    "source_key", "outcome",      "reason",
    "revenue", "transaction_id", "kind",    "text",     "from",       "to",           "amount",
    "currency"};

[[nodiscard]] constexpr std::size_t index_of(Field f) { return static_cast<std::size_t>(f); }
[[nodiscard]] constexpr std::string_view name_of(Field f) { return kFieldNames[index_of(f)]; }
[[nodiscard]] constexpr std::size_t index_of(FileKind k) { return static_cast<std::size_t>(k); }
[[nodiscard]] constexpr std::string_view name_of(FileKind k) { return kFileKindNames[index_of(k)]; }

/// The fields of one kind of file, the indispensable ones first.
[[nodiscard]] std::span<const Field> fields_of(FileKind kind);
/// Whether a row of that kind means nothing without the field.
[[nodiscard]] bool is_indispensable(FileKind kind, Field field);

/// Where the value of one field comes from: a column, a constant, or nowhere (both absent).
struct FieldSource {
  std::string column;                   // name in the source; empty: no column is read
  std::optional<std::string> constant;  // the same text for every row; then `column` is empty
  bool named = false;                   // the mapping names the column, it is not just our own name

  [[nodiscard]] bool absent() const { return column.empty() && !constant.has_value(); }
  friend bool operator==(const FieldSource&, const FieldSource&) = default;
};

/// What becomes of a row whose stage or outcome has no code.
enum class Others : std::uint8_t { kReject, kIgnore, kActivity };
inline constexpr std::array<std::string_view, 3> kOthersNames = {"reject", "ignore", "activity"};

/// Codes by the value that stands in the source. Ordered, so that listing it depends on nothing
/// else.
using CodeByText = std::map<std::string, model::StageCode, std::less<>>;

/// How one kind of file is read. A field that the mapping does not name is read from the column of
/// its own name, unless the mapping uses that column for another field; a stage that it does not
/// name carries our own name.
struct FileMapping {
  FileKind kind = FileKind::kLeads;
  std::array<FieldSource, kFields> sources;  // by Field; absent for the fields of other kinds
  std::string time_zone = "UTC";             // IANA zone of naive instants, known to exist
  std::optional<char> delimiter;             // of CSV; nothing: found out from the header
  /// Events: every stage value that has a code, our own names included. Outcomes: the values that
  /// mean won or lost. Empty for the other kinds.
  CodeByText codes;
  Others others = Others::kReject;  // events and outcomes

  [[nodiscard]] const FieldSource& of(Field field) const { return sources[index_of(field)]; }
  /// Whether a file without this column must be refused: the mapping names it, or a row means
  /// nothing without it.
  [[nodiscard]] bool needs_column(Field field) const {
    const FieldSource& source = of(field);
    return !source.column.empty() && (source.named || is_indispensable(kind, field));
  }
  friend bool operator==(const FileMapping&, const FileMapping&) = default;
};

struct Mapping {
  std::array<FileMapping, kFileKinds> files;  // by FileKind

  [[nodiscard]] const FileMapping& of(FileKind kind) const { return files[index_of(kind)]; }
  friend bool operator==(const Mapping&, const Mapping&) = default;
};

/// The mapping where no file is given: every column carries our own name, outcomes are `won` and
/// `lost`, zones are UTC.
[[nodiscard]] Mapping identity_mapping(const model::FunnelPolicy& funnel);

/// Reads a mapping for a policy's funnel. An unknown key, field or stage, a wrong type, or a zone
/// that is not known is an error whose `where` is "FILE:LINE" and whose message names the key.
/// `file_name` is used for messages only.
[[nodiscard]] base::Result<Mapping> parse_mapping(std::string_view toml_text,
                                                  std::string_view file_name,
                                                  const model::FunnelPolicy& funnel);

/// Reads the file at `path` (at most base::kMaxConfigBytes) and parses it.
[[nodiscard]] base::Result<Mapping> read_mapping_file(const std::string& path,
                                                      const model::FunnelPolicy& funnel);

/// The mapping as text: parsing it with the same funnel gives the same mapping.
[[nodiscard]] std::string mapping_toml(const Mapping& mapping, const model::FunnelPolicy& funnel);

}  // namespace pursuit::ingest
