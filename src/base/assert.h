// base/assert.h: an assertion that stays on in release; a failed one is a bug of ours and ends the
// program.
#pragma once

#include <cstdio>
#include <cstdlib>

#define PURSUIT_ASSERT(condition)                                                            \
  do {                                                                                       \
    if (!(condition)) [[unlikely]] {                                                         \
      std::fprintf(stderr, "%s:%d: assertion failed: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                          \
    }                                                                                        \
  } while (false)
