// store/test_database.h: an empty database of either kind for each test, and rows to put into it.
// Tests only; one thread.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "model/entry.h"
#include "store/store.h"

namespace pursuit::store {

enum class Kind : std::uint8_t { kSqlite, kPostgres };

/// A folder that goes when it does.
class TestFolder {
 public:
  TestFolder();
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  ~TestFolder();
  [[nodiscard]] std::string file(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

/// A test that runs on both databases: INSTANTIATE_TEST_SUITE_P(…, both_databases(), kind_name).
class OnDatabase : public testing::TestWithParam<Kind> {
 protected:
  /// A new, empty database.
  std::string new_url();
  std::unique_ptr<Store> open(const std::string& url);
  std::unique_ptr<Store> open() { return open(new_url()); }
  TestFolder folder_;

 private:
  int made_ = 0;
};

inline auto both_databases() { return testing::Values(Kind::kSqlite, Kind::kPostgres); }
inline std::string kind_name(const testing::TestParamInfo<Kind>& info) {
  return info.param == Kind::kSqlite ? "Sqlite" : "Postgres";
}

inline constexpr base::Millis kReceived = 1'780'000'000'000;

model::Entry entry(std::string key, model::Row row, std::string source = "test");
model::LeadRow lead_row(std::string id, base::Millis created_at_ms = 1'000);
model::EventRow event_row(std::string id, std::string stage, base::Millis at_ms);
model::OutcomeRow outcome_row(std::string id, bool won, base::Millis at_ms);
model::SignalRow signal_row(std::string id, std::string kind, base::Millis at_ms);
model::NoteRow note_row(std::string id, std::string kind, base::Millis at_ms);
model::CostRow cost_row(std::string channel, double amount);

/// append() that must work.
std::vector<AppendResult> append(Store& store, const std::vector<model::Entry>& entries);

/// Everything a scan in at most so many parts gives, as text, sorted: two stores with the same
/// content give the same.
std::vector<std::string> scanned(const Store& store, unsigned parts = 1);

}  // namespace pursuit::store
