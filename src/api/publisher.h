// api/publisher.h: what moves in the engine, as events of the stream. One thread at a time: the
// service's updater.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.h"
#include "http/event_hub.h"
#include "service/service.h"

namespace pursuit::api {

/// Before the names of labels that say where a lead went.
inline constexpr std::string_view kTo = "to_";

class Publisher {
 public:
  /// The hub must outlive this.
  explicit Publisher(http::EventHub& hub) : hub_(hub) {}

  /// Remembers how things are; to be called before the first update, or that tells of less.
  void begin(const service::Service& service);

  /// `lead` for each lead that changed, or `many` in place of more of them than clients can use;
  /// `left` for each that went elsewhere, with where it went under labels with kTo before them;
  /// `load` for each dealer and nameplate whose load is another; `baseline` after a refresh or
  /// under another policy. What an event is of is in its labels: region, dealer_group, dealer,
  /// nameplate, owner; a load is of several regions or groups when its leads are.
  void publish(const service::Service& service, const service::Update& update);

 private:
  struct Load {
    std::uint32_t open = 0;
    std::uint32_t in_load_stages = 0;
    double relaxation = 0;
    friend bool operator==(const Load&, const Load&) = default;
  };
  struct Known {
    engine::Pair codes;
    std::string dealer;
    std::string nameplate;
    Load load;
    std::set<std::string> regions;
    std::set<std::string> dealer_groups;
  };

  void publish_leads(const engine::Engine& engine, const service::Update& update);
  void publish_left(const engine::Engine& engine, const service::Update& update);
  void publish_loads(const engine::Engine& engine, const std::vector<Known*>& moved,
                     std::int64_t seq);
  /// Those of them whose load is another now.
  [[nodiscard]] std::vector<Known*> moved_of(const engine::Engine& engine,
                                             const service::Update& update);
  /// Notes where the dealer and nameplate of a profile are, and gives them.
  Known& place(const engine::Engine& engine, base::ProfileId profile);
  /// Learns everything anew: another engine has other codes.
  void place_all(const engine::Engine& engine);

  http::EventHub& hub_;
  std::map<std::uint64_t, Known> known_;  // by codes of dealer and nameplate
};

}  // namespace pursuit::api
