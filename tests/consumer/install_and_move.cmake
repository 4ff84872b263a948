# Installs to one place, moves the result to another, and reads the package files for what must not be in them.

file(REMOVE_RECURSE "${STAGE}" "${PREFIX}")
execute_process(COMMAND "${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${STAGE}"
                OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
file(RENAME "${STAGE}" "${PREFIX}")

file(GLOB_RECURSE package_files "${PREFIX}/*.cmake" "${PREFIX}/*.pc")
if(NOT package_files)
  message(FATAL_ERROR "no package files were installed")
endif()
foreach(file IN LISTS package_files)
  file(READ "${file}" text)
  foreach(unwanted "${SOURCE}" "${BUILD}" "${STAGE}" "-march" "-W" "COMPILE_OPTIONS" "COMPILE_DEFINITIONS"
                   "LINK_OPTIONS")
    if(file MATCHES "/nasnet-compiled[^/]*\\.cmake$")  # which has one definition
      string(REPLACE "INTERFACE_COMPILE_DEFINITIONS \"NASNET_COMPILED\"" "" text "${text}")
    endif()
    string(FIND "${text}" "${unwanted}" place)
    if(NOT place EQUAL -1)
      message(SEND_ERROR "${file} contains ${unwanted}")
    endif()
  endforeach()
endforeach()

file(GLOB_RECURSE sources RELATIVE "${SOURCE}/include" "${SOURCE}/include/*.hpp" "${SOURCE}/include/*.ipp")
foreach(header IN LISTS sources)
  if(NOT EXISTS "${PREFIX}/include/${header}")
    message(SEND_ERROR "${header} was not installed")
  endif()
endforeach()
