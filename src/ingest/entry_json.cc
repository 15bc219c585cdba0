#include "ingest/entry_json.h"

#include <cmath>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include <simdjson.h>

#include "base/limits.h"
#include "base/time.h"

namespace pursuit::ingest {
namespace {

namespace dom = simdjson::dom;
template <class T>
using Read = std::expected<T, EntryError>;

std::unexpected<EntryError> refuse(std::string_view field, std::string reason) {
  return std::unexpected(EntryError{std::string(field), std::move(reason)});
}

constexpr std::size_t kMaxTextBytes = 64u << 10;  // of a note or a signal
constexpr std::size_t kMaxAttributes = 100;

/// The members of an object, taken one by one by name; what nobody took is left over.
class Members {
 public:
  explicit Members(dom::object object) {
    for (const auto field : object) fields_.push_back({field.key, field.value, false});
  }

  /// The member `name`; nothing when it is not there. The last one of several counts.
  std::optional<dom::element> take(std::string_view name) {
    std::optional<dom::element> found;
    for (Field& field : fields_) {
      if (field.name != name) continue;
      field.taken = true;
      found = field.value;
    }
    return found;
  }
  template <class Fn>
  std::optional<EntryError> for_each_left(Fn&& fn) const {
    for (const Field& field : fields_) {
      if (field.taken) continue;
      if (auto error = fn(field.name, field.value)) return error;
    }
    return std::nullopt;
  }

 private:
  struct Field {
    std::string_view name;
    dom::element value;
    bool taken;
  };
  std::vector<Field> fields_;
};

/// Text of a member: a string, or a number or boolean as it is written. Null is empty.
Read<std::string> text_of(dom::element value, std::string_view name, std::size_t most_bytes) {
  std::string text;
  switch (value.type()) {
    case dom::element_type::STRING:
      text = std::string_view(value.get_string().value_unsafe());
      break;
    case dom::element_type::NULL_VALUE:
      break;
    case dom::element_type::ARRAY:
    case dom::element_type::OBJECT:
      return refuse(name, "an object or a list where a plain value is wanted");
    default:
      text = simdjson::minify(value);
  }
  if (text.size() > most_bytes)
    return refuse(name, "longer than " + std::to_string(most_bytes) + " bytes");
  if (text.find('\0') != std::string::npos) return refuse(name, "NUL character");
  return text;
}

Read<std::optional<std::string>> optional_text(Members& members, std::string_view name,
                                               std::size_t most_bytes) {
  const auto value = members.take(name);
  if (!value) return std::nullopt;
  return text_of(*value, name, most_bytes);
}

/// Empty where the member is not there.
Read<std::string> plain_text(Members& members, std::string_view name, std::size_t most_bytes) {
  auto text = optional_text(members, name, most_bytes);
  if (!text) return std::unexpected(std::move(text.error()));
  return std::move(*text).value_or("");
}

Read<std::string> needed_text(Members& members, std::string_view name, std::size_t most_bytes) {
  auto text = plain_text(members, name, most_bytes);
  if (text && text->empty()) return refuse(name, "missing or empty");
  return text;
}

Read<std::optional<base::Millis>> optional_instant(Members& members, std::string_view name) {
  auto text = plain_text(members, name, base::kMaxIdBytes);
  if (!text) return std::unexpected(std::move(text.error()));
  if (text->empty()) return std::nullopt;
  const auto instant = base::parse_instant(*text);
  if (!instant)
    return refuse(name, "not an instant between 1900 and 2300, as 2026-06-01T08:30:00Z");
  return instant->at_ms;
}

Read<base::Millis> needed_instant(Members& members, std::string_view name) {
  const auto instant = optional_instant(members, name);
  if (!instant) return std::unexpected(instant.error());
  if (!*instant) return refuse(name, "missing or empty");
  return **instant;
}

Read<std::int32_t> needed_day(Members& members, std::string_view name) {
  const auto text = needed_text(members, name, base::kMaxIdBytes);
  if (!text) return std::unexpected(text.error());
  const auto day = base::parse_date(*text);
  if (!day) return refuse(name, "not a date, as 2026-06-01");
  return static_cast<std::int32_t>(*day);
}

Read<std::optional<double>> optional_number(Members& members, std::string_view name) {
  const auto value = members.take(name);
  if (!value || value->is_null()) return std::nullopt;
  const auto number = value->get_double();
  if (number.error() != simdjson::SUCCESS || !std::isfinite(number.value_unsafe()))
    return refuse(name, "not a number");
  return number.value_unsafe();
}

/// Stores what was read, or keeps the first error.
class Collector {
 public:
  template <class T>
  void operator()(T& place, Read<T> read) {
    if (error_) return;
    if (read) {
      place = std::move(*read);
    } else {
      error_ = std::move(read.error());
    }
  }
  void fail(std::string_view field, std::string reason) {
    if (!error_) error_ = EntryError{std::string(field), std::move(reason)};
  }
  void fail_with(std::optional<EntryError> error) {
    if (!error_) error_ = std::move(error);
  }
  [[nodiscard]] std::optional<EntryError>& error() { return error_; }

