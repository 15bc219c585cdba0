#include "service/committer.h"

#include <algorithm>
#include <chrono>
#include <future>
#include <string>
#include <unordered_map>
#include <variant>

namespace pursuit::service {
namespace {

base::Result<void> in_time(bool accepted) {
  if (accepted) return {};
  return base::fail(base::ErrorCode::kBusy, "too many changes wait to be written; try again");
}

/// The lead whose state after it a row needs for the engine, if any.
const std::string* whose_state(const model::Row& row) {
  if (const auto* lead = std::get_if<model::LeadRow>(&row)) return &lead->lead_id;
  const auto* action = std::get_if<model::ActionRow>(&row);
  if (action == nullptr || action->kind != model::ActionKind::kAssign) return nullptr;
  return &action->lead_id;
}

std::vector<std::span<const model::Entry>> spans_of(
    const std::vector<std::vector<model::Entry>>& lists) {
  return {lists.begin(), lists.end()};
}

}  // namespace

Committer::Committer(store::Store& store, const base::Clock& clock, CommitterOptions options,
                     std::int64_t last_seq, std::function<void(std::vector<Committed>)> committed)
    : store_(store),
      clock_(clock),
      options_(options),
      committed_(std::move(committed)),
      last_seq_(last_seq),
      thread_([this] { run(); }) {}

Committer::~Committer() { stop(); }

bool Committer::submit(std::vector<model::Entry> entries, std::function<void(CommitOutcome)> done) {
  return submit(Request{.entries = std::move(entries), .done = std::move(done)});
}

bool Committer::submit(Request request) {
  const std::size_t count = request.entries.size();
  {
    const std::lock_guard lock(mutex_);
    // One request is always let in: a limit below its size would lock it out for good.
    if (stopping_ ||
        (!waiting_.empty() && waiting_entries_ + count > options_.max_waiting_entries)) {
      ++stats_.refused_requests;
      return false;
    }
    waiting_entries_ += count;
    request.arrived_ns = clock_.monotonic_ns();
    waiting_.push_back(std::move(request));
  }
  changed_.notify_all();
  return true;
}

CommitOutcome Committer::commit(std::vector<model::Entry> entries) {
  std::promise<CommitOutcome> answer;
  auto future = answer.get_future();
  const bool accepted = submit(
      std::move(entries), [&](CommitOutcome outcome) { answer.set_value(std::move(outcome)); });
  if (auto checked = in_time(accepted); !checked) return std::unexpected(checked.error());
  return future.get();
}

CommitOutcome Committer::commit_import(std::vector<model::Entry> entries, const JobAfter& after) {
  std::promise<CommitOutcome> answer;
  auto future = answer.get_future();
  const bool accepted =
      submit({.entries = std::move(entries),
              .done = [&](CommitOutcome outcome) { answer.set_value(std::move(outcome)); },
              .after = after});
  if (auto checked = in_time(accepted); !checked) return std::unexpected(checked.error());
  return future.get();
}

void Committer::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::size_t Committer::waiting_entries() const {
  const std::lock_guard lock(mutex_);
  return waiting_entries_;
}

CommitStats Committer::stats() const {
  const std::lock_guard lock(mutex_);
  return stats_;
}

void Committer::count(const std::vector<Request>& group,
                      const std::vector<store::AppendResult>& results) {
  const std::int64_t now_ns = clock_.monotonic_ns();
  const std::lock_guard lock(mutex_);
  ++stats_.commits;
  for (const store::AppendResult& result : results)
    ++stats_.rows[static_cast<std::size_t>(result.status)];
  for (const Request& request : group) stats_.requests.add(now_ns - request.arrived_ns);
}

void Committer::count(const base::Error& error) {
  const bool is_busy = error.code == base::ErrorCode::kBusy;
  const std::lock_guard lock(mutex_);
  ++(is_busy ? stats_.busy : store_.disk_full() ? stats_.disk_full : stats_.failed);
}

void Committer::run() {
  while (true) {
    std::vector<Request> group;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      std::size_t entries = 0;
      while (!waiting_.empty() && (group.empty() || entries + waiting_.front().entries.size() <=
                                                        options_.max_group_entries)) {
        // An import's part is alone in its transaction.
        const bool import = static_cast<bool>(waiting_.front().after);
        if (!group.empty() && (import || group.back().after)) break;
        entries += waiting_.front().entries.size();
        group.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
      }
      waiting_entries_ -= entries;
    }
    write(std::move(group));
  }
}

