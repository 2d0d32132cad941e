# SPDX-License-Identifier: Apache-2.0
# What `cmake --install build/release` puts where, and the Debian package (scripts/package.sh).
include(GNUInstallDirs)
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)  # tests need not be built for it
set(CMAKE_SKIP_INSTALL_RPATH ON)

# What the program says of itself: completions and the manual page.
set(pages ${PROJECT_BINARY_DIR}/pages)
file(MAKE_DIRECTORY ${pages})
foreach(shell bash zsh fish)
  add_custom_command(OUTPUT ${pages}/retimu.${shell} DEPENDS retimu VERBATIM
    COMMAND retimu completion ${shell} > ${pages}/retimu.${shell})
endforeach()
add_custom_command(OUTPUT ${pages}/retimu.1.gz DEPENDS retimu VERBATIM
  COMMAND retimu manual > ${pages}/retimu.1
  COMMAND gzip -9nf ${pages}/retimu.1)
add_custom_command(OUTPUT ${pages}/changelog.Debian.gz VERBATIM
  DEPENDS ${PROJECT_SOURCE_DIR}/packaging/debian/changelog
  COMMAND gzip -9nc ${PROJECT_SOURCE_DIR}/packaging/debian/changelog > ${pages}/changelog.Debian.gz)
add_custom_target(retimu_pages ALL DEPENDS
  ${pages}/retimu.bash ${pages}/retimu.zsh ${pages}/retimu.fish ${pages}/retimu.1.gz
  ${pages}/changelog.Debian.gz)

install(TARGETS retimu)
install(FILES ${pages}/retimu.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${pages}/retimu.bash RENAME retimu
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${pages}/retimu.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
# Debian's zsh looks for those of packages elsewhere than for those of /usr/local.
install(CODE "
  set(folder site-functions)
  if(CMAKE_INSTALL_PREFIX MATCHES \"/usr$\")
    set(folder vendor-completions)
  endif()
  file(INSTALL DESTINATION \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DATADIR}/zsh/\${folder}\"
    TYPE FILE RENAME _retimu FILES ${pages}/retimu.zsh)")
# Not CMAKE_INSTALL_LIBDIR: systemd looks in lib.
install(FILES ${PROJECT_SOURCE_DIR}/packaging/retimu@.service DESTINATION lib/systemd/system)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/pipelines DESTINATION ${CMAKE_INSTALL_DATADIR}/retimu
  FILES_MATCHING PATTERN *.toml)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs DESTINATION ${CMAKE_INSTALL_DOCDIR}
  FILES_MATCHING PATTERN *.md PATTERN *.svg)
install(FILES
  ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/LICENSE
  ${PROJECT_SOURCE_DIR}/packaging/debian/copyright ${pages}/changelog.Debian.gz
  DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME retimu)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "The RETIMU maintainers <maintainers@retimu.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "real-time anomaly detection for plants and networks")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "\
RETIMU watches readings, log lines and alarms of machines, hosts and
networks, learns by itself what is usual for each of them, and tells when
something is not: what, where, since when, how far from usual and how sure
it is. Alerts that belong together are told as one incident with its likely
cause. A systemd unit, retimu@NAME, runs the pipeline /etc/retimu/NAME.toml.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# date reads the time zones of the system.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, tzdata")
set(maintainer_scripts ${PROJECT_SOURCE_DIR}/packaging/debian)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  ${maintainer_scripts}/postinst ${maintainer_scripts}/prerm ${maintainer_scripts}/postrm)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
