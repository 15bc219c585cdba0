#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

#include "api/api_fixture.h"
#include "store/connection.h"
#include "store/faulty_disk.h"

namespace pursuit::api {
namespace {

using nlohmann::json;
using store::DiskFault;
using store::FaultyDisk;
using test::ApiTest;

constexpr std::string_view kDay = "2026-05-21T00:00:00Z";

// ── a disk that fails ─────────────────────────────────────────────────────────────────────────

class FaultyDiskApi : public ApiTest {
 protected:
  FaultyDiskApi() { FaultyDisk::install(); }
  ~FaultyDiskApi() override { FaultyDisk::repair(); }
};

void expect_problem(const http::Answer& answer, unsigned status) {
  EXPECT_EQ(answer.status, status) << answer.body;
  EXPECT_EQ(answer.header("content-type"), "application/problem+json");
  EXPECT_EQ(json::parse(answer.body)["status"], status);
  // What went wrong inside is for the log alone.
  EXPECT_EQ(answer.body.find("store.db"), std::string::npos);
}

TEST_F(FaultyDiskApi, NothingIsAcknowledgedThatIsNotKeptAndItRecoversByItself) {
  start();
  int number = 0;
  for (const DiskFault fault : {DiskFault::kFull, DiskFault::kWrite, DiskFault::kSync}) {
    const unsigned expected = fault == DiskFault::kFull ? 507 : 503;
    const std::string id = "L" + std::to_string(number++);
    FaultyDisk::break_down(fault, 0);
    for (int again = 0; again < 2; ++again) {
      const http::Answer refused = change(lead_line(id, "Marina"));
      expect_problem(refused, expected);
      EXPECT_EQ(refused.header("retry-after").empty(), expected == 507);
    }
    expect_problem(send("PUT", "/api/v1/policy", "[tier]\nhot = 71\nwarm = 40\n"), expected);
    EXPECT_EQ(store_->disk_full(), fault == DiskFault::kFull);
    // Reading goes on, and knows nothing of it.
    EXPECT_EQ(get("/api/v1/queue").status, 200u);
    EXPECT_EQ(get("/api/v1/leads/" + id).status, 404u);
    EXPECT_EQ(json::parse(get("/api/v1/policy").body)["text"], "");
    EXPECT_TRUE(FaultyDisk::repair());
    const http::Answer kept = change(lead_line(id, "Marina"));
    ASSERT_EQ(kept.status, 200u) << kept.body;
    EXPECT_EQ(json::parse(kept.body)["applied"], 1);
    EXPECT_EQ(get("/api/v1/leads/" + id).status, 200u);
    EXPECT_FALSE(store_->disk_full());
  }
  EXPECT_EQ(
      json::parse(send("PUT", "/api/v1/policy", "[tier]\nhot = 71\nwarm = 40\n").body)["version"],
      2);
  const auto report = store_->check();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->problems, std::vector<std::string>{});
  EXPECT_EQ(report->counts.leads, 3);
}

TEST_F(ApiTest, APolicyThatSaysNothingIsNotTakenForTheDefaults) {
  start();
  ASSERT_EQ(send("PUT", "/api/v1/policy", "[tier]\nhot = 71\nwarm = 40\n").status, 200u);
  for (const char* text : {"", "\n\n", "# a comment\n  # another", " \t\r\n"}) {
    expect_problem(send("PUT", "/api/v1/policy", text), 422);
    EXPECT_EQ(json::parse(get("/api/v1/policy").body)["version"], 2) << text;
  }
  expect_problem(send("PUT", "/api/v1/policy?defaults=no", ""), 400);
  EXPECT_EQ(send("PUT", "/api/v1/policy?defaults=true", "").status, 200u);
  EXPECT_EQ(json::parse(get("/api/v1/policy").body)["version"], 3);
}

// ── too much at once ──────────────────────────────────────────────────────────────────────────

class CrowdedApi : public ApiTest {
 protected:
  /// Whether changes come to wait in the queue within a second.
  [[nodiscard]] bool waits_soon() const {
    for (int tries = 0; tries < 100; ++tries) {
      if (service_->committer().waiting_entries() > 0) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }
};

TEST_F(CrowdedApi, ChangesThatFindNoPlaceInTheQueueAreToldToComeBack) {
  service::ServiceOptions options;
  options.commit.max_waiting_entries = 1;
  options.commit.retry_for_ms = 60'000;
  options.commit.retry_pause_ms = 10;
  start({}, options);
  std::vector<std::unique_ptr<http::Client>> clients;
  {
    store::Connection other(store::Place::of(db()), store::Use::kWrite, 5'000);
    const store::Transaction held(other, store::Use::kWrite);
    // Some are being written, which waits for the lock; then one waits for its turn.
    while (clients.size() < 6 && !waits_soon()) {
      clients.push_back(std::make_unique<http::Client>(server_->endpoint()));
      const std::string id = "L" + std::to_string(clients.size());
      clients.back()->send(text_of("POST", "/api/v1/changes?source=test", lead_line(id, "Marina")));
    }
    ASSERT_EQ(service_->committer().waiting_entries(), 1u);
    const http::Answer refused =
        send("POST", "/api/v1/changes?source=test", lead_line("last", "Marina"));
    expect_problem(refused, 503);
    EXPECT_NE(refused.header("retry-after"), "");
    EXPECT_EQ(service_->committer().stats().refused_requests, 1u);
  }
  for (const auto& client : clients) EXPECT_EQ(client->receive().status, 200u);
  EXPECT_EQ(change(lead_line("last", "Marina")).status, 200u);
  EXPECT_EQ(store_->counts()->leads, static_cast<std::int64_t>(clients.size()) + 1);
}

TEST_F(ApiTest, OneCallerTakesItsShareAndOthersTheirs) {
  http::Limits limits;
  limits.requests_per_second = 1;  // and a burst of two
  start({}, {}, limits);
  EXPECT_EQ(get("/api/v1/funnel", "X-Who: amal\r\n").status, 200u);
  unsigned status = 200;
  http::Answer answer;
  for (int i = 0; i < 100 && status == 200; ++i) {
    answer = get("/api/v1/funnel", "X-Who: amal\r\n");
    status = answer.status;
  }
  expect_problem(answer, 429);
  EXPECT_GE(std::stoi(answer.header("retry-after")), 1);
  EXPECT_EQ(get("/api/v1/funnel", "X-Who: badr\r\n").status, 200u);
}

// ── exports ───────────────────────────────────────────────────────────────────────────────────

class ExportApi : public ApiTest {
 protected:
  void fill() {
    std::string lines;
    for (int i = 0; i < 60; ++i) {
      const std::string id = "L" + std::to_string(i);
      lines += lead_line(id, i % 3 == 0 ? "Marina" : "Dune", i % 3 == 0 ? "UAE" : "KSA");
      lines += event_line(id, "Contacted", std::string(kDay));
    }
    const http::Answer answer = change(lines);
    ASSERT_EQ(json::parse(answer.body)["applied"], 120) << answer.body;
    ASSERT_TRUE(service_->updater().refresh_now());
  }
  static std::size_t lines_of(const http::Answer& answer) {
    return static_cast<std::size_t>(std::ranges::count(answer.body, '\n'));
  }
  static constexpr std::array<const char*, 9> kTables = {"queue",    "leads",  "visits",
                                                         "alerts",   "funnel", "thresholds",
                                                         "channels", "load",   "load_daily"};
};

TEST_F(ExportApi, ALargeExportOfACopyIsTheSameAsASmallOne) {
  start();
  fill();
  std::vector<std::string> small;
  for (const char* table : kTables) {
    const http::Answer answer = get(std::string("/api/v1/export/") + table);
    ASSERT_EQ(answer.status, 200u) << answer.body;
    ASSERT_TRUE(answer.is_whole);
    small.push_back(answer.body);
  }
  server_.reset();
  context_->exports = {.running = 1, .rows_in_memory = 0, .scratch = {}};
  http::Router router;
  add_routes(router, *context_);
  server_ =
      std::make_unique<http::TestServer>(http::ServerOptions{}, std::move(router), &by_header_);
  for (std::size_t t = 0; t < kTables.size(); ++t) {
    const http::Answer answer = get(std::string("/api/v1/export/") + kTables[t]);
    EXPECT_EQ(answer.body, small[t]) << kTables[t];
    EXPECT_GT(lines_of(answer), kTables[t] == std::string("alerts") ? 0u : 1u) << kTables[t];
  }
}

TEST_F(ExportApi, ALargeExportStaysOfItsInstantWhileChangesComeIn) {
  start({.rows_in_memory = 100, .scratch = {}});
  std::string leads;
  std::string events;
  for (int i = 0; i < 3'000; ++i) {
    leads += lead_line("L" + std::to_string(i), "Marina");
    if (i % 10 == 0)
      events += event_line("L" + std::to_string(i), "Contacted", "2026-05-30T00:00:00Z");
  }
  ASSERT_EQ(change(leads).status, 200u);
  const std::string before = get("/api/v1/export/queue").body;
  http::Client client(server_->endpoint());
  // Of HTTP/1.0, so that the body comes without the frames of chunks.
  client.send("GET /api/v1/export/queue HTTP/1.0\r\nHost: h\r\n\r\n");
  ASSERT_TRUE(client.read_until("\r\n\r\n").has_value());
  const http::Answer changed = change(events);
  EXPECT_EQ(json::parse(changed.body)["applied"], 300) << changed.body;
  std::string body;
  while (const auto line = client.read_until("\n")) body += *line;
  EXPECT_EQ(body, before);
  EXPECT_NE(get("/api/v1/export/queue").body, before);
}

TEST_F(ExportApi, ACallerGetsTheRowsOfTheirScopeAlone) {
  start();
  fill();
  for (const char* table : {"queue", "leads", "visits"}) {
    const std::string target = std::string("/api/v1/export/") + table;
    const std::size_t all = lines_of(get(target)) - 1;
    const http::Answer marina = get(target, "X-Dealer: Marina\r\n");
    const http::Answer saudi = get(target, "X-Market: KSA\r\n");
    EXPECT_EQ(lines_of(marina) - 1, all / 3) << table;
    EXPECT_EQ(lines_of(saudi) - 1, all - all / 3) << table;
    EXPECT_EQ(marina.body.find("Dune"), std::string::npos);
    EXPECT_EQ(lines_of(get(target, "X-Dealer: Nobody\r\n")), 1u) << table;
    EXPECT_EQ(lines_of(get(target, "X-Dealer: \r\n")), 1u) << table;
    // A filter narrows a scope and never widens it.
    EXPECT_EQ(lines_of(get(target + "?dealer=Dune", "X-Dealer: Marina\r\n")), 1u) << table;
  }
  for (const char* table : {"alerts", "load", "load_daily"}) {
    const http::Answer marina = get(std::string("/api/v1/export/") + table, "X-Dealer: Marina\r\n");
    EXPECT_EQ(marina.status, 200u) << table;
    EXPECT_EQ(marina.body.find("Dune"), std::string::npos) << table;
  }
  // The funnel is of what they see, as the page of it.
  const auto first_line = [&](const char* caller, const std::string& query = {}) {
    const std::string body = get("/api/v1/export/funnel" + query, caller).body;
    const std::size_t begin = body.find('\n') + 1;
    return body.substr(begin, body.find(',', body.find(',', begin) + 1) - begin);
  };
  for (const char* caller : {"X-Dealer: Marina\r\n", "X-Dealer: Nobody\r\n", ""}) {
    const json page = json::parse(get("/api/v1/funnel", caller).body)["items"][0];
    EXPECT_EQ(first_line(caller),
              page["stage"].get<std::string>() + "," + std::to_string(page["reached"].get<int>()));
  }
  EXPECT_NE(first_line("X-Dealer: Marina\r\n"), first_line(""));
  // A filter gives what a scope of the same dealer does, and widens none.
  EXPECT_EQ(first_line("", "?dealer=Marina"), first_line("X-Dealer: Marina\r\n"));
  EXPECT_EQ(first_line("X-Dealer: Marina\r\n", "?dealer=Dune"), "Created,0");
  for (const char* table : {"thresholds", "channels"})
    EXPECT_EQ(get(std::string("/api/v1/export/") + table, "X-Dealer: Marina\r\n").status, 403u);
}

TEST_F(ExportApi, WhatDoesNotFitIsRefusedBeforeAnythingIsSent) {
  start({.running = 1, .sheet_rows = 59, .scratch = {}});
  fill();
  expect_problem(get("/api/v1/export/queue?format=xlsx"), 422);
  EXPECT_EQ(get("/api/v1/export/queue?format=xlsx&dealer=Marina").status, 200u);
  EXPECT_EQ(get("/api/v1/export/queue?format=csv").status, 200u);
  EXPECT_EQ(get("/api/v1/export/queue?format=parquet").status, 200u);
}

TEST_F(ExportApi, PlacesAreLimitedAndGivenBack) {
  start({.running = 1, .rows_in_memory = 0, .scratch = {}});
  fill();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(get("/api/v1/export/queue").status, 200u);
    EXPECT_EQ(get("/api/v1/export/queue?format=xlsx").status, 200u);
    EXPECT_EQ(get("/api/v1/export/queue?format=parquet").status, 200u);
    expect_problem(get("/api/v1/export/queue?sort=name"), 400);
  }
  server_.reset();
  context_->exports.running = 0;
  http::Router router;
  add_routes(router, *context_);
  server_ =
      std::make_unique<http::TestServer>(http::ServerOptions{}, std::move(router), &by_header_);
  const http::Answer refused = get("/api/v1/export/queue");
  expect_problem(refused, 503);
  EXPECT_NE(refused.header("retry-after"), "");
}

TEST_F(ExportApi, AScratchFolderThatFailsIsAProblemAndNothingIsLeftOfOneThatDoesNot) {
  start({.scratch = (folder_ / "none").string()});
  fill();
  expect_problem(get("/api/v1/export/queue?format=xlsx"), 500);
  expect_problem(get("/api/v1/export/queue?format=parquet"), 500);
  server_.reset();
  std::filesystem::create_directory(folder_ / "scratch");
  context_->exports.scratch = (folder_ / "scratch").string();
  http::Router router;
  add_routes(router, *context_);
  server_ =
      std::make_unique<http::TestServer>(http::ServerOptions{}, std::move(router), &by_header_);
  EXPECT_TRUE(get("/api/v1/export/queue?format=xlsx").body.starts_with("PK"));
  EXPECT_TRUE(get("/api/v1/export/queue?format=parquet").body.starts_with("PAR1"));
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "scratch"));
}

}  // namespace
}  // namespace pursuit::api
