# A program built by hand, with what pkg-config says of the moved package.
#
#   cmake -DCOMPILER=... -DPREFIX=... -DPACKAGE=nasnet|nasnet-compiled -DDEFINITIONS=... -DVERSION=... -DWORK=...
#         -P pkg_config.cmake
cmake_minimum_required(VERSION 3.25)

find_program(pkg_config NAMES pkg-config pkgconf)
if(NOT pkg_config)
  message("skipped: no pkg-config here")
  return()
endif()
file(GLOB_RECURSE files "${PREFIX}/*.pc")
set(folders "")
foreach(file IN LISTS files)
  cmake_path(GET file PARENT_PATH folder)
  list(APPEND folders "${folder}")
endforeach()
list(JOIN folders ":" path)
set(ENV{PKG_CONFIG_PATH} "${path}:$ENV{PKG_CONFIG_PATH}")

# asked(VARIABLE FLAG...): what pkg-config answers.
function(asked variable)
  execute_process(COMMAND "${pkg_config}" ${ARGN} ${PACKAGE}
                  OUTPUT_VARIABLE answer OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  separate_arguments(answer UNIX_COMMAND "${answer}")
  set(${variable} "${answer}" PARENT_SCOPE)
endfunction()

asked(version --modversion)
if(NOT version STREQUAL VERSION)
  message(FATAL_ERROR "${PACKAGE}.pc says version ${version} instead of ${VERSION}")
endif()
asked(compile --cflags)
asked(link --libs)
list(TRANSFORM DEFINITIONS PREPEND -D)
set(sources "${CMAKE_CURRENT_LIST_DIR}/small.cpp" "${CMAKE_CURRENT_LIST_DIR}/small_second_unit.cpp")
file(MAKE_DIRECTORY "${WORK}")
execute_process(COMMAND "${COMPILER}" -std=c++20 ${DEFINITIONS} ${compile} ${sources} -o "${WORK}/consumer" ${link}
                COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${WORK}/consumer" COMMAND_ERROR_IS_FATAL ANY)
