# clang with libc++, the other standard library, compiles the umbrella header.
#
#   cmake -DCOMPILER=clang++ -DINCLUDE=... -DWORK=... -P libcxx.cmake
#
# INCLUDE lists folders.
cmake_minimum_required(VERSION 3.25)

file(WRITE "${WORK}/probe.cpp" "#include <vector>\n")
execute_process(COMMAND "${COMPILER}" -std=c++20 -stdlib=libc++ -fsyntax-only "${WORK}/probe.cpp"
                RESULT_VARIABLE status OUTPUT_QUIET ERROR_QUIET)
if(NOT status EQUAL 0)
  message("skipped: ${COMPILER} has no libc++ here")
  return()
endif()
list(TRANSFORM INCLUDE PREPEND -I)
execute_process(COMMAND "${COMPILER}" -std=c++20 -stdlib=libc++ -pthread -Wall -Wextra -Wconversion -Wshadow -Werror
                        -fsyntax-only ${INCLUDE} "${CMAKE_CURRENT_LIST_DIR}/second_unit.cpp"
                COMMAND_ERROR_IS_FATAL ANY)
