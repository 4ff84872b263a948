# Runs the portfile of the vcpkg port with stand-ins for the functions of vcpkg, which configure and install for real.
#
#   cmake -DPORT_FOLDER=... -DCHECKOUT=... -DWORK=... -DFEATURES=zlib;redis -DVERSION=0.1.0 -P run_port.cmake
#
# The package comes to lie in WORK/packages. Nothing is optimised: what matters here is which files there are.
cmake_minimum_required(VERSION 3.25)

set(PORT nasnet)
set(CURRENT_PORT_DIR "${PORT_FOLDER}")
set(CURRENT_PACKAGES_DIR "${WORK}/packages")
set(CURRENT_BUILDTREES_DIR "${WORK}/buildtrees")
set(tree_release "${CURRENT_BUILDTREES_DIR}/release")
set(tree_debug "${CURRENT_BUILDTREES_DIR}/debug")
file(REMOVE_RECURSE "${WORK}")

# types(VARIABLE): the build types that the portfile wants.
macro(types variable)
  set(${variable} release debug)
  if(DEFINED VCPKG_BUILD_TYPE)
    set(${variable} ${VCPKG_BUILD_TYPE})
  endif()
endmacro()

function(vcpkg_from_github)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "OUT_SOURCE_PATH;REPO;REF;SHA512;HEAD_REF" "")
  if(NOT arg_REF STREQUAL "v${VERSION}" OR NOT arg_REPO MATCHES "^[^/]+/[^/]+$" OR arg_SHA512 STREQUAL "")
    message(FATAL_ERROR "vcpkg_from_github: repository '${arg_REPO}', tag '${arg_REF}', checksum '${arg_SHA512}'")
  endif()
  message(STATUS "downloads ${arg_REPO} ${arg_REF}")
  set(${arg_OUT_SOURCE_PATH} "${CHECKOUT}" PARENT_SCOPE)
endfunction()

function(vcpkg_check_features)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "OUT_FEATURE_OPTIONS" "FEATURES")
  set(options "")
  while(arg_FEATURES)
    list(POP_FRONT arg_FEATURES feature option)
    if(feature IN_LIST FEATURES)
      list(APPEND options -D${option}=ON)
    else()
      list(APPEND options -D${option}=OFF)
    endif()
  endwhile()
  set(${arg_OUT_FEATURE_OPTIONS} "${options}" PARENT_SCOPE)
endfunction()

function(vcpkg_cmake_configure)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "SOURCE_PATH" "OPTIONS")
  set(prefix_release "${CURRENT_PACKAGES_DIR}")
  set(prefix_debug "${CURRENT_PACKAGES_DIR}/debug")
  types(wanted)
  foreach(type IN LISTS wanted)
    string(TOUPPER ${type} upper)
    set(command "${CMAKE_COMMAND}" -S "${arg_SOURCE_PATH}" -B "${tree_${type}}" -G "${GENERATOR}"
        -DCMAKE_BUILD_TYPE=${type} -DCMAKE_CXX_FLAGS_${upper}=-O0 "-DCMAKE_INSTALL_PREFIX=${prefix_${type}}"
        -DCMAKE_INSTALL_LIBDIR=lib -DBUILD_SHARED_LIBS=OFF "-DCMAKE_CXX_COMPILER=${COMPILER}")
    foreach(option IN LISTS arg_OPTIONS)
      string(REPLACE ";" "\\;" option "${option}")  # an option may be a list
      list(APPEND command "${option}")
    endforeach()
    execute_process(COMMAND ${command} OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
  endforeach()
endfunction()

function(vcpkg_cmake_install)
  types(wanted)
  foreach(type IN LISTS wanted)
    execute_process(COMMAND "${CMAKE_COMMAND}" --build "${tree_${type}}" --target install -j 1
                    OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
  endforeach()
endfunction()

# Moves the files for find_package to share/nasnet, two folders below the prefix where there were three.
function(vcpkg_cmake_config_fixup)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "CONFIG_PATH;PACKAGE_NAME" "")
  set(share "${CURRENT_PACKAGES_DIR}/share/${PORT}")
  file(MAKE_DIRECTORY "${CURRENT_PACKAGES_DIR}/share")
  file(RENAME "${CURRENT_PACKAGES_DIR}/${arg_CONFIG_PATH}" "${share}")
  set(debug "${CURRENT_PACKAGES_DIR}/debug/${arg_CONFIG_PATH}")
  if(IS_DIRECTORY "${debug}")
    file(GLOB debug_files "${debug}/*-debug.cmake")
    foreach(file IN LISTS debug_files)
      file(READ "${file}" text)
      string(REPLACE "\${_IMPORT_PREFIX}" "\${_IMPORT_PREFIX}/debug" text "${text}")
      cmake_path(GET file FILENAME name)
      file(WRITE "${share}/${name}" "${text}")
    endforeach()
    file(REMOVE_RECURSE "${debug}")
  endif()
  set(up "get_filename_component(_IMPORT_PREFIX \"\${_IMPORT_PREFIX}\" PATH)\n")
  file(GLOB files "${share}/*.cmake")
  foreach(file IN LISTS files)
    file(READ "${file}" text)
    string(REPLACE "${up}${up}${up}" "${up}${up}" text "${text}")
    string(REPLACE "/../../../\" ABSOLUTE" "/../../\" ABSOLUTE" text "${text}")
    file(WRITE "${file}" "${text}")
  endforeach()
endfunction()

function(vcpkg_fixup_pkgconfig)
endfunction()

function(vcpkg_install_copyright)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "" "FILE_LIST")
  file(MAKE_DIRECTORY "${CURRENT_PACKAGES_DIR}/share/${PORT}")
  file(COPY_FILE "${arg_FILE_LIST}" "${CURRENT_PACKAGES_DIR}/share/${PORT}/copyright")
endfunction()

include("${PORT_FOLDER}/portfile.cmake")
