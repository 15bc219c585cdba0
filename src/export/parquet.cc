#include "export/parquet.h"

#include <algorithm>
#include <array>
#include <utility>

#include "export/output_file.h"

namespace pursuit::exporting {
namespace {

constexpr std::size_t kRowsPerGroup = 120 << 10;
constexpr std::size_t kCopyBlockBytes = 1 << 20;

}  // namespace

ParquetBatch::ParquetBatch(std::vector<ParquetColumn> columns) : columns_(std::move(columns)) {
  for (std::size_t c = 0; c < columns_.size(); ++c) cells_.emplace_back(c);
}

void ParquetBatch::clear(std::size_t rows) {
  for (std::size_t block = 0; block < copy_blocks_; ++block) copies_[block]->clear();
  copy_blocks_ = 0;
  make_room(rows);
}

void ParquetBatch::grow(std::size_t rows) {
  room_ = std::max(rows, room_ + room_ / 4);
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    cells_[c].present.resize(room_);
    if (columns_[c].type == ParquetType::kText) {
      cells_[c].texts.resize(room_);
    } else {
      cells_[c].words.resize(room_);
    }
  }
}

void ParquetBatch::set_copied_text(std::size_t column, std::size_t row, std::string_view text) {
  // A block that is full stays as it is, or the texts before would move.
  const auto is_full = [&](const std::string& block) {
    return block.size() + text.size() > block.capacity();
  };
  if (copy_blocks_ == 0 || is_full(*copies_[copy_blocks_ - 1])) {
    if (copy_blocks_ == copies_.size()) copies_.push_back(std::make_unique<std::string>());
    copies_[copy_blocks_]->reserve(std::max(kCopyBlockBytes, text.size()));
    ++copy_blocks_;
  }
  std::string& block = *copies_[copy_blocks_ - 1];
  const std::size_t begin = block.size();
  block += text;
  set_text(column, row, std::string_view(block).substr(begin));
}

ParquetRowGroup ParquetBatch::encode(std::size_t rows, TextBuffer& out) {
  ParquetRowGroup group{.rows = rows, .chunks = {}};
  for (std::size_t c = 0; c < columns_.size(); ++c)
    group.chunks.push_back(encoder_.encode(cells_[c], columns_[c], rows, out));
  return group;
}

base::Result<std::uint64_t> write_parquet(const std::string& path, const ParquetTable& table,
                                          base::ThreadPool& pool, DiskWriter& writer,
                                          const BlockProgress& progress) {
  auto file = OutputFile::create(path);
  if (!file) return std::unexpected(std::move(file.error()));
  const std::array<const OutputFile*, 1> files = {&*file};
  const std::array<std::string_view, 1> headers = {kParquetMagic};
  std::vector<std::unique_ptr<ParquetBatch>> batches;
  for (unsigned w = 0; w < pool.size(); ++w)
    batches.push_back(std::make_unique<ParquetBatch>(table.columns));
  std::vector<ParquetRowGroup> groups((table.rows + kRowsPerGroup - 1) / kRowsPerGroup);
  BlockJob job{.files = files,
               .headers = headers,
               .items = table.rows,
               .block_items = kRowsPerGroup,
               .format = {},
               .tail = [&](std::size_t) { return parquet_footer(table.columns, groups); },
               .progress = progress};
  job.format = [&](std::size_t begin, std::size_t end, unsigned worker, std::span<TextBuffer> out,
                   std::span<std::uint64_t> rows) {
    ParquetBatch& batch = *batches[worker];
    batch.clear(end - begin);
    table.fill(begin, end - begin, batch);
    groups[begin / kRowsPerGroup] = batch.encode(end - begin, out[0]);
    rows[0] = end - begin;
  };
  const auto extents = write_blocks(job, pool, writer);
  if (!extents) return std::unexpected(extents.error());
  if (auto done = file->commit(); !done) return std::unexpected(std::move(done.error()));
  return extents->front().bytes;
}

}  // namespace pursuit::exporting
