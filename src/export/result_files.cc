#include "export/result_files.h"

#include <utility>
#include <vector>

#include "export/output_file.h"

namespace pursuit::exporting {

BlockProgress progress_of(const ExportOptions& options, std::string_view file) {
  if (!options.progress) return {};
  return [&options, file](std::uint64_t done, std::uint64_t total) {
    options.progress(file, done, total);
  };
}

base::Result<void> write_result_files(std::span<const std::string_view> names, BlockJob job,
                                      const ResultWriter& writer, ExportReport& report) {
  std::vector<OutputFile> files;
  files.reserve(names.size());  // pointers into it are taken
  std::vector<const OutputFile*> places;
  for (const std::string_view name : names) {
    auto file = OutputFile::create(writer.options.out_dir + "/" + std::string(name));
    if (!file) return std::unexpected(std::move(file.error()));
    places.push_back(&files.emplace_back(std::move(*file)));
  }
  job.files = places;
  job.progress = progress_of(writer.options, names.front());
  const auto extents = write_blocks(job, writer.pool, writer.disk);
  if (!extents) return std::unexpected(extents.error());
  for (OutputFile& file : files) {
    if (auto done = file.commit(); !done) return done;
  }
  for (std::size_t f = 0; f < names.size(); ++f)
    report.files.push_back({std::string(names[f]), (*extents)[f].rows, (*extents)[f].bytes});
  return {};
}

}  // namespace pursuit::exporting
