# pursuit_room(NAME SOURCES … LINKS … PRIVATE_LINKS …): the static library of one folder below src/.
# pursuit_test(NAME SOURCES … LINKS …): one GoogleTest program, registered with CTest case by case.
include(GoogleTest)

function(pursuit_room name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS;PRIVATE_LINKS" ${ARGN})
  add_library(pursuit_${name} STATIC ${ARG_SOURCES})
  target_link_libraries(pursuit_${name} PUBLIC pursuit_options ${ARG_LINKS} PRIVATE ${ARG_PRIVATE_LINKS})
endfunction()

function(pursuit_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE pursuit_options ${ARG_LINKS} GTest::gtest GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE PURSUIT_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60)
endfunction()
