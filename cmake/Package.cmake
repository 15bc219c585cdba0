# The Debian package (./x package): what is installed where, and CPack's settings. It has the
# program, DuckDB's library in a folder of its own, the dashboard, the systemd unit, settings, a man
# page, documents and licences.
set(PURSUIT_MAINTAINER "Pursuit maintainers <maintainers@pursuit.example>"
  CACHE STRING "Maintainer of the Debian package: NAME <ADDRESS>")
set(CPACK_PACKAGE_CONTACT ${PURSUIT_MAINTAINER})
# Packing wants the program and nothing else that is built here.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)

# Debian's tools want text that describes the package compressed, and without a time in it.
set(package_dir ${CMAKE_BINARY_DIR}/packaging)
execute_process(COMMAND git log -1 --format=%cD
  WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} OUTPUT_VARIABLE PURSUIT_PACKAGE_DATE
  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT PURSUIT_PACKAGE_DATE)
  set(PURSUIT_PACKAGE_DATE "Thu, 01 Jan 1970 00:00:00 +0000")  # sources without their history
endif()
configure_file(packaging/debian/changelog.in ${package_dir}/changelog @ONLY)
install(CODE "
  function(pack from to)
    file(MAKE_DIRECTORY \"${package_dir}\")
    execute_process(COMMAND gzip -9n -c \"\${from}\" OUTPUT_FILE \"${package_dir}/\${to}\"
      COMMAND_ERROR_IS_FATAL ANY)
  endfunction()
  pack(\"${package_dir}/changelog\" changelog.gz)
  pack(\"${CMAKE_SOURCE_DIR}/packaging/pursuit.1\" pursuit.1.gz)
  pack(\"${CMAKE_SOURCE_DIR}/CHANGELOG.md\" CHANGELOG.md.gz)
  execute_process(COMMAND strip --strip-unneeded --remove-section=.comment
    -o \"${package_dir}/libduckdb.so\" \"${DUCKDB_DIR}/libduckdb.so\" COMMAND_ERROR_IS_FATAL ANY)")

set(doc usr/share/doc/pursuit)
# The package's root is /, so that /etc and /usr are in one tree.
install(TARGETS pursuit RUNTIME DESTINATION usr/bin)
install(FILES ${package_dir}/libduckdb.so DESTINATION usr/lib/pursuit)
install(DIRECTORY web/dist/ DESTINATION usr/share/pursuit/web)
install(FILES packaging/pursuit.service DESTINATION lib/systemd/system)
install(FILES packaging/pursuit.toml DESTINATION etc/pursuit)
install(FILES ${package_dir}/pursuit.1.gz DESTINATION usr/share/man/man1)
install(PROGRAMS packaging/restore-drill DESTINATION ${doc}/examples)
install(FILES ${package_dir}/changelog.gz ${package_dir}/CHANGELOG.md.gz
  packaging/debian/copyright THIRD_PARTY.md openapi.yaml
  docs/operate.md docs/serve.md docs/access.md docs/cli.md DESTINATION ${doc})
install(FILES examples/pursuit.toml examples/policy.toml examples/roles.toml
  DESTINATION ${doc}/examples)
install(DIRECTORY packaging/monitoring DESTINATION ${doc}/examples)
install(DIRECTORY licenses DESTINATION ${doc})

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME pursuit)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGING_INSTALL_PREFIX /)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION database)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "opportunity management for sales networks")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"Tells a sales network, from its log of leads, which leads to work today, where
the funnel is stuck, when a lead is no longer worth pursuing, and which hot
leads are at risk. A live service with a dashboard over SQLite or PostgreSQL,
and a program that turns files into figures.")
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, tzdata")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "ca-certificates")  # of an identity provider
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "postgresql, nginx, prometheus")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${DUCKDB_DIR})
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(control ${CMAKE_SOURCE_DIR}/packaging/debian)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  ${control}/preinst ${control}/postinst ${control}/prerm ${control}/postrm ${control}/conffiles)
include(CPack)
