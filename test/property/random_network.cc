#include "property/random_network.h"

#include <ostream>

#include "model/policy_toml.h"

namespace pursuit::property {
namespace {

using base::Millis;
using rc::gen::element;
using reference::Input;
using reference::InputEvent;

constexpr Millis kEnd = 1'777'939'200'000;  // 2026-05-05T00:00:00Z
constexpr int kSlots = 480;

/// On a grid of `step` before the end mostly, so that instants coincide and durations meet their
/// limits. At six hours both changes of the clock of spring are in it.
rc::Gen<Millis> any_instant(Millis step) {
  return rc::gen::map(
      rc::gen::tuple(any_int(0, kSlots),
                     element<Millis>(0, 0, 0, 0, 0, 0, 0, 0, 1, 59'999, 1'234'567, 3'599'999)),
      [step](const std::tuple<int, Millis>& t) {
        return kEnd - std::get<0>(t) * step + std::get<1>(t);
      });
}

std::vector<InputEvent> any_events(const Input& in, Millis step) {
  const auto codes = static_cast<int>(in.policy.funnel.open_stages()) + 3;
  const auto drawn = *rc::gen::container<std::vector<std::tuple<int, int, Millis>>>(rc::gen::tuple(
      any_int(0, static_cast<int>(in.leads.size())), any_int(0, codes), any_instant(step)));
  std::vector<InputEvent> events;
  for (const auto& [lead, code, at] : drawn) {
    const auto stage =
        code == codes - 1 ? model::kActivityCode : static_cast<model::StageCode>(code);
    events.push_back({in.leads[static_cast<std::size_t>(lead)].id, stage, at});
  }
  const std::size_t distinct = events.size();
  for (std::size_t i = 0; i < distinct; i += 7) events.push_back(events[i]);
  return events;
}

void add_leads(Input& in, Millis step) {
  // Enough of them for small samples; ids whose byte order is not their numeric one.
  const int count = *rc::gen::withSize([](int size) { return any_int(1, 4 + size / 3); });
  for (int i = 0; i < count; ++i) {
    in.leads.push_back({"L" + std::to_string(i), *any_instant(step), *any_dimensions()});
  }
}

void add_events(Input& in, Millis step) {
  const auto more = [&] {
    for (InputEvent& e : any_events(in, step)) in.events.push_back(std::move(e));
  };
  for (int i = 0; i < 3; ++i) more();
  const auto signals =
      *rc::gen::scale(0.3, rc::gen::container<std::vector<std::tuple<int, int, Millis, int>>>(
                               rc::gen::tuple(any_int(0, static_cast<int>(in.leads.size())),
                                              any_int(4, 7), any_instant(step), any_int(0, 5))));
  for (const auto& [lead, component, at, value] : signals)
    in.signals.push_back({in.leads[static_cast<std::size_t>(lead)].id,
                          static_cast<std::size_t>(component), at, value / 4.0});
}

}  // namespace

rc::Gen<int> any_int(int from, int to) {
  return rc::gen::resize(rc::kNominalSize, rc::gen::inRange(from, to));
}

rc::Gen<Millis> any_as_of() {
  return rc::gen::map(
      rc::gen::tuple(any_int(-10, 3), element<Millis>(0, 0, 0, 1, -1, 21'600'000, 43'200'001)),
      [](const std::tuple<int, Millis>& t) {
        return kEnd + std::get<0>(t) * base::kMillisPerDay + std::get<1>(t);
      });
}

rc::Gen<std::array<std::string, model::kDimensions>> any_dimensions() {
  return rc::gen::exec([] {
    return std::array<std::string, model::kDimensions>{
        *element<std::string>("A", "A", "B", ""),    *element<std::string>("g", "h", ""),
        *element<std::string>("d1", "d1", "d2", ""), *element<std::string>("c1", "c2", "c3", ""),
        *element<std::string>("p", "q", ""),         *element<std::string>("n1", "n1", "n2", ""),
        *element<std::string>("o1", "o2", "")};
  });
}

rc::Gen<Input> any_network() {
  return rc::gen::exec([] {
    Input in;
    in.policy = *any_policy();
    in.as_of_ms = *any_as_of();
    const Millis step = *element(base::kMillisPerHour, 6 * base::kMillisPerHour);
    add_leads(in, step);
    add_events(in, step);
    return in;
  });
}

}  // namespace pursuit::property

namespace pursuit::reference {

void showValue(const Input& input, std::ostream& out) {
  out << "as of " << base::format_instant(input.as_of_ms) << "\n"
      << model::resolved_toml(input.policy) << "\nlead_id,created_at,dimensions\n";
  for (const InputLead& lead : input.leads) {
    out << lead.id << "," << base::format_instant(lead.created_ms);
    for (const std::string& value : lead.dims) out << "," << value;
    out << "\n";
  }
  out << "lead_id,code,at\n";
  for (const InputEvent& e : input.events)
    out << e.lead_id << "," << int{e.code} << "," << base::format_instant(e.at_ms) << "\n";
  for (const InputSignal& s : input.signals)
    out << s.lead_id << ",signal " << s.component << "," << base::format_instant(s.at_ms) << ","
        << s.value << "\n";
}

}  // namespace pursuit::reference
