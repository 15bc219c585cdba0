#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "store/failure.h"
#include "store/store_impl.h"
#include "store/tables.h"

namespace pursuit::store {

namespace {

using Row = std::span<const Cell>;

std::optional<base::Millis> instant_at(const Cell& cell) {
  const auto* value = std::get_if<std::int64_t>(&cell);
  return value == nullptr ? std::nullopt : std::optional(*value);
}
Cell cell_of(const std::optional<base::Millis>& at_ms) { return at_ms ? Cell{*at_ms} : Cell{}; }

PolicyVersion policy_of(Row row) {
  return {.version = int_of(row[0]),
          .text = std::string(text_of(row[1])),
          .hash = std::string(text_of(row[2])),
          .author = std::string(text_of(row[3])),
          .note = std::string(text_of(row[4])),
          .at_ms = int_of(row[5])};
}

std::string counts_text(const Run& run) {
  nlohmann::json counts = nlohmann::json::object();
  for (const auto& [name, count] : run.counts) counts[name] = count;
  return counts.dump();
}

Run run_of(Row row) {
  Run run{.id = int_of(row[0]),
          .kind = std::string(text_of(row[1])),
          .as_of_ms = int_of(row[2]),
          .started_ms = int_of(row[3]),
          .ended_ms = instant_at(row[4]),
          .status = static_cast<RunStatus>(int_of(row[5])),
          .message = std::string(text_of(row[6])),
          .counts = {}};
  const nlohmann::json counts = nlohmann::json::parse(text_of(row[7]));
  for (const auto& [name, count] : counts.items()) {
    run.counts.emplace_back(name, count.get<std::int64_t>());
  }
  return run;
}

std::string select_sql(const Table& table) {
  std::string names;
  for (const Column& column : table.columns) {
    names += (names.empty() ? "" : ", ") + std::string(column.name);
  }
  return "SELECT " + names + " FROM " + std::string(table.name);
}

/// Rows of a table whose first column is its id, newest first; of one kind, when that is not empty.
template <class Make>
auto newest(Connection& connection, const Table& table, std::size_t limit, Make make) {
  std::vector<Type> types;
  for (const Column& column : table.columns) types.push_back(column.type);
  std::vector<decltype(make(Row{}))> found;
  const std::string sql =
      fmt::format("{} ORDER BY {} DESC LIMIT {}", select_sql(table), table.columns[0].name,
                  std::min<std::size_t>(limit, 1'000'000));
  connection.bulk().stream(sql, types, [&](const Cells& rows) {
    for (std::size_t i = 0; i < rows.rows(); ++i) found.push_back(make(rows.row(i)));
  });
  return found;
}

/// The row with this id; nothing when there is none.
template <class Make>
auto by_id(Connection& connection, const Table& table, std::int64_t id, Make make) {
  std::vector<Type> types;
  std::string names;
  for (const Column& column : table.columns) {
    types.push_back(column.type);
    names += (names.empty() ? "t." : ", t.") + std::string(column.name);
  }
  const std::string from = std::string(table.name) + " t";
  const std::string where = "t." + std::string(table.columns[0].name) + " = {0}";
  Cells key(1);
  key.add({id});
  std::optional<decltype(make(Row{}))> found;
  connection.bulk().find(
      {.columns = names, .from = from, .where = where, .keys = tables::kIntKey, .results = types},
      key, [&](std::size_t, Row row) { found = make(row); });
  return found;
}

std::int64_t next_id(Connection& connection, const Table& table) {
  long long last = 0;
  connection.sql() << fmt::format("SELECT coalesce(max({}), 0) FROM {}", table.columns[0].name,
                                  table.name),
      soci::into(last);
  return last + 1;
}

[[noreturn]] void not_found(std::string_view what, std::int64_t id) {
  throw Refusal({.code = base::ErrorCode::kNotFound,
                 .message = fmt::format("no {} {}", what, id),
                 .where = {}});
}

void write_run(Connection& connection, const Run& run) {
  const std::string counts = counts_text(run);
  Cells row(tables::kRunColumns.size());
  row.add({run.id, std::string_view(run.kind), run.as_of_ms, run.started_ms, cell_of(run.ended_ms),
           static_cast<std::int64_t>(run.status), std::string_view(run.message),
           std::string_view(counts)});
  connection.bulk().upsert(tables::kRun, row);
}

}  // namespace

base::Result<PolicyVersion> Store::add_policy(const PolicyVersion& policy) {
  return impl_->write([&](Connection& connection) {
    Transaction transaction(connection, Use::kWrite);
    const auto last = newest(connection, tables::kPolicy, 1, policy_of);
    if (!last.empty() && last.front().text == policy.text) return last.front();
    PolicyVersion added = policy;
    added.version = next_id(connection, tables::kPolicy);
    Cells row(tables::kPolicyColumns.size());
    row.add({added.version, std::string_view(added.text), std::string_view(added.hash),
             std::string_view(added.author), std::string_view(added.note), added.at_ms});
    connection.bulk().insert(tables::kPolicy, row);
    transaction.commit();
    return added;
  });
}

base::Result<std::optional<PolicyVersion>> Store::current_policy() const {
  return impl_->readers.read([](Connection& connection) -> std::optional<PolicyVersion> {
    auto last = newest(connection, tables::kPolicy, 1, policy_of);
    return last.empty() ? std::nullopt : std::optional(std::move(last.front()));
  });
}

base::Result<PolicyVersion> Store::policy(std::int64_t version) const {
  return impl_->readers.read([&](Connection& connection) {
    auto found = by_id(connection, tables::kPolicy, version, policy_of);
    if (!found) not_found("policy version", version);
    return std::move(*found);
  });
}

base::Result<std::vector<PolicyVersion>> Store::policies(std::size_t limit) const {
  return impl_->readers.read([&](Connection& connection) {
    return newest(connection, tables::kPolicy, limit, policy_of);
  });
}

base::Result<std::int64_t> Store::begin_run(std::string_view kind, base::Millis as_of_ms,
                                            base::Millis started_ms) {
  return impl_->write([&](Connection& connection) {
    Transaction transaction(connection, Use::kWrite);
    Run run;
    run.id = next_id(connection, tables::kRun);
    run.kind = kind;
    run.as_of_ms = as_of_ms;
    run.started_ms = started_ms;
    write_run(connection, run);
    transaction.commit();
    return run.id;
  });
}

base::Result<void> Store::finish_run(const Run& run) {
  return impl_->write([&](Connection& connection) {
    Transaction transaction(connection, Use::kWrite);
    std::optional<Run> kept = by_id(connection, tables::kRun, run.id, run_of);
    if (!kept) not_found("run", run.id);
    kept->ended_ms = run.ended_ms;
    kept->status = run.status;
    kept->message = run.message;
    kept->counts = run.counts;
    write_run(connection, *kept);
    transaction.commit();
  });
}

base::Result<std::int64_t> Store::interrupt_runs(base::Millis at_ms) {
  return impl_->write([&](Connection& connection) {
    Transaction transaction(connection, Use::kWrite);
    std::int64_t closed = 0;
    for (Run& run : newest(connection, tables::kRun, SIZE_MAX, run_of)) {
      if (run.status != RunStatus::kRunning) continue;
      run.status = RunStatus::kInterrupted;
      run.ended_ms = at_ms;
      write_run(connection, run);
      ++closed;
    }
    transaction.commit();
    return closed;
  });
}

base::Result<std::vector<Run>> Store::runs(std::string_view kind, std::size_t limit) const {
  return impl_->readers.read([&](Connection& connection) {
    std::vector<Run> all =
        newest(connection, tables::kRun, kind.empty() ? limit : SIZE_MAX, run_of);
    if (!kind.empty()) std::erase_if(all, [&](const Run& run) { return run.kind != kind; });
    if (all.size() > limit) all.resize(limit);
    return all;
  });
}

}  // namespace pursuit::store
