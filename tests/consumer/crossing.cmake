# Objects of both forms, and a type that crosses between them: that must not link, and the linker must name the form.
#
#   cmake -DCOMPILER=... -DINCLUDE=... -DARCHIVE=... -DWORK=... -P crossing.cmake
#
# INCLUDE lists folders. ARCHIVE may be empty.
cmake_minimum_required(VERSION 3.25)

list(TRANSFORM INCLUDE PREPEND -I)
set(flags_header_only "")
set(flags_compiled -DNASNET_COMPILED)
file(MAKE_DIRECTORY "${WORK}")
foreach(form header_only compiled)
  foreach(half main other)
    execute_process(COMMAND "${COMPILER}" -std=c++20 ${INCLUDE} ${flags_${form}}
                            -c "${CMAKE_CURRENT_LIST_DIR}/crossing_${half}.cpp" -o "${WORK}/${half}_${form}.o"
                    COMMAND_ERROR_IS_FATAL ANY)
  endforeach()
endforeach()

foreach(main header_only compiled)
  foreach(other header_only compiled)
    execute_process(COMMAND "${COMPILER}" "${WORK}/main_${main}.o" "${WORK}/other_${other}.o" ${ARCHIVE} -pthread
                            -o "${WORK}/program"
                    RESULT_VARIABLE status ERROR_VARIABLE said)
    set(pair "a program with main() ${main} and its other half ${other}")
    if(main STREQUAL other)
      if(NOT status EQUAL 0)
        message(SEND_ERROR "${pair} did not link:\n${said}")
      endif()
    elseif(status EQUAL 0)
      message(SEND_ERROR "${pair} was linked")
    elseif(NOT said MATCHES "blocks_of\\(nasnet::v0_${main}::Architecture")
      message(SEND_ERROR "the linker does not name v0_${main} for ${pair}:\n${said}")
    endif()
  endforeach()
endforeach()
