// Imports: the jobs and how far they are.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "store/failure.h"
#include "store/store_impl.h"
#include "store/tables.h"

namespace pursuit::store {

namespace {

using Row = std::span<const Cell>;

constexpr std::array kJobTypes = {Type::kInt,  Type::kInt, Type::kText, Type::kText,
                                  Type::kText, Type::kInt, Type::kInt};
constexpr std::string_view kJobColumns =
    "j.id, j.state, j.name, j.author, j.detail, j.created, j.updated";

ImportJob job_of(Row row) {
  return {.id = int_of(row[0]),
          .state = static_cast<ImportState>(int_of(row[1])),
          .name = std::string(text_of(row[2])),
          .author = std::string(text_of(row[3])),
          .detail = std::string(text_of(row[4])),
          .created_ms = int_of(row[5]),
          .updated_ms = int_of(row[6])};
}

std::optional<ImportJob> find_job(Connection& connection, std::int64_t id) {
  static constexpr Lookup kById{kJobColumns, "import_job j", "j.id = {0}", tables::kIntKey,
                                kJobTypes};
  Cells key(1);
  key.add({id});
  std::optional<ImportJob> found;
  connection.bulk().find(kById, key, [&](std::size_t, Row row) { found = job_of(row); });
  return found;
}

[[noreturn]] void no_job(std::int64_t id) {
  throw Refusal({.code = base::ErrorCode::kNotFound,
                 .message = fmt::format("no import {}", id),
                 .where = {}});
}

SavedMapping mapping_of(Row row) {
  return {.name = std::string(text_of(row[0])),
          .text = std::string(text_of(row[1])),
          .author = std::string(text_of(row[2])),
          .at_ms = int_of(row[3])};
}

}  // namespace

void write_job(Connection& connection, const ImportJob& job) {
  Cells row(tables::kJobColumns.size());
  row.add({job.id, static_cast<std::int64_t>(job.state), std::string_view(job.name),
           std::string_view(job.author), std::string_view(job.detail), job.created_ms,
           job.updated_ms});
  connection.bulk().upsert(tables::kJob, row);
}

base::Result<std::int64_t> Store::add_import_job(const ImportJob& job) {
  return impl_->write([&](Connection& connection) {
    Transaction transaction(connection, Use::kWrite);
    ImportJob added = job;
    long long last = 0;
    connection.sql() << "SELECT coalesce(max(id), 0) FROM import_job", soci::into(last);
    added.id = last + 1;
    write_job(connection, added);
    transaction.commit();
    return added.id;
  });
}

base::Result<void> Store::update_import_job(const ImportJob& job) {
  return impl_->write([&](Connection& connection) {
    Transaction transaction(connection, Use::kWrite);
    if (!find_job(connection, job.id)) no_job(job.id);
    write_job(connection, job);
    transaction.commit();
  });
}

base::Result<ImportJob> Store::import_job(std::int64_t id) const {
  return impl_->readers.read([&](Connection& connection) {
    auto found = find_job(connection, id);
    if (!found) no_job(id);
    return std::move(*found);
  });
}

base::Result<void> Store::remove_import_job(std::int64_t id) {
  return impl_->write([&](Connection& connection) {
    Transaction transaction(connection, Use::kWrite);
    Cells key(1);
    key.add({id});
    connection.bulk().erase(tables::kJob, key);
    transaction.commit();
  });
}

base::Result<std::vector<ImportJob>> Store::import_jobs(std::size_t limit) const {
  return impl_->readers.read([&](Connection& connection) {
    std::vector<ImportJob> jobs;
    connection.bulk().stream(fmt::format("SELECT {} FROM import_job j ORDER BY j.id DESC LIMIT {}",
                                         kJobColumns, std::min<std::size_t>(limit, 1'000'000)),
                             kJobTypes, [&](const Cells& rows) {
                               for (std::size_t i = 0; i < rows.rows(); ++i)
                                 jobs.push_back(job_of(rows.row(i)));
                             });
    return jobs;
  });
}

base::Result<void> Store::save_mapping(const SavedMapping& mapping) {
  return impl_->write([&](Connection& connection) {
    Transaction transaction(connection, Use::kWrite);
    Cells row(tables::kMappingColumns.size());
    row.add({std::string_view(mapping.name), std::string_view(mapping.text),
             std::string_view(mapping.author), mapping.at_ms});
    connection.bulk().upsert(tables::kMapping, row);
    transaction.commit();
  });
}

base::Result<void> Store::remove_mapping(std::string_view name) {
  return impl_->write([&](Connection& connection) {
    Transaction transaction(connection, Use::kWrite);
    Cells key(1);
    key.add({name});
    connection.bulk().erase(tables::kMapping, key);
    transaction.commit();
  });
}

base::Result<std::vector<SavedMapping>> Store::mappings() const {
  return impl_->readers.read([&](Connection& connection) {
    constexpr std::array kTypes = {Type::kText, Type::kText, Type::kText, Type::kInt};
    std::vector<SavedMapping> all;
    connection.bulk().stream("SELECT name, text, author, at FROM import_mapping ORDER BY name",
                             kTypes, [&](const Cells& rows) {
                               for (std::size_t i = 0; i < rows.rows(); ++i) {
                                 all.push_back(mapping_of(rows.row(i)));
                               }
                             });
    return all;
  });
}

base::Result<std::vector<AppendResult>> Store::append_import(std::span<const model::Entry> entries,
                                                             const JobAfter& after,
                                                             base::Millis received_at_ms) {
  return impl_->write([&](Connection& connection) {
    std::vector<const model::Entry*> pointers;
    pointers.reserve(entries.size());
    for (const model::Entry& entry : entries) pointers.push_back(&entry);
    return append_entries(connection, impl_->names, pointers, received_at_ms,
                          [&](Connection& within, const std::vector<AppendResult>& results) {
                            const ImportJob job = after(results);
                            note_range(within, job.id, results);
                            write_job(within, job);
                          });
  });
}

void note_range(Connection& connection, std::int64_t import,
                const std::vector<AppendResult>& results) {
  std::int64_t first = 0;
  std::int64_t last = 0;
  for (const AppendResult& result : results) {
    // What is applied is numbered in one go: nothing of others lies between.
    if (result.status != AppendStatus::kApplied) continue;
    if (first == 0) first = result.seq;
    last = result.seq;
  }
  if (first == 0) return;
  Cells row(tables::kRangeColumns.size());
  row.add({import, first, last});
  connection.bulk().insert(tables::kRange, row);
}

}  // namespace pursuit::store
