#include "api/service_metrics.h"

#include <array>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace pursuit::api {
namespace {

using http::Metrics;
using service::CommitStats;
using service::Durations;
using service::UpdateStats;

constexpr double kSecondsPerMilli = 1e-3;

double number(std::uint64_t value) { return static_cast<double>(value); }

/// A counter that follows a count.
class Follower {
 public:
  explicit Follower(prometheus::Counter& counter) : counter_(&counter) {}
  void follow(std::uint64_t now) {
    counter_->Increment(number(now - told_));
    told_ = now;
  }

 private:
  prometheus::Counter* counter_;
  std::uint64_t told_ = 0;
};

class HistogramFollower {
 public:
  HistogramFollower(Metrics& metrics, const std::string& name, const std::string& help)
      : histogram_(&metrics.histogram(
            name, help, {Durations::kBoundsSeconds.begin(), Durations::kBoundsSeconds.end()})) {}
  void follow(const Durations& now) {
    std::vector<double> more;
    for (std::size_t i = 0; i < now.counts.size(); ++i)
      more.push_back(number(now.counts[i] - told_.counts[i]));
    histogram_->ObserveMultiple(more, now.sum_seconds - told_.sum_seconds);
    told_ = now;
  }

 private:
  prometheus::Histogram* histogram_;
  Durations told_;
};

class Writing {
 public:
  Writing(Metrics& metrics, service::Service& service)
      : committer_(service.committer()),
        commits_(metrics.counter("pursuit_store_commits_total", "Transactions made durable")),
        refused_(metrics.counter("pursuit_changes_refused_total",
                                 "Requests refused because too many changes waited")),
        waiting_(metrics.gauge("pursuit_changes_waiting_rows", "Rows that wait to be written")),
        seconds_(metrics, "pursuit_changes_commit_seconds",
                 "From a request's arrival until its changes are durable") {
    static constexpr std::array kStatuses = {"applied",      "repeated", "conflict",
                                             "unknown_lead", "invalid",  "refused"};
    static_assert(kStatuses.size() == service::kRowStatuses);
    for (const char* status : kStatuses) {
      rows_.emplace_back(metrics.counter("pursuit_changes_rows_total",
                                         "Rows of changes, by what became of them",
                                         {{"status", status}}));
    }
    for (const char* kind : {"disk_full", "busy", "other"}) {
      errors_.emplace_back(metrics.counter("pursuit_store_errors_total",
                                           "Transactions that failed, by why", {{"kind", kind}}));
    }
  }

  void follow() {
    const CommitStats now = committer_.stats();
    commits_.follow(now.commits);
    refused_.follow(now.refused_requests);
    for (std::size_t i = 0; i < rows_.size(); ++i) rows_[i].follow(now.rows[i]);
    errors_[0].follow(now.disk_full);
    errors_[1].follow(now.busy);
    errors_[2].follow(now.failed);
    seconds_.follow(now.requests);
    waiting_.Set(number(committer_.waiting_entries()));
  }

 private:
  service::Committer& committer_;
  Follower commits_;
  Follower refused_;
  prometheus::Gauge& waiting_;
  HistogramFollower seconds_;
  std::vector<Follower> rows_;
  std::vector<Follower> errors_;
};

class Engine {
 public:
  Engine(Metrics& metrics, service::Service& service)
      : service_(service),
        rows_(metrics.counter("pursuit_engine_rows_total", "Rows that the engine took in")),
        refreshes_(metrics.counter("pursuit_refresh_total", "Refreshes of the baseline")),
        failed_(metrics.counter("pursuit_refresh_failures_total", "Refreshes that failed")),
        waiting_(metrics.gauge("pursuit_engine_waiting_rows",
                               "Rows that are durable and wait to be seen")),
        leads_(metrics.gauge("pursuit_engine_leads", "Leads in the engine")),
        events_(metrics.gauge("pursuit_engine_events", "Events in the engine")),
        bytes_(metrics.gauge("pursuit_engine_bytes", "Memory of one of the engine's two copies")),
        lag_(metrics.gauge("pursuit_engine_lag_seconds",
                           "How far the as-of instant is behind the clock")),
        age_(metrics.gauge("pursuit_refresh_age_seconds", "Since the instant of the baseline")),
        replays_(metrics.gauge("pursuit_replays", "Earlier instants kept in memory")),
        refresh_seconds_(metrics, "pursuit_refresh_seconds", "How long refreshes took"),
        step_seconds_(metrics, "pursuit_engine_step_seconds",
                      "How long the engine took to take rows in") {}

  void follow() {
    const UpdateStats now = service_.updater().stats();
    rows_.follow(now.rows);
    refreshes_.follow(now.refreshes);
    failed_.follow(now.failed_refreshes);
    refresh_seconds_.follow(now.refresh);
    step_seconds_.follow(now.step);
    waiting_.Set(number(service_.updater().waiting_rows()));
    replays_.Set(number(service_.replays().kept()));
    const auto view = service_.live();
    const base::Millis now_ms = service_.clock().now_ms();
    const auto seconds_since = [&](base::Millis at_ms) {
      return static_cast<double>(now_ms - at_ms) * kSecondsPerMilli;
    };
    leads_.Set(number(view->leads().size()));
    events_.Set(number(view->event_count()));
    bytes_.Set(number(view->memory_bytes()));
    lag_.Set(seconds_since(view->as_of_ms()));
    age_.Set(seconds_since(service_.updater().refresh_status().as_of_ms));
  }

 private:
  service::Service& service_;
  Follower rows_;
  Follower refreshes_;
  Follower failed_;
  prometheus::Gauge& waiting_;
  prometheus::Gauge& leads_;
  prometheus::Gauge& events_;
  prometheus::Gauge& bytes_;
  prometheus::Gauge& lag_;
  prometheus::Gauge& age_;
  prometheus::Gauge& replays_;
  HistogramFollower refresh_seconds_;
  HistogramFollower step_seconds_;
};

}  // namespace

void add_service_metrics(Metrics& metrics, service::Service& service,
                         std::shared_ptr<http::EventHub> events) {
  auto& kept = metrics.gauge("pursuit_events_kept", "Events that a stream can still be given");
  auto& bytes = metrics.gauge("pursuit_events_kept_bytes", "Memory of those events");
  auto& disk_full = metrics.gauge("pursuit_store_disk_full", "1 while the store has no space left");
  const auto writing = std::make_shared<Writing>(metrics, service);
  const auto engine = std::make_shared<Engine>(metrics, service);
  metrics.before_text(
      [&kept, &bytes, &disk_full, &service, writing, engine, events = std::move(events)] {
        writing->follow();
        engine->follow();
        kept.Set(number(events->kept_events()));
        bytes.Set(number(events->kept_bytes()));
        disk_full.Set(service.store().disk_full() ? 1 : 0);
      });
}

}  // namespace pursuit::api
