#include "base/huge_vector.h"

#include <cstdint>
#include <cstring>

#include <sys/mman.h>

namespace pursuit::base {
namespace {

constexpr std::size_t rounded(std::size_t bytes) {
  return (bytes + kHugePageBytes - 1) & ~(kHugePageBytes - 1);
}

}  // namespace

void* allocate_pages(std::size_t bytes, PageKind kind) {
  const std::size_t size = rounded(bytes);
  // One huge page too much, so that an aligned stretch lies inside; what sticks out goes back.
  void* const memory = ::mmap(nullptr, size + kHugePageBytes, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  char* const begin = static_cast<char*>(memory);
  const auto address = reinterpret_cast<std::uintptr_t>(memory);
  const std::size_t head = rounded(address) - address;
  if (head > 0) ::munmap(begin, head);
  if (head < kHugePageBytes) ::munmap(begin + head + size, kHugePageBytes - head);
  // A wish: refused, small pages serve as well.
  if (kind == PageKind::kHuge) ::madvise(begin + head, size, MADV_HUGEPAGE);
  return begin + head;
}

void* grow_pages(void* memory, std::size_t bytes, std::size_t new_bytes, PageKind kind) {
  void* const grown = allocate_pages(new_bytes, kind);
#if defined(__SANITIZE_THREAD__)
  // ThreadSanitizer does not see mremap, and takes pages that come to another thread for shared.
  std::memcpy(grown, memory, bytes);
  deallocate_pages(memory, bytes);
#else
  // The pages move, not their bytes.
  if (::mremap(memory, rounded(bytes), rounded(bytes), MREMAP_MAYMOVE | MREMAP_FIXED, grown) ==
      MAP_FAILED)
    throw std::bad_alloc();
#endif
  return grown;
}

void deallocate_pages(void* memory, std::size_t bytes) noexcept {
  ::munmap(memory, rounded(bytes));
}

}  // namespace pursuit::base
