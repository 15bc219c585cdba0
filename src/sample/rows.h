// sample/rows.h: the columns of the sample's files and what stands in them, once for every format:
// a row is handed field by field to a sink, which has text(), number(), instant_s() and empty().
// Pure functions, any thread.
#pragma once

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sample/network.h"
#include "sample/path.h"

namespace pursuit::sample {

enum class CellType : std::uint8_t { kText, kNumber, kInstant };
struct ColumnSpec {
  std::string_view name;
  CellType type;
};

[[nodiscard]] std::vector<ColumnSpec> lead_columns(bool details);
[[nodiscard]] std::vector<ColumnSpec> event_columns(bool details);
[[nodiscard]] std::vector<ColumnSpec> outcome_columns();
[[nodiscard]] std::vector<ColumnSpec> signal_columns();

/// Up to 31 characters made on the spot, e.g. an id.
class ShortText {
 public:
  /// `prefix`, then `number` with at least `digits` digits.
  ShortText(std::string_view prefix, std::uint64_t number, int digits) {
    for (const char c : prefix) text_[size_++] = c;
    std::array<char, 20> reversed;
    std::size_t n = 0;
    for (; number != 0 || digits > 0; number /= 10, --digits)
      reversed[n++] = static_cast<char>('0' + number % 10);
    while (n > 0) text_[size_++] = reversed[--n];
  }
  [[nodiscard]] std::string_view view() const { return {text_.data(), size_}; }

 private:
  std::array<char, 32> text_;
  std::size_t size_ = 0;
};

[[nodiscard]] inline ShortText lead_id(std::uint32_t number) { return {"L", number, 9}; }

/// Invented contact data of a lead: it must look like some, and belong to nobody.
struct Contact {
  std::string name;
  std::string phone;
  std::string email;
  std::string_view consent;
};
[[nodiscard]] Contact draw_contact(const Network& network, std::uint32_t number);

template <class Sink>
void lead_row(const Network& network, const LeadDraft& lead, bool details, Sink& sink) {
  const Dealer& dealer = network.dealer(lead.dealer);
  sink.text(lead_id(lead.number).view());
  sink.instant_s(lead.created_s);
  sink.text(kChannels[lead.channel].name);
  sink.text(lead.campaign < kCampaigns.size() ? kCampaigns[lead.campaign] : std::string_view());
  sink.text(kMarkets[dealer.market].code);
  sink.text(dealer.group);
  sink.text(dealer.name);
  sink.text(kNameplates[lead.nameplate].product);
  sink.text(kNameplates[lead.nameplate].name);
  sink.text(network.owner(lead.owner));
  sink.number(lead.value);
  if (!details) return;
  const Contact contact = draw_contact(network, lead.number);
  sink.text(contact.name);
  sink.text(contact.phone);
  sink.text(contact.email);
  sink.text(contact.consent);
}

template <class Sink>
void event_row(const Network& network, const EventDraft& event, bool details, Sink& sink) {
  sink.text(lead_id(event.lead).view());
  sink.text(kStages[event.code]);
  sink.instant_s(event.at_s);
  if (!details) return;
  sink.text(network.owner(network.draw(event.lead).owner));
  sink.text(ShortText("E", (std::uint64_t{event.lead} << 8) | event.number, 10).view());
}

template <class Sink>
void outcome_row(const Network& network, const EventDraft& event, Sink& sink) {
  const bool won = event.code == kWon;
  sink.text(lead_id(event.lead).view());
  sink.text(won ? "won" : "lost");
  sink.instant_s(event.at_s);
  sink.text(won ? std::string_view() : kLostReasons[event.at_s % kLostReasons.size()]);
  if (won) {
    sink.number(network.draw(event.lead).value);
    sink.text(ShortText("T", (std::uint64_t{event.lead} << 8) | event.number, 10).view());
  } else {
    sink.empty();
    sink.text({});
  }
}

template <class Sink>
void signal_row(const SignalDraft& signal, Sink& sink) {
  sink.text(lead_id(signal.lead).view());
  sink.text(kSignalKinds[signal.kind]);
  sink.instant_s(signal.at_s);
  if (signal.kind >= kFirstValuedSignal) {
    sink.number(signal.hundredth / 100.0);
    sink.text({});
  } else {
    sink.empty();
    sink.text(signal.hundredth < 50 ? "" : "Call back, asks for \"the grey one\"");
  }
}

}  // namespace pursuit::sample
