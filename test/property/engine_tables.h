// test/property/engine_tables.h: fills an engine from the reference model's input and reads all its
// figures back as tables with the columns of the result files. Numbers keep every bit: they are
// written in the shortest form that reads back the same. Pure functions, any thread.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "engine/engine.h"
#include "golden/csv_table.h"
#include "reference/reference_model.h"

namespace pursuit::property {

/// How the leads get into the table: in the bulk (which orders them) or one by one.
enum class Loading { kBulk, kOneByOne };

struct EngineSetup {
  unsigned threads = 1;
  Loading loading = Loading::kBulk;
  std::size_t share_from = 1;  // so that small batches are shared out too, where there are threads
};

/// An engine that holds the leads, events and signals of `input`; not refreshed yet.
[[nodiscard]] std::unique_ptr<engine::Engine> load_engine(const reference::Input& input,
                                                          EngineSetup setup);

using Tables = std::map<std::string, golden::CsvTable>;  // by file name

/// leads.csv and visits.csv, of every lead that is visible, in the order of lead ids.
[[nodiscard]] Tables lead_tables(const engine::Engine& engine);

/// All tables, leads.csv and visits.csv included.
[[nodiscard]] Tables all_tables(const engine::Engine& engine);

}  // namespace pursuit::property