void Committer::write(std::vector<Request> group) {
  const auto refuse = [&](const base::Error& error) {
    for (Request& request : group) request.done(std::unexpected(error));
  };
  std::vector<std::vector<model::Entry>> lists;
  for (Request& request : group) lists.push_back(std::move(request.entries));
  if (const auto settled = settle_uncertain(); !settled) {
    count(settled.error());
    return refuse(settled.error());
  }
  auto results = append(spans_of(lists), group.front().after);
  if (!results) {
    count(results.error());
    // A connection that broke leaves it open whether the transaction is in.
    if (results.error().code == base::ErrorCode::kBusy) uncertain_ = std::move(lists);
    return refuse(results.error());
  }
  std::vector<std::size_t> sizes;
  for (const auto& list : lists) sizes.push_back(list.size());
  if (const auto handed = hand_on(lists, *results); !handed) {
    uncertain_ = std::move(lists);
    return refuse(handed.error());
  }
  count(group, *results);
  auto next = results->begin();
  for (std::size_t i = 0; i < group.size(); ++i) {
    const auto end = next + static_cast<std::ptrdiff_t>(sizes[i]);
    group[i].done(std::vector<store::AppendResult>(next, end));
    next = end;
  }
}

CommitOutcome Committer::append(std::span<const std::span<const model::Entry>> parts,
                                const JobAfter& after) {
  const std::int64_t give_up_ns = clock_.monotonic_ns() + options_.retry_for_ms * 1'000'000;
  while (true) {
    auto results = after ? store_.append_import(parts.front(), after, clock_.now_ms())
                         : store_.append(parts, clock_.now_ms());
    if (results || results.error().code != base::ErrorCode::kBusy) return results;
    std::unique_lock lock(mutex_);
    if (stopping_ || clock_.monotonic_ns() >= give_up_ns) return results;
    changed_.wait_for(lock, std::chrono::milliseconds(options_.retry_pause_ms),
                      [&] { return stopping_; });
  }
}

base::Result<void> Committer::settle_uncertain() {
  if (uncertain_.empty()) return {};
  auto results = store_.append(spans_of(uncertain_), clock_.now_ms());
  if (!results) return std::unexpected(results.error());
  if (auto handed = hand_on(uncertain_, *results); !handed) return handed;
  uncertain_.clear();
  return {};
}

base::Result<void> Committer::hand_on(std::vector<std::vector<model::Entry>>& lists,
                                      std::vector<store::AppendResult>& results) {
  std::vector<std::pair<model::Entry*, store::AppendResult*>> fresh;
  std::size_t i = 0;
  for (auto& list : lists) {
    for (model::Entry& entry : list) {
      store::AppendResult& result = results[i++];
      // A repeat of what the engine has not seen was written by a transaction that seemed to fail.
      if (result.seq > last_seq_) fresh.emplace_back(&entry, &result);
    }
  }
  for (const auto& [entry, result] : fresh) {
    const std::string* lead_id = whose_state(entry->row);
    if (lead_id == nullptr || result->state) continue;
    auto lead = store_.lead(*lead_id);
    if (!lead) return std::unexpected(lead.error());
    result->state = std::move(lead->state);
  }
  if (fresh.empty()) return {};
  const auto seq = [](const auto& one) { return one.second->seq; };
  std::ranges::stable_sort(fresh, {}, seq);
  // The same entry twice in one group has one number.
  const auto again = std::ranges::unique(fresh, {}, seq);
  fresh.erase(again.begin(), again.end());
  // Its rows are new to the one who waits for the answer, whichever attempt brought them in.
  for (const auto& [entry, result] : fresh) {
    if (result->status == store::AppendStatus::kRepeated)
      result->status = store::AppendStatus::kApplied;
  }
  std::unordered_map<std::int64_t, std::shared_ptr<const LeadStory>> stories;  // by seq
  for (const auto& [entry, result] : fresh) {
    const auto* row = std::get_if<model::UndoRow>(&entry->row);
    if (row == nullptr) continue;
    // As of now, which is after the whole transaction: what of it comes later is then a repeat.
    auto lead = store_.lead(row->lead_id);
    if (!lead) return std::unexpected(lead.error());
    auto items = store_.timeline(row->lead_id, SIZE_MAX);
    if (!items) return std::unexpected(items.error());
    stories[result->seq] = std::make_shared<LeadStory>(
        LeadStory{.state = std::move(lead->state), .items = std::move(*items)});
  }
  last_seq_ = fresh.back().second->seq;
  std::vector<Committed> rows;
  rows.reserve(fresh.size());
  for (const auto& [entry, result] : fresh) {
    rows.push_back({.entry = std::move(*entry),
                    .seq = result->seq,
                    .state = result->state,
                    .story = stories[result->seq]});
  }
  committed_(std::move(rows));
  return {};
}

}  // namespace pursuit::service
