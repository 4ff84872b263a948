# What nasnet's own tests, examples and benchmarks are built with. None of it reaches a user of the library.

# ccache, where it is installed. The settings let it work with precompiled headers, and let a second checkout in another
# folder profit from the first.
set(nasnet_ccache_settings
  CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
  "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}"
  CCACHE_NOHASHDIR=1)
if(PROJECT_IS_TOP_LEVEL AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(NASNET_CCACHE ccache)
  mark_as_advanced(NASNET_CCACHE)
  if(NASNET_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env ${nasnet_ccache_settings} "${NASNET_CCACHE}")
  endif()
endif()

add_library(nasnet_warnings INTERFACE)
target_compile_options(nasnet_warnings INTERFACE
  "$<$<COMPILE_LANG_AND_ID:CXX,GNU,Clang,AppleClang>:-Wall;-Wextra;-Wconversion;-Wshadow>"
  "$<$<COMPILE_LANG_AND_ID:CXX,MSVC>:/W4;/permissive-;/bigobj>")
if(NASNET_WERROR)
  target_compile_options(nasnet_warnings INTERFACE
    "$<$<COMPILE_LANG_AND_ID:CXX,GNU,Clang,AppleClang>:-Werror>"
    "$<$<COMPILE_LANG_AND_ID:CXX,MSVC>:/WX>")
endif()

add_library(nasnet_sanitizers INTERFACE)
if(NASNET_SANITIZE)
  list(JOIN NASNET_SANITIZE "," nasnet_sanitizers_list)
  target_compile_options(nasnet_sanitizers INTERFACE
    -fsanitize=${nasnet_sanitizers_list} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(nasnet_sanitizers INTERFACE -fsanitize=${nasnet_sanitizers_list})
endif()

# nasnet_program(TARGET [LIBRARIES...]): nasnet's warnings and sanitizers, and the libraries named.
function(nasnet_program target)
  target_link_libraries(${target} PRIVATE ${ARGN} nasnet_warnings nasnet_sanitizers)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
endfunction()

# The computation of all primitives, compiled once for all programs that link this (see instances/instances.hpp).
if(NASNET_BUILD_TESTS OR NASNET_BUILD_EXAMPLES OR NASNET_BUILD_BENCH)
  add_library(nasnet_instances STATIC EXCLUDE_FROM_ALL
    "${CMAKE_CURRENT_LIST_DIR}/instances/forward_float.cpp"
    "${CMAKE_CURRENT_LIST_DIR}/instances/forward_double.cpp"
    "${CMAKE_CURRENT_LIST_DIR}/instances/backward_float.cpp"
    "${CMAKE_CURRENT_LIST_DIR}/instances/backward_double.cpp"
    "${CMAKE_CURRENT_LIST_DIR}/instances/units_float.cpp"
    "${CMAKE_CURRENT_LIST_DIR}/instances/units_double.cpp"
    "${CMAKE_CURRENT_LIST_DIR}/instances/model_float.cpp"
    "${CMAKE_CURRENT_LIST_DIR}/instances/model_double.cpp"
    "${CMAKE_CURRENT_LIST_DIR}/instances/plan_float.cpp"
    "${CMAKE_CURRENT_LIST_DIR}/instances/plan_double.cpp")
  nasnet_program(nasnet_instances nasnet::nasnet)
  target_compile_options(nasnet_instances INTERFACE
    "SHELL:-include ${CMAKE_CURRENT_LIST_DIR}/instances/instances.hpp")
endif()