 private:
  std::optional<EntryError> error_;
};

model::LeadRow lead_row(Members& members, Collector& take) {
  model::LeadRow row;
  take(row.lead_id, needed_text(members, "lead_id", base::kMaxIdBytes));
  take(row.created_at_ms, optional_instant(members, "created_at"));
  const auto text = [&](std::optional<std::string>& place, std::string_view name) {
    take(place, optional_text(members, name, base::kMaxDimensionBytes));
  };
  text(row.channel, "channel");
  text(row.campaign, "campaign");
  text(row.region, "region");
  text(row.dealer_group, "dealer_group");
  text(row.dealer, "dealer");
  text(row.product, "product");
  text(row.nameplate, "nameplate");
  text(row.owner, "owner");
  text(row.name, "name");
  text(row.phone, "phone");
  text(row.email, "email");
  text(row.consent, "consent");
  take(row.value, optional_number(members, "value"));
  take.fail_with(members.for_each_left(
      [&](std::string_view name, dom::element value) -> std::optional<EntryError> {
        if (row.attributes.size() == kMaxAttributes) {
          return EntryError{std::string(name),
                            "more than " + std::to_string(kMaxAttributes) + " attributes"};
        }
        if (name.empty() || name.size() > base::kMaxIdBytes)
          return EntryError{std::string(name.substr(0, base::kMaxIdBytes)), "not a name"};
        auto attribute = text_of(value, name, kMaxTextBytes);
        if (!attribute) return std::move(attribute.error());
        row.attributes.emplace_back(name, std::move(*attribute));
        return std::nullopt;
      }));
  return row;
}

model::EventRow event_row(Members& members, Collector& take) {
  model::EventRow row;
  take(row.lead_id, needed_text(members, "lead_id", base::kMaxIdBytes));
  take(row.stage, needed_text(members, "stage", base::kMaxDimensionBytes));
  take(row.at_ms, needed_instant(members, "at"));
  take(row.actor, plain_text(members, "actor", base::kMaxDimensionBytes));
  return row;
}

model::OutcomeRow outcome_row(Members& members, Collector& take) {
  model::OutcomeRow row;
  std::string outcome;
  take(row.lead_id, needed_text(members, "lead_id", base::kMaxIdBytes));
  take(outcome, needed_text(members, "outcome", base::kMaxDimensionBytes));
  if (outcome != "won" && outcome != "lost") take.fail("outcome", "neither \"won\" nor \"lost\"");
  row.won = outcome == "won";
  take(row.at_ms, needed_instant(members, "at"));
  take(row.reason, plain_text(members, "reason", kMaxTextBytes));
  take(row.revenue, optional_number(members, "revenue"));
  take(row.transaction_id, plain_text(members, "transaction_id", base::kMaxIdBytes));
  return row;
}

model::SignalRow signal_row(Members& members, Collector& take) {
  model::SignalRow row;
  take(row.lead_id, needed_text(members, "lead_id", base::kMaxIdBytes));
  take(row.kind, needed_text(members, "kind", base::kMaxDimensionBytes));
  take(row.at_ms, needed_instant(members, "at"));
  take(row.value, optional_number(members, "value"));
  const bool scores =
      row.kind == "engagement" || row.kind == "assessment" || row.kind == "propensity";
  if (scores && row.value && (*row.value < 0 || *row.value > 1))
    take.fail("value", "not between 0 and 1");
  take(row.text, plain_text(members, "text", kMaxTextBytes));
  return row;
}

model::CostRow cost_row(Members& members, Collector& take) {
  model::CostRow row;
  std::optional<double> amount;
  take(row.channel, needed_text(members, "channel", base::kMaxDimensionBytes));
  take(row.campaign, plain_text(members, "campaign", base::kMaxDimensionBytes));
  take(row.from_day, needed_day(members, "from"));
  take(row.to_day, needed_day(members, "to"));
  if (row.to_day < row.from_day) take.fail("to", "before \"from\"");
  take(amount, optional_number(members, "amount"));
  if (!amount) take.fail("amount", "missing or empty");
  row.amount = amount.value_or(0);
  take(row.currency, plain_text(members, "currency", base::kMaxIdBytes));
  return row;
}

model::NoteRow note_row(Members& members, Collector& take) {
  model::NoteRow row;
  take(row.lead_id, needed_text(members, "lead_id", base::kMaxIdBytes));
  take(row.kind, plain_text(members, "kind", base::kMaxIdBytes));
  if (row.kind.empty()) row.kind = "note";
  if (row.kind != "note" && row.kind != "call" && row.kind != "email" && row.kind != "visit")
    take.fail("kind", "none of \"note\", \"call\", \"email\", \"visit\"");
  take(row.at_ms, needed_instant(members, "at"));
  take(row.text, plain_text(members, "text", kMaxTextBytes));
  take(row.actor, plain_text(members, "actor", base::kMaxDimensionBytes));
  return row;
}

/// Nothing for a type that there is not.
std::optional<model::Row> row_of(std::string_view type, Members& members, Collector& take) {
  if (type == "lead") return lead_row(members, take);
  if (type == "event") return event_row(members, take);
  if (type == "outcome") return outcome_row(members, take);
  if (type == "signal") return signal_row(members, take);
  if (type == "cost") return cost_row(members, take);
  if (type == "note") return note_row(members, take);
  return std::nullopt;
}

}  // namespace

struct EntryReader::Parser {
  dom::parser parser;
  std::vector<char> padded;
};

EntryReader::EntryReader() : parser_(std::make_unique<Parser>()) {}
EntryReader::~EntryReader() = default;
EntryReader::EntryReader(EntryReader&&) noexcept = default;
EntryReader& EntryReader::operator=(EntryReader&&) noexcept = default;

std::expected<model::Entry, EntryError> EntryReader::read(std::string_view line,
                                                          std::string_view default_source) {
  auto& padded = parser_->padded;
  padded.resize(line.size() + simdjson::SIMDJSON_PADDING);
  if (!line.empty()) std::memcpy(padded.data(), line.data(), line.size());
  std::memset(padded.data() + line.size(), 0, simdjson::SIMDJSON_PADDING);
  const auto parsed = parser_->parser.parse(padded.data(), line.size(), false);
  if (parsed.error() == simdjson::UTF8_ERROR) return refuse("", "not valid UTF-8");
  dom::object object;
  if (parsed.error() != simdjson::SUCCESS || parsed.get_object().get(object) != simdjson::SUCCESS)
    return refuse("", "not a JSON object");

  Members members(object);
  Collector take;
  model::Entry entry;
  std::string type;
  take(type, needed_text(members, "type", base::kMaxIdBytes));
  take(entry.source, plain_text(members, "source", kMaxSourceBytes));
  if (entry.source.empty()) entry.source = default_source;
  take(entry.source_key, plain_text(members, "source_key", kMaxSourceBytes));
  if (take.error()) return std::unexpected(std::move(*take.error()));
  if (entry.source.empty()) return refuse("source", "missing or empty");
  auto row = row_of(type, members, take);
  if (!row) return refuse("type", "none of lead, event, outcome, signal, cost, note");
  if (type != "lead") {
    take.fail_with(
        members.for_each_left([](std::string_view name, dom::element) -> std::optional<EntryError> {
          return EntryError{std::string(name.substr(0, base::kMaxIdBytes)), "not known here"};
        }));
  }
  if (take.error()) return std::unexpected(std::move(*take.error()));
  entry.row = std::move(*row);
  return entry;
}

}  // namespace pursuit::ingest
