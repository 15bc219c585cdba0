#include "export/parquet_stream.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "base/parallel.h"
#include "export/block_writer.h"
#include "export/output_file.h"
#include "export/parquet.h"
#include "export/parquet_cells.h"

namespace pursuit::exporting {
namespace {

constexpr std::size_t kItemsPerGroup = 40 << 10;

class BatchRows final : public RowSink {
 public:
  explicit BatchRows(ParquetBatch& batch) : batch_(batch), cells_(batch, true) {}
  Cells& begin_row() override {
    batch_.make_room(rows_ + 1);
    cells_.begin_row(rows_);
    return cells_;
  }
  void end_row() override { ++rows_; }
  [[nodiscard]] std::size_t rows() const { return rows_; }

 private:
  ParquetBatch& batch_;
  ParquetCells cells_;
  std::size_t rows_ = 0;
};

base::Result<void> write_items(const RowStream& rows, std::size_t begin, std::size_t end,
                               const std::function<bool()>& gives_up, RowSink& out) {
  for (std::size_t at = begin; at < end; at += rows.block_items) {
    if (gives_up()) return base::fail(base::ErrorCode::kBusy, "given up");
    if (auto done = rows.write(at, std::min(at + rows.block_items, end), out); !done) return done;
  }
  return {};
}

}  // namespace

base::Result<std::uint64_t> write_parquet_rows(const std::string& path, const RowStream& rows,
                                               const std::function<bool()>& gives_up) {
  auto file = OutputFile::create(path);
  if (!file) return std::unexpected(file.error());
  const std::array<const OutputFile*, 1> files = {&*file};
  const std::array<std::string_view, 1> headers = {kParquetMagic};
  // One thread: others wait for answers too.
  base::ThreadPool pool(1);
  DiskWriter writer;
  ParquetBatch batch(rows.columns);
  std::vector<ParquetRowGroup> groups;
  base::Result<void> made;
  BlockJob job{.files = files,
               .headers = headers,
               .items = rows.items,
               .block_items = kItemsPerGroup,
               .format = {},
               .tail = [&](std::size_t) { return parquet_footer(rows.columns, groups); },
               .progress = {}};
  job.format = [&](std::size_t begin, std::size_t end, unsigned /*worker*/,
                   std::span<TextBuffer> out, std::span<std::uint64_t> count) {
    if (!made) return;
    batch.clear(end - begin);
    BatchRows sink(batch);
    made = write_items(rows, begin, end, gives_up, sink);
    if (!made || sink.rows() == 0) return;
    groups.push_back(batch.encode(sink.rows(), out[0]));
    count[0] = sink.rows();
  };
  const auto extents = write_blocks(job, pool, writer);
  if (!made) return std::unexpected(made.error());
  if (!extents) return std::unexpected(extents.error());
  if (auto done = file->commit(); !done) return std::unexpected(done.error());
  return extents->front().bytes;
}

}  // namespace pursuit::exporting
