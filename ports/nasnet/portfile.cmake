# As an overlay port of a checkout (vcpkg install nasnet --overlay-ports=ports) this builds the checkout. In a registry,
# where the sources do not lie two folders above, it downloads the release: its repository and checksum go here.
set(nasnet_repository nasnet/nasnet)
set(nasnet_checksum 0)

get_filename_component(SOURCE_PATH "${CMAKE_CURRENT_LIST_DIR}/../.." ABSOLUTE)
if(NOT EXISTS "${SOURCE_PATH}/include/nasnet/version.hpp")
  vcpkg_from_github(
    OUT_SOURCE_PATH SOURCE_PATH
    REPO ${nasnet_repository}
    REF "v${VERSION}"
    SHA512 ${nasnet_checksum}
    HEAD_REF main)
endif()

vcpkg_check_features(OUT_FEATURE_OPTIONS nasnet_options FEATURES compiled NASNET_BUILD_COMPILED)
set(nasnet_components "")
foreach(feature IN ITEMS zlib eigen redis)
  if(feature IN_LIST FEATURES)
    list(APPEND nasnet_components ${feature})
  endif()
endforeach()
if(NOT "compiled" IN_LIST FEATURES)
  set(VCPKG_BUILD_TYPE release)  # headers are the same for both
endif()

vcpkg_cmake_configure(
  SOURCE_PATH "${SOURCE_PATH}"
  OPTIONS
    ${nasnet_options}
    "-DNASNET_COMPONENTS=${nasnet_components}"
    -DNASNET_BUILD_TESTS=OFF
    -DNASNET_BUILD_EXAMPLES=OFF
    -DNASNET_BUILD_BENCH=OFF)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(CONFIG_PATH lib/cmake/nasnet)
vcpkg_fixup_pkgconfig()

file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/debug/include" "${CURRENT_PACKAGES_DIR}/debug/share")
if(NOT "compiled" IN_LIST FEATURES)
  file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/debug" "${CURRENT_PACKAGES_DIR}/lib")
endif()
file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/share/doc")

file(INSTALL "${CMAKE_CURRENT_LIST_DIR}/usage" DESTINATION "${CURRENT_PACKAGES_DIR}/share/${PORT}")
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
