// The stream of events through the API: loads, baselines, filters, scope, resumption.
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "api/api_fixture.h"

namespace pursuit::api {
namespace {

using nlohmann::json;
using test::ApiTest;

struct Told {
  std::string name;
  std::string id;
  json data;
};

/// A client of the stream.
class Listener {
 public:
  Listener(const http::Endpoint& endpoint, const std::string& query,
           const std::string& headers = {})
      : client_(endpoint) {
    client_.send("GET /api/v1/stream" + query + " HTTP/1.0\r\nHost: h\r\n" + headers + "\r\n");
    EXPECT_TRUE(client_.read_until("\r\n\r\n").has_value());
  }
  /// The next event; the fields before it that carry no data are passed over.
  Told next() {
    while (true) {
      const auto text = client_.read_until("\n\n");
      if (!text) return {};
      Told told;
      std::size_t begin = 0;
      while (begin < text->size()) {
        const std::size_t end = text->find('\n', begin);
        const std::string line = text->substr(begin, end - begin);
        begin = end + 1;
        if (line.starts_with("event: ")) told.name = line.substr(7);
        if (line.starts_with("id: ")) told.id = line.substr(4);
        if (line.starts_with("data: ")) told.data = json::parse(line.substr(6));
      }
      if (!told.name.empty()) return told;
    }
  }

 private:
  http::Client client_;
};

class StreamApi : public ApiTest {
 protected:
  Listener listen(const std::string& query = {}, const std::string& headers = {}) {
    return {server_->endpoint(), query, headers};
  }
  /// A lead comes, or gets a note when it is there.
  void move(const std::string& id, const std::string& dealer, const std::string& market = "UAE") {
    ++moves_;
    const std::string line = lead_line(id, dealer, market) + R"({"type":"note","source_key":"n)" +
                             std::to_string(moves_) + R"(","lead_id":")" + id +
                             R"(","at":"2026-05-25T00:00:00Z"})" + "\n";
    ASSERT_EQ(change(line).status, 200u);
  }

 private:
  int moves_ = 0;
};

TEST_F(StreamApi, TellsOfTheLoadOfADealerWhenItChanges) {
  start();
  Listener loads = listen("?kinds=load");
  move("L1", "Marina");
  Told told = loads.next();
  EXPECT_EQ(told.name, "load");
  EXPECT_EQ(told.data["dealer"], "Marina");
  EXPECT_EQ(told.data["nameplate"], "Terra");
  EXPECT_EQ(told.data["open"], 1);
  move("L1", "Marina");  // a note more: the load is as it was
  move("L2", "Marina");
  told = loads.next();
  EXPECT_EQ(told.data["open"], 2);
  ASSERT_EQ(change(event_line("L2", "Converted", "2026-05-26T00:00:00Z") +
                   event_line("L1", "Converted", "2026-05-26T00:00:00Z"))
                .status,
            200u);
  told = loads.next();
  EXPECT_EQ(told.data["open"], 0);
  EXPECT_TRUE(told.data["load_factor"].is_null());
  EXPECT_EQ(told.data["relaxation"], 0.0);
}

TEST_F(StreamApi, ALeadThatGoesToAnotherDealerChangesTheLoadOfBoth) {
  start();
  move("L1", "Marina");
  move("L2", "Marina");
  Listener loads = listen("?kinds=load");
  ASSERT_EQ(
      change(R"({"type":"lead","source_key":"to Dune","lead_id":"L1","dealer":"Dune"})").status,
      200u);
  std::map<std::string, int> open;
  for (int i = 0; i < 2; ++i) {
    const Told told = loads.next();
    open[told.data["dealer"]] = told.data["open"];
  }
  EXPECT_EQ(open, (std::map<std::string, int>{{"Dune", 1}, {"Marina", 1}}));
}

TEST_F(StreamApi, ALeadThatLeavesAScopeOrAFilterIsToldToHaveLeft) {
  start();
  move("L1", "Marina");
  Listener marina = listen("?kinds=lead", "X-Dealer: Marina\r\n");
  Listener dune = listen("?kinds=lead", "X-Dealer: Dune\r\n");
  Listener market = listen("?kinds=lead", "X-Market: UAE\r\n");
  Listener all = listen("?kinds=lead");
  Listener filtered = listen("?kinds=lead&dealer=Marina");
  ASSERT_EQ(
      change(R"({"type":"lead","source_key":"to Dune","lead_id":"L1","dealer":"Dune"})").status,
      200u);
  move("L2", "Marina");
  for (Listener* const before : {&marina, &filtered}) {
    const Told left = before->next();
    EXPECT_EQ(left.name, "left");
    // Where it went is not theirs to know.
    EXPECT_EQ(left.data, json({{"lead_id", "L1"}, {"seq", left.data["seq"]}}));
    const Told next = before->next();
    EXPECT_EQ(next.name, "lead");
    EXPECT_EQ(next.data["lead_id"], "L2");
  }
  for (Listener* const after : {&dune, &market, &all}) {
    const Told there = after->next();
    EXPECT_EQ(there.name, "lead");
    EXPECT_EQ(there.data["lead_id"], "L1");
    EXPECT_EQ(there.data["dealer"], "Dune");
  }
  EXPECT_EQ(market.next().data["lead_id"], "L2");
}

