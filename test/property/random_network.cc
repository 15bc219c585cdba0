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

/// Where the instants of a network lie: on a grid before the end mostly, so that they coincide and
/// durations meet their limits. The longest has both changes of the clock of spring in it, the
/// shortest crowds everything into the last day or two.
struct Grid {
  Millis step;
  int slots;
  bool one_pair;  // nearly all leads with one dealer and nameplate
};

rc::Gen<Millis> any_instant(const Grid& grid) {
  return rc::gen::map(
      rc::gen::tuple(any_int(0, grid.slots),
                     element<Millis>(0, 0, 0, 0, 0, 0, 0, 0, 1, 59'999, 1'234'567, 3'599'999)),
      [step = grid.step](const std::tuple<int, Millis>& t) {
        return kEnd - std::get<0>(t) * step + std::get<1>(t);
      });
}

std::vector<InputEvent> any_events(const Input& in, const Grid& grid) {
  const auto codes = static_cast<int>(in.policy.funnel.open_stages()) + 3;
  const auto drawn = *rc::gen::container<std::vector<std::tuple<int, int, Millis>>>(rc::gen::tuple(
      any_int(0, static_cast<int>(in.leads.size())), any_int(0, codes), any_instant(grid)));
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

void add_leads(Input& in, const Grid& grid) {
  // Enough of them for small samples; ids whose byte order is not their numeric one.
  const int count = *rc::gen::withSize([](int size) { return any_int(1, 4 + size / 3); });
  for (int i = 0; i < count; ++i) {
    in.leads.push_back({"L" + std::to_string(i), *any_instant(grid), *any_dimensions()});
    if (grid.one_pair && *any_int(0, 8) > 0) {
      in.leads.back().dims[model::index_of(model::Dimension::kDealer)] = "d1";
      in.leads.back().dims[model::index_of(model::Dimension::kNameplate)] = "n1";
    }
  }
}

void add_events(Input& in, const Grid& grid) {
  const auto more = [&] {
    for (InputEvent& e : any_events(in, grid)) in.events.push_back(std::move(e));
  };
  for (int i = 0; i < 3; ++i) more();
  const auto signals =
      *rc::gen::scale(0.3, rc::gen::container<std::vector<std::tuple<int, int, Millis, int>>>(
                               rc::gen::tuple(any_int(0, static_cast<int>(in.leads.size())),
                                              any_int(4, 7), any_instant(grid), any_int(0, 5))));
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
      rc::gen::tuple(element(-10, -7, -3, -2, -1, -1, -1, 0, 0, 0, 1, 2),
                     element<Millis>(0, 0, 1, -1, 21'600'000, 43'200'001, 75'600'000)),
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
    const Grid grid{.step = *element(base::kMillisPerHour, 6 * base::kMillisPerHour),
                    .slots = *element(36, 480),
                    .one_pair = *any_int(0, 2) == 0};
    add_leads(in, grid);
    add_events(in, grid);
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
