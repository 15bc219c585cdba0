# Libraries that ./x setup installs: Debian packages, and DuckDB's C library below .deps/.
find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)
find_package(fmt REQUIRED)
find_package(GTest REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(date REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(tomlplusplus REQUIRED IMPORTED_TARGET tomlplusplus)
pkg_check_modules(simdjson REQUIRED IMPORTED_TARGET simdjson)
pkg_check_modules(snappy REQUIRED IMPORTED_TARGET snappy)
pkg_check_modules(xlsxwriter REQUIRED IMPORTED_TARGET xlsxwriter)
pkg_check_modules(utf8proc REQUIRED IMPORTED_TARGET libutf8proc)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(sqlite3 REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(libzip REQUIRED IMPORTED_TARGET libzip)
pkg_check_modules(expat REQUIRED IMPORTED_TARGET expat)
pkg_check_modules(libpq REQUIRED IMPORTED_TARGET libpq)
find_package(CURL REQUIRED)
find_package(CLI11 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS url)
find_package(spdlog REQUIRED)
pkg_check_modules(prometheus-cpp-core REQUIRED IMPORTED_TARGET prometheus-cpp-core)

find_package(rapidcheck REQUIRED)

# SOCI with its two back ends, and the libraries below them, which the store also calls directly.
find_path(SOCI_INCLUDE soci/soci.h REQUIRED)
add_library(soci INTERFACE)
target_include_directories(soci SYSTEM INTERFACE ${SOCI_INCLUDE})
foreach(part core sqlite3 postgresql)
  find_library(SOCI_${part} soci_${part} REQUIRED)
  target_link_libraries(soci INTERFACE ${SOCI_${part}})
endforeach()
target_link_libraries(soci INTERFACE PkgConfig::sqlite3 PkgConfig::libpq)
if(PURSUIT_SANITIZE MATCHES undefined)
  # Its libraries hide the type information that this check would look at.
  target_compile_options(soci INTERFACE -fno-sanitize=vptr)
endif()

# By hand: its .pc file asks for headers of JSON that nothing here includes.
find_path(CJOSE_INCLUDE cjose/cjose.h REQUIRED)
find_library(CJOSE_LIBRARY cjose REQUIRED)
add_library(cjose INTERFACE)
target_include_directories(cjose SYSTEM INTERFACE ${CJOSE_INCLUDE})
target_link_libraries(cjose INTERFACE ${CJOSE_LIBRARY})

set(DUCKDB_DIR ${CMAKE_SOURCE_DIR}/.deps/duckdb CACHE PATH "Folder with duckdb.h and libduckdb.so")
add_library(duckdb SHARED IMPORTED)
set_target_properties(duckdb PROPERTIES
  IMPORTED_LOCATION ${DUCKDB_DIR}/libduckdb.so
  IMPORTED_NO_SONAME FALSE
  INTERFACE_INCLUDE_DIRECTORIES ${DUCKDB_DIR})
# Only programs that use it load it: that costs 8 ms at their start.
target_link_options(duckdb INTERFACE LINKER:--as-needed)
