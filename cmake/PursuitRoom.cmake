# pursuit_room(NAME SOURCES … LINKS … PRIVATE_LINKS …): the static library of one folder of src/.
# pursuit_test(NAME [WHOLE] SOURCES … LINKS …): one GoogleTest program, registered with CTest case
#   by case, labelled with its own name (ctest -L engine_test). WHOLE: as one test, for programs
#   whose cases share something slow to start, such as a database server.
# pursuit_fuzz(NAME SOURCES … LINKS …): a fuzz target, see fuzz/CMakeLists.txt.
include(GoogleTest)

function(pursuit_room name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS;PRIVATE_LINKS" ${ARGN})
  add_library(pursuit_${name} STATIC ${ARG_SOURCES})
  target_link_libraries(pursuit_${name}
    PUBLIC pursuit_options ${ARG_LINKS}
    PRIVATE ${ARG_PRIVATE_LINKS})
endfunction()

function(pursuit_test name)
  if(PURSUIT_FUZZ)
    return()
  endif()
  cmake_parse_arguments(ARG "WHOLE" "" "SOURCES;LINKS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE
    pursuit_options ${ARG_LINKS} GTest::gtest GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE PURSUIT_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  if(ARG_WHOLE)
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES LABELS ${name} TIMEOUT 600)
    return()
  endif()
  gtest_discover_tests(${name}
    DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
    PROPERTIES LABELS ${name} TIMEOUT 600)
endfunction()

function(pursuit_fuzz name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  set(corpus ${CMAKE_SOURCE_DIR}/fuzz/corpus/${name})
  add_executable(fuzz_${name} ${ARG_SOURCES})
  target_link_libraries(fuzz_${name} PRIVATE pursuit_options ${ARG_LINKS})
  if(PURSUIT_FUZZ)
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  else()
    target_sources(fuzz_${name} PRIVATE ${CMAKE_SOURCE_DIR}/fuzz/replay_main.cc)
    add_test(NAME fuzz.${name}.corpus COMMAND fuzz_${name} ${corpus})
    set_tests_properties(fuzz.${name}.corpus PROPERTIES LABELS fuzz TIMEOUT 300)
  endif()
endfunction()