TEST_F(StreamApi, TellsOfABaselineAfterARefreshAndUnderAnotherPolicy) {
  start();
  Listener baselines = listen("?kinds=baseline");
  move("L1", "Marina");
  ASSERT_TRUE(service_->updater().refresh_now());
  const Told refreshed = baselines.next();
  EXPECT_EQ(refreshed.name, "baseline");
  EXPECT_EQ(refreshed.data["policy"], service_->policy().hash);
  ASSERT_EQ(send("PUT", "/api/v1/policy", "[tier]\nhot = 71\nwarm = 40\n").status, 200u);
  const Told changed = baselines.next();
  EXPECT_EQ(changed.name, "baseline");
  EXPECT_EQ(changed.data["policy"], service_->policy().hash);
  EXPECT_NE(changed.data["policy"], refreshed.data["policy"]);
}

TEST_F(StreamApi, AFilterLetsThroughWhatItNamesAlone) {
  start();
  Listener marina = listen("?dealer=Marina&kinds=lead,load");
  Listener saudi = listen("?region=KSA&kinds=lead,load");
  move("L1", "Dune", "KSA");
  move("L2", "Marina");
  std::vector<std::string> names;
  for (int i = 0; i < 2; ++i) {
    const Told told = marina.next();
    names.push_back(told.name);
    EXPECT_EQ(told.data["dealer"], "Marina") << told.data;
  }
  EXPECT_EQ(names, (std::vector<std::string>{"lead", "load"}));
  for (int i = 0; i < 2; ++i) EXPECT_EQ(saudi.next().data["dealer"], "Dune");
  EXPECT_EQ(get("/api/v1/stream?kinds=nothing").status, 400u);
}

TEST_F(StreamApi, ACallerHearsOfTheirScopeAndOfWhatIsOfNobody) {
  start();
  Listener marina = listen("", "X-Dealer: Marina\r\n");
  Listener saudi = listen("?kinds=load,baseline", "X-Market: KSA\r\n");
  Listener nobody = listen("", "X-Dealer: \r\n");
  // A filter does not widen a scope.
  Listener asks = listen("?dealer=Dune", "X-Dealer: Marina\r\n");
  move("L1", "Dune", "KSA");
  move("L2", "Marina", "UAE");
  // A dealer of two markets is of neither alone.
  move("L3", "Oasis", "KSA");
  move("L4", "Oasis", "UAE");
  ASSERT_TRUE(service_->updater().refresh_now());
  for (const char* name : {"lead", "load", "baseline"}) {
    const Told told = marina.next();
    EXPECT_EQ(told.name, name);
    if (told.name != "baseline") {
      EXPECT_EQ(told.data["dealer"], "Marina") << told.data;
    }
  }
  std::vector<std::string> dealers;
  for (Told told = saudi.next(); told.name == "load"; told = saudi.next())
    dealers.push_back(told.data["dealer"]);
  // Oasis was of one market when its first load was told.
  EXPECT_EQ(dealers, (std::vector<std::string>{"Dune", "Oasis"}));
  EXPECT_EQ(nobody.next().name, "baseline");
  EXPECT_EQ(asks.next().name, "baseline");
}

TEST_F(StreamApi, ResumesWithoutAGapAndOtherwiseSaysSo) {
  start();
  std::string last;
  {
    Listener all = listen();
    move("L0", "Marina");
    EXPECT_EQ(all.next().name, "lead");
    const Told load = all.next();
    EXPECT_EQ(load.name, "load");
    last = load.id;
  }
  for (int i = 1; i <= 20; ++i) move("L" + std::to_string(i), "Marina");
  Listener again = listen("", "Last-Event-ID: " + last + "\r\n");
  for (int i = 1; i <= 20; ++i) {
    const Told lead = again.next();
    EXPECT_EQ(lead.data["lead_id"], "L" + std::to_string(i));
    const Told load = again.next();
    EXPECT_EQ(load.name, "load");
    EXPECT_EQ(load.data["open"], i + 1);
  }
  EXPECT_EQ(listen("", "Last-Event-ID: earlier-5\r\n").next().name, "reset");
  // Also where a filter would let nothing through.
  EXPECT_EQ(listen("?kinds=baseline", "Last-Event-ID: earlier-5\r\n").next().name, "reset");
}

TEST_F(StreamApi, WhoFallsBehindIsToldAndTheEventsThatAreKeptAreBounded) {
  events_ = std::make_shared<http::EventHub>(
      http::EventHub::Options{.epoch = "test", .max_events = 10, .max_bytes = 4'096});
  publisher_ = std::make_unique<Publisher>(*events_);
  start();
  move("L0", "Marina");
  std::string first;
  {
    Listener all = listen("", "Last-Event-ID: test-1\r\n");
    first = all.next().id;
  }
  for (int i = 1; i <= 50; ++i) {
    move("L" + std::to_string(i), "Marina");
    EXPECT_LE(events_->kept_events(), 10u);
    EXPECT_LE(events_->kept_bytes(), 4'096u);
  }
  EXPECT_EQ(listen("", "Last-Event-ID: " + first + "\r\n").next().name, "reset");
}

}  // namespace
}  // namespace pursuit::api
