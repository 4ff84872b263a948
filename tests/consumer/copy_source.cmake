# Copies what the library is built and packaged from. What lies in the copy's build/ stays: files keep their times, so that
# nothing there is built again without need.
#
#   cmake -DSOURCE=... -DCOPY=... -P copy_source.cmake

foreach(name CMakeLists.txt LICENSE cmake include ports src)
  file(REMOVE_RECURSE "${COPY}/${name}")
  file(COPY "${SOURCE}/${name}" DESTINATION "${COPY}")
endforeach()
