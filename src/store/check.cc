#include <array>

#include <fmt/format.h>

#include "store/store_impl.h"
#include "store/tables.h"

namespace pursuit::store {

namespace {

std::int64_t number_of(Connection& connection, const std::string& sql) {
  long long number = 0;
  connection.sql() << sql, soci::into(number);
  return number;
}

/// A question whose answer is 0 in a sound store.
struct Question {
  const char* complaint;
  const char* sql;
};

constexpr std::array kQuestions = {
    Question{"changes under a source and key of another",
             "SELECT count(*) FROM (SELECT source FROM change_log GROUP BY source, source_key"
             " HAVING count(*) > 1) AS t"},
    Question{"changes of a source that is not there",
             "SELECT count(*) FROM change_log c LEFT JOIN source s ON s.id = c.source"
             " WHERE s.id IS NULL"},
    Question{"changes of a lead that is not there",
             "SELECT count(*) FROM change_log c LEFT JOIN lead l ON l.id = c.lead"
             " WHERE c.lead IS NOT NULL AND l.id IS NULL"},
    Question{"stage events without their change",
             "SELECT count(*) FROM stage_event r LEFT JOIN change_log c"
             " ON c.seq = r.seq AND c.lead = r.lead AND c.kind IN (1, 6) WHERE c.seq IS NULL"},
    Question{"outcomes without their change",
             "SELECT count(*) FROM outcome r LEFT JOIN change_log c"
             " ON c.seq = r.seq AND c.lead = r.lead AND c.kind IN (2, 6) WHERE c.seq IS NULL"},
    Question{"signals without their change",
             "SELECT count(*) FROM signal r LEFT JOIN change_log c"
             " ON c.seq = r.seq AND c.lead = r.lead AND c.kind = 3 WHERE c.seq IS NULL"},
    Question{"costs without their change",
             "SELECT count(*) FROM cost r LEFT JOIN change_log c ON c.seq = r.seq AND c.kind = 4"
             " WHERE c.seq IS NULL"},
    Question{"notes without their change",
             "SELECT count(*) FROM note r LEFT JOIN change_log c"
             " ON c.seq = r.seq AND c.lead = r.lead AND c.kind IN (5, 6) WHERE c.seq IS NULL"},
    Question{"actions without their change",
             "SELECT count(*) FROM action r LEFT JOIN change_log c"
             " ON c.seq = r.seq AND c.lead = r.lead AND c.kind = 6 WHERE c.seq IS NULL"},
    Question{"actions that were undone by nothing",
             "SELECT count(*) FROM action r LEFT JOIN change_log c"
             " ON c.seq = r.undone AND c.lead = r.lead AND c.kind = 7"
             " WHERE r.undone <> 0 AND c.seq IS NULL"},
    Question{"edits without their change",
             "SELECT count(*) FROM lead_edit r LEFT JOIN change_log c"
             " ON c.seq = r.seq AND c.lead = r.lead AND c.kind IN (0, 6) WHERE c.seq IS NULL"},
    Question{"stage events of a stage that is not there",
             "SELECT count(*) FROM stage_event e LEFT JOIN stage s ON s.id = e.stage"
             " WHERE s.id IS NULL"},
    Question{"contacts of a lead that is not there",
             "SELECT count(*) FROM contact c LEFT JOIN lead l ON l.id = c.lead"
             " WHERE l.id IS NULL"},
    Question{"erased people with contact data",
             "SELECT count(*) FROM erased_person e JOIN contact c ON c.lead = e.lead"
             " WHERE c.name <> '' OR c.phone <> '' OR c.email <> '' OR c.attributes <> ''"},
    Question{"words of a lead that is not there",
             "SELECT count(*) FROM word w LEFT JOIN lead l ON l.id = w.lead WHERE l.id IS NULL"},
};

/// What PostgreSQL guards itself (references, pages by checksum), SQLite is asked for.
void ask_sqlite(Connection& connection, std::vector<std::string>& problems) {
  constexpr std::array kOne = {Type::kText};
  connection.bulk().stream("PRAGMA integrity_check", kOne, [&](const Cells& rows) {
    for (std::size_t i = 0; i < rows.rows(); ++i) {
      const std::string_view line = text_of(rows.row(i)[0]);
      if (line != "ok") problems.emplace_back(line);
    }
  });
  connection.bulk().stream("PRAGMA foreign_key_check", kOne, [&](const Cells& rows) {
    problems.push_back(
        fmt::format("{} rows of {} refer to nothing", rows.rows(), text_of(rows.row(0)[0])));
  });
}

void compare_counts(Connection& connection, const StoreCounts& counts,
                    std::vector<std::string>& problems) {
  const std::array pairs = {
      std::pair("change_log", counts.last_seq), std::pair("lead", counts.leads),
      std::pair("stage_event", counts.events),  std::pair("outcome", counts.outcomes),
      std::pair("signal", counts.signals),      std::pair("cost", counts.costs),
      std::pair("note", counts.notes)};
  for (const auto& [table, expected] : pairs) {
    const std::int64_t rows = number_of(connection, fmt::format("SELECT count(*) FROM {}", table));
    if (rows != expected) {
      problems.push_back(fmt::format("{} has {} rows and should have {}", table, rows, expected));
    }
  }
  // As many as the last number, none above it: there are no gaps.
  const std::int64_t seq = number_of(connection, "SELECT coalesce(max(seq), 0) FROM change_log");
  if (seq != counts.last_seq) {
    problems.push_back(fmt::format("the last change is {}, not {}", seq, counts.last_seq));
  }
  const std::int64_t lead = number_of(connection, "SELECT coalesce(max(id), 0) FROM lead");
  if (lead != counts.leads) {
    problems.push_back(fmt::format("the last lead is {}, not {}", lead, counts.leads));
  }
}

}  // namespace

base::Result<CheckReport> Store::check() const {
  return impl_->readers.read([](Connection& connection) {
    CheckReport report{.counts = read_counts(connection), .problems = {}};
    report.taken_back =
        number_of(connection,
                  fmt::format("SELECT count(*) FROM lead WHERE created_at = {}", base::kNoInstant));
    if (!connection.postgres()) ask_sqlite(connection, report.problems);
    compare_counts(connection, report.counts, report.problems);
    for (const Question& question : kQuestions) {
      const std::int64_t rows = number_of(connection, question.sql);
      if (rows != 0) report.problems.push_back(fmt::format("{} {}", rows, question.complaint));
    }
    return report;
  });
}

}  // namespace pursuit::store
