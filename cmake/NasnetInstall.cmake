# The installed package: headers, the compiled library where it is built, find_package files (components compiled, zlib,
# eigen and redis), files for pkg-config. All paths are relative.

include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(nasnet_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/nasnet")

install(TARGETS nasnet EXPORT nasnet-core FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(EXPORT nasnet-core FILE nasnet-core.cmake NAMESPACE nasnet:: DESTINATION "${nasnet_package_dir}")
foreach(component compiled zlib eigen redis)
  if(TARGET nasnet_${component})
    install(TARGETS nasnet_${component} EXPORT nasnet-${component} ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
    install(EXPORT nasnet-${component} FILE nasnet-${component}.cmake NAMESPACE nasnet::
      DESTINATION "${nasnet_package_dir}")
  endif()
endforeach()

configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/nasnet-config.cmake.in"
  "${PROJECT_BINARY_DIR}/cmake/nasnet-config.cmake"
  INSTALL_DESTINATION "${nasnet_package_dir}"
  NO_SET_AND_CHECK_MACRO)
set(nasnet_any_processor ARCH_INDEPENDENT)
if(TARGET nasnet_compiled)
  set(nasnet_any_processor "")
endif()
write_basic_package_version_file("${PROJECT_BINARY_DIR}/cmake/nasnet-config-version.cmake"
  COMPATIBILITY SameMinorVersion
  ${nasnet_any_processor})
install(FILES
  "${PROJECT_BINARY_DIR}/cmake/nasnet-config.cmake"
  "${PROJECT_BINARY_DIR}/cmake/nasnet-config-version.cmake"
  "${PROJECT_SOURCE_DIR}/cmake/nasnet-find-hiredis.cmake"
  DESTINATION "${nasnet_package_dir}")

# nasnet_install_pc(NAME FOLDER): the file <name>.pc for pkg-config in a folder of the package.
function(nasnet_install_pc name folder)
  file(RELATIVE_PATH nasnet_prefix_from_pc "/prefix/${folder}/pkgconfig" "/prefix")
  configure_file("${PROJECT_SOURCE_DIR}/cmake/${name}.pc.in" "${PROJECT_BINARY_DIR}/cmake/${name}.pc" @ONLY)
  install(FILES "${PROJECT_BINARY_DIR}/cmake/${name}.pc" DESTINATION "${folder}/pkgconfig")
endfunction()

nasnet_install_pc(nasnet "${CMAKE_INSTALL_DATADIR}")
if(TARGET nasnet_compiled)
  nasnet_install_pc(nasnet-compiled "${CMAKE_INSTALL_LIBDIR}")
endif()

install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}")
