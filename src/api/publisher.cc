#include "api/publisher.h"

#include <array>
#include <utility>

#include <nlohmann/json.hpp>

#include "report/json_values.h"

namespace pursuit::api {
namespace {

using model::Dimension;
using report::Json;

/// Above this many leads or loads in one step clients are told to look again rather than of each.
constexpr std::size_t kMaxPerStep = 2'000;

/// What says where a lead is, and so who sees it.
constexpr std::array kPlaces = {Dimension::kRegion, Dimension::kDealerGroup, Dimension::kDealer,
                                Dimension::kOwner};

template <class Load>
Load load_in(const engine::Engine& engine, engine::Pair pair) {
  const auto row = engine.load(pair.dealer, pair.nameplate);
  if (!row) return {};
  return {.open = row->open, .in_load_stages = row->in_load_stages, .relaxation = row->relaxation};
}

std::string text(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

void Publisher::begin(const service::Service& service) {
  const auto view = service.live();
  place_all(*view);
  for (auto& [key, known] : known_) known.load = load_in<Load>(*view, known.codes);
}

void Publisher::publish(const service::Service& service, const service::Update& update) {
  const auto view = service.live();
  if (update.baseline_swapped) {
    hub_.publish("baseline", text({{"as_of", report::instant_json(update.as_of_ms)},
                                   {"policy", service.policy().hash}}));
    place_all(*view);
  }
  if (update.leads.size() > kMaxPerStep) {
    // How many there are in the network is for who sees all of it.
    hub_.publish("many", text({{"seq", update.seq}, {"leads", update.leads.size()}}),
                 {{.name = "audience", .value = "whole"}});
    hub_.publish("many", text({{"seq", update.seq}}), {{.name = "audience", .value = "part"}});
  } else {
    publish_left(*view, update);
    publish_leads(*view, update);
  }
  publish_loads(*view, moved_of(*view, update), update.seq);
}

void Publisher::publish_left(const engine::Engine& engine, const service::Update& update) {
  for (const service::Left& left : update.left) {
    const base::LeadId lead = engine.leads().find(left.lead_id);
    if (lead == base::kNoLead) continue;
    std::vector<http::NameValue> labels = {{"region", left.region},
                                           {"dealer_group", left.dealer_group},
                                           {"dealer", left.dealer},
                                           {"owner", left.owner}};
    for (std::size_t i = 0; i < kPlaces.size(); ++i) {
      labels.push_back(
          {std::string(kTo) + labels[i].name, std::string(engine.leads().text(lead, kPlaces[i]))});
    }
    // Where it went is not for who does not see it there.
    hub_.publish("left", text({{"lead_id", left.lead_id}, {"seq", update.seq}}), std::move(labels));
  }
}

void Publisher::publish_leads(const engine::Engine& engine, const service::Update& update) {
  for (const std::string& id : update.leads) {
    const base::LeadId lead = engine.leads().find(id);
    if (lead == base::kNoLead) continue;
    const engine::Glance glance = engine.glance(lead);
    if (glance.state == engine::LeadState::kUnseen) continue;
    Json json = {{"lead_id", id}, {"seq", update.seq}};
    json["state"] = engine::kStateNames[static_cast<std::size_t>(glance.state)];
    json["stage"] = engine.policy().funnel.name_of(glance.stage);
    if (glance.state == engine::LeadState::kOpen) {
      json["score"] = glance.score;
      json["tier"] = report::tier_name(glance.tier);
      json["status"] = glance.expired ? "expired" : "active";
      json["dormant"] = glance.dormant;
      json["snoozed_until"] = report::instant_json(engine.snoozed_until(lead));
    }
    std::vector<http::NameValue> labels;
    for (const Dimension d : kPlaces) {
      const std::string name(model::kDimensionNames[index_of(d)]);
      json[name] = engine.leads().text(lead, d);
      labels.push_back({name, std::string(engine.leads().text(lead, d))});
    }
    hub_.publish("lead", text(json), std::move(labels));
  }
}

std::vector<Publisher::Known*> Publisher::moved_of(const engine::Engine& engine,
                                                   const service::Update& update) {
  std::vector<Known*> moved;
  const auto look_at = [&](Known& known) {
    const Load now = load_in<Load>(engine, known.codes);
    if (known.load == now) return;
    known.load = now;
    moved.push_back(&known);
  };
  for (const std::string& id : update.leads) {
    const base::LeadId lead = engine.leads().find(id);
    if (lead != base::kNoLead) look_at(place(engine, engine.leads().profile(lead)));
  }
  // A lead that went elsewhere is missed where it was, and so is what the passing of time changed.
  if (update.baseline_swapped || update.leads_moved) {
    for (auto& [key, known] : known_) look_at(known);
  }
  return moved;
}

void Publisher::publish_loads(const engine::Engine& engine, const std::vector<Known*>& moved,
                              std::int64_t seq) {
  // So many move when much is read in or the baseline is swapped, which is told already.
  if (moved.size() > kMaxPerStep) return;
  for (const Known* known : moved) {
    Json json = {{"dealer", known->dealer},
                 {"nameplate", known->nameplate},
                 {"seq", seq},
                 {"open", known->load.open},
                 {"in_load_stages", known->load.in_load_stages}};
    const auto row = engine.load(known->codes.dealer, known->codes.nameplate);
    json["load_factor"] = row ? Json(row->load_factor) : Json(nullptr);
    json["band"] =
        row ? Json(engine::kBandNames[static_cast<std::size_t>(row->band)]) : Json(nullptr);
    json["relaxation"] = known->load.relaxation;
    std::vector<http::NameValue> labels = {{"dealer", known->dealer},
                                           {"nameplate", known->nameplate}};
    for (const std::string& region : known->regions) labels.push_back({"region", region});
    for (const std::string& group : known->dealer_groups) labels.push_back({"dealer_group", group});
    hub_.publish("load", text(json), std::move(labels));
  }
}

Publisher::Known& Publisher::place(const engine::Engine& engine, base::ProfileId profile) {
  const model::LeadTable& leads = engine.leads();
  const model::ProfileCodes& codes = leads.profile_codes(profile);
  const auto text_of = [&](Dimension d) {
    return std::string(leads.dictionary(d).text(codes[index_of(d)]));
  };
  const engine::Pair pair{.dealer = codes[index_of(Dimension::kDealer)],
                          .nameplate = codes[index_of(Dimension::kNameplate)]};
  const std::uint64_t key = std::uint64_t{pair.dealer} << 32 | pair.nameplate;
  const auto [found, is_new] = known_.try_emplace(key);
  Known& known = found->second;
  if (is_new) {
    known.codes = pair;
    known.dealer = text_of(Dimension::kDealer);
    known.nameplate = text_of(Dimension::kNameplate);
  }
  known.regions.insert(text_of(Dimension::kRegion));
  known.dealer_groups.insert(text_of(Dimension::kDealerGroup));
  return known;
}

void Publisher::place_all(const engine::Engine& engine) {
  std::map<std::pair<std::string, std::string>, Load> before;
  for (const auto& [key, known] : known_) before[{known.dealer, known.nameplate}] = known.load;
  known_.clear();
  for (std::uint32_t profile = 0; profile < engine.leads().profile_count(); ++profile)
    place(engine, {profile});
  for (auto& [key, known] : known_) {
    const auto found = before.find({known.dealer, known.nameplate});
    if (found != before.end()) known.load = found->second;
  }
}

}  // namespace pursuit::api
