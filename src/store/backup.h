// store/backup.h: a backup as it is opened to be restored. One thread; throws.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "store/connection.h"
#include "store/schema.h"

namespace pursuit::store {

/// A SQLite file that goes when this does, with what SQLite puts beside it.
class PartFile {
 public:
  explicit PartFile(std::filesystem::path path) : path_(std::move(path)) { remove(); }
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;
  ~PartFile() { remove(); }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  void remove() const;
  std::filesystem::path path_;
};

/// A backup that can be read as this program's schema has it.
struct OpenBackup {
  std::unique_ptr<PartFile> copy;  // of an older backup, brought up to date; else null
  std::unique_ptr<Connection> connection;
};

/// Opens the backup at `path`, which stays as it is, whole and of the schema of `steps`; one of an
/// older schema is copied to the system's folder for temporary files and brought up to date there.
/// Refuses what is damaged, no backup, or of a newer program.
[[nodiscard]] OpenBackup open_backup(const std::string& path, std::span<const Migration> steps);

}  // namespace pursuit::store
