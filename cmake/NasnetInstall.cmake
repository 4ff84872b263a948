# The installed package: headers, find_package files (components zlib, eigen and redis), a pkg-config file. All paths are relative.

include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(nasnet_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/nasnet")

install(TARGETS nasnet EXPORT nasnet-core FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(EXPORT nasnet-core FILE nasnet-core.cmake NAMESPACE nasnet:: DESTINATION "${nasnet_package_dir}")
foreach(component zlib eigen redis)
  if(TARGET nasnet_${component})
    install(TARGETS nasnet_${component} EXPORT nasnet-${component})
    install(EXPORT nasnet-${component} FILE nasnet-${component}.cmake NAMESPACE nasnet::
      DESTINATION "${nasnet_package_dir}")
  endif()
endforeach()

configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/nasnet-config.cmake.in"
  "${PROJECT_BINARY_DIR}/cmake/nasnet-config.cmake"
  INSTALL_DESTINATION "${nasnet_package_dir}"
  NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/cmake/nasnet-config-version.cmake"
  COMPATIBILITY SameMinorVersion
  ARCH_INDEPENDENT)
install(FILES
  "${PROJECT_BINARY_DIR}/cmake/nasnet-config.cmake"
  "${PROJECT_BINARY_DIR}/cmake/nasnet-config-version.cmake"
  "${PROJECT_SOURCE_DIR}/cmake/nasnet-find-hiredis.cmake"
  DESTINATION "${nasnet_package_dir}")

file(RELATIVE_PATH nasnet_prefix_from_pc "/prefix/${CMAKE_INSTALL_DATADIR}/pkgconfig" "/prefix")
configure_file("${PROJECT_SOURCE_DIR}/cmake/nasnet.pc.in" "${PROJECT_BINARY_DIR}/cmake/nasnet.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/cmake/nasnet.pc" DESTINATION "${CMAKE_INSTALL_DATADIR}/pkgconfig")

install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}")
