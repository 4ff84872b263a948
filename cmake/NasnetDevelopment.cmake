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
target_compile_options(nasnet_warnings INTERFACE "$<$<COMPILE_LANGUAGE:CXX>:-Wall;-Wextra;-Wconversion;-Wshadow>")
if(NASNET_WERROR)
  target_compile_options(nasnet_warnings INTERFACE "$<$<COMPILE_LANGUAGE:CXX>:-Werror>")
endif()

add_library(nasnet_sanitizers INTERFACE)
if(NASNET_SANITIZE)
  list(JOIN NASNET_SANITIZE "," nasnet_sanitizers_list)
  target_compile_options(nasnet_sanitizers INTERFACE
    -fsanitize=${nasnet_sanitizers_list} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(nasnet_sanitizers INTERFACE -fsanitize=${nasnet_sanitizers_list})
endif()

# nasnet_optimise_lightly(TARGET): light optimisation whatever the preset, for programs whose computation comes fully
# optimised from nasnet::compiled. It makes them quicker to build and no slower.
function(nasnet_optimise_lightly target)
  if(CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang")
    target_compile_options(${target} PRIVATE -O1)
  endif()
endfunction()

# nasnet_program(TARGET [LIBRARIES...]): nasnet's warnings and sanitizers, and the libraries named.
function(nasnet_program target)
  target_link_libraries(${target} PRIVATE ${ARGN} nasnet_warnings nasnet_sanitizers)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
endfunction()
