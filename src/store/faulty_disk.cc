#include "store/faulty_disk.h"

#include <atomic>
#include <cstddef>
#include <memory>

#include <sqlite3.h>

namespace pursuit::store {

namespace {

std::atomic<bool> is_broken = false;   // NOLINT(readability-identifier-naming): state of a process
std::atomic<DiskFault> present_fault;  // NOLINT(readability-identifier-naming)
std::atomic<int> writes_left = 0;      // NOLINT(readability-identifier-naming)
std::atomic<int> failures = 0;         // NOLINT(readability-identifier-naming)

bool fails(bool sync) {
  if (!is_broken || (present_fault == DiskFault::kSync) != sync) return false;
  if (writes_left.fetch_sub(1) > 0) return false;
  ++failures;
  return true;
}

/// SQLite allocates szOsFile bytes: ours, and behind them those of the real file.
struct File {
  sqlite3_file base;
  [[nodiscard]] sqlite3_file* real() {
    return reinterpret_cast<sqlite3_file*>(reinterpret_cast<std::byte*>(this) + kSize);
  }
  static constexpr std::size_t kSize = 64;
};
static_assert(sizeof(File) <= File::kSize);

sqlite3_file* real(sqlite3_file* file) { return reinterpret_cast<File*>(file)->real(); }

sqlite3_vfs* real_system() {
  static sqlite3_vfs* const kReal = sqlite3_vfs_find("unix");
  return kReal;
}

int write_file(sqlite3_file* file, const void* data, int size, sqlite3_int64 at) {
  if (fails(false)) return present_fault == DiskFault::kFull ? SQLITE_FULL : SQLITE_IOERR_WRITE;
  return real(file)->pMethods->xWrite(real(file), data, size, at);
}

int sync_file(sqlite3_file* file, int flags) {
  if (fails(true)) return SQLITE_IOERR_FSYNC;
  return real(file)->pMethods->xSync(real(file), flags);
}

sqlite3_io_methods make_methods() {
  sqlite3_io_methods m{};
  m.iVersion = 2;  // without memory-mapped pages
  m.xClose = [](sqlite3_file* f) { return real(f)->pMethods->xClose(real(f)); };
  m.xRead = [](sqlite3_file* f, void* to, int size, sqlite3_int64 at) {
    return real(f)->pMethods->xRead(real(f), to, size, at);
  };
  m.xWrite = write_file;
  m.xTruncate = [](sqlite3_file* f, sqlite3_int64 size) {
    return real(f)->pMethods->xTruncate(real(f), size);
  };
  m.xSync = sync_file;
  m.xFileSize = [](sqlite3_file* f, sqlite3_int64* size) {
    return real(f)->pMethods->xFileSize(real(f), size);
  };
  m.xLock = [](sqlite3_file* f, int level) { return real(f)->pMethods->xLock(real(f), level); };
  m.xUnlock = [](sqlite3_file* f, int level) { return real(f)->pMethods->xUnlock(real(f), level); };
  m.xCheckReservedLock = [](sqlite3_file* f, int* held) {
    return real(f)->pMethods->xCheckReservedLock(real(f), held);
  };
  m.xFileControl = [](sqlite3_file* f, int what, void* argument) {
    return real(f)->pMethods->xFileControl(real(f), what, argument);
  };
  m.xSectorSize = [](sqlite3_file* f) { return real(f)->pMethods->xSectorSize(real(f)); };
  m.xDeviceCharacteristics = [](sqlite3_file* f) {
    return real(f)->pMethods->xDeviceCharacteristics(real(f));
  };
  m.xShmMap = [](sqlite3_file* f, int page, int size, int extend, void volatile** at) {
    return real(f)->pMethods->xShmMap(real(f), page, size, extend, at);
  };
  m.xShmLock = [](sqlite3_file* f, int offset, int count, int flags) {
    return real(f)->pMethods->xShmLock(real(f), offset, count, flags);
  };
  m.xShmBarrier = [](sqlite3_file* f) { real(f)->pMethods->xShmBarrier(real(f)); };
  m.xShmUnmap = [](sqlite3_file* f, int remove) {
    return real(f)->pMethods->xShmUnmap(real(f), remove);
  };
  return m;
}

int open_file(sqlite3_vfs* /*system*/, const char* name, sqlite3_file* file, int flags, int* out) {
  static const sqlite3_io_methods kMethods = make_methods();
  auto* ours = std::construct_at(reinterpret_cast<File*>(file));
  const int code = real_system()->xOpen(real_system(), name, ours->real(), flags, out);
  // Without methods SQLite does not close what did not open.
  ours->base.pMethods = ours->real()->pMethods == nullptr ? nullptr : &kMethods;
  return code;
}

}  // namespace

void FaultyDisk::install() {
  static sqlite3_vfs system = [] {
    sqlite3_vfs copy = *real_system();
    copy.zName = "faulty";
    copy.szOsFile = static_cast<int>(File::kSize) + real_system()->szOsFile;
    copy.xOpen = open_file;
    return copy;
  }();
  sqlite3_vfs_register(&system, 1);
}

void FaultyDisk::break_down(DiskFault fault, int after) {
  present_fault = fault;
  writes_left = after;
  failures = 0;
  is_broken = true;
}

bool FaultyDisk::repair() {
  is_broken = false;
  return failures > 0;
}

}  // namespace pursuit::store
