# Flags that every target of ours shares. Presets (CMakePresets.json) choose among them.
set(PURSUIT_SANITIZE "" CACHE STRING "Sanitizers, e.g. address,undefined or thread")
set(PURSUIT_MARCH "x86-64-v3" CACHE STRING "Instruction set; empty for the compiler's default")
option(PURSUIT_FUZZ "Build the libFuzzer targets (clang) and no tests" OFF)
option(PURSUIT_COVERAGE "Instrument for line coverage" OFF)
option(PURSUIT_WERROR "Treat warnings as errors" OFF)

add_library(pursuit_options INTERFACE)
target_include_directories(pursuit_options INTERFACE ${CMAKE_SOURCE_DIR}/src)
# No contraction: a product and a sum fused at one call site and not at another would break
# "bit for bit".
target_compile_options(pursuit_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
  -ffp-contract=off -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # libstdc++ 12's own stable_sort calls what is deprecated since; g++ keeps the check for our code.
  target_compile_options(pursuit_options INTERFACE -Wno-deprecated-declarations)
elseif(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # g++ 12 takes `"text" + std::string` for overlapping copies (its bug 105651).
  target_compile_options(pursuit_options INTERFACE -Wno-restrict)
endif()
if(PURSUIT_WERROR)
  target_compile_options(pursuit_options INTERFACE -Werror)
endif()
if(PURSUIT_MARCH)
  target_compile_options(pursuit_options INTERFACE -march=${PURSUIT_MARCH})
endif()
if(PURSUIT_SANITIZE)
  target_compile_options(pursuit_options INTERFACE
    -fsanitize=${PURSUIT_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(pursuit_options INTERFACE -fsanitize=${PURSUIT_SANITIZE})
endif()
if(PURSUIT_FUZZ)
  target_compile_options(pursuit_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(PURSUIT_COVERAGE)
  target_compile_options(pursuit_options INTERFACE --coverage -fprofile-update=atomic)
  target_link_options(pursuit_options INTERFACE --coverage)
endif()

# Both only save time, so a machine without them builds all the same.
find_program(PURSUIT_CCACHE ccache)
if(PURSUIT_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${PURSUIT_CCACHE})
endif()
find_program(PURSUIT_MOLD mold)
if(PURSUIT_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
