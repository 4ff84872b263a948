# Makes the target hiredis::hiredis where hiredis 0.14 or later is installed, and hiredis::hiredis_ssl where its SSL part is (from
# version 1.0). Packages of later versions bring their own CMake files; Debian's 0.14 is found by its header and library.

macro(nasnet_find_hiredis)
  if(NOT TARGET hiredis::hiredis)
    find_package(hiredis CONFIG QUIET)
  endif()
  if(NOT TARGET hiredis::hiredis)
    find_path(NASNET_HIREDIS_INCLUDE hiredis/hiredis.h)
    find_library(NASNET_HIREDIS_LIBRARY hiredis)
    mark_as_advanced(NASNET_HIREDIS_INCLUDE NASNET_HIREDIS_LIBRARY)
    if(NASNET_HIREDIS_INCLUDE AND NASNET_HIREDIS_LIBRARY)
      add_library(hiredis::hiredis UNKNOWN IMPORTED GLOBAL)
      set_target_properties(hiredis::hiredis PROPERTIES
        IMPORTED_LOCATION "${NASNET_HIREDIS_LIBRARY}"
        INTERFACE_INCLUDE_DIRECTORIES "${NASNET_HIREDIS_INCLUDE}")
    endif()
  endif()
  if(TARGET hiredis::hiredis AND NOT TARGET hiredis::hiredis_ssl)
    find_package(hiredis_ssl CONFIG QUIET)
    if(NOT TARGET hiredis::hiredis_ssl)
      find_package(OpenSSL QUIET)
      find_path(NASNET_HIREDIS_SSL_INCLUDE hiredis/hiredis_ssl.h)
      find_library(NASNET_HIREDIS_SSL_LIBRARY hiredis_ssl)
      mark_as_advanced(NASNET_HIREDIS_SSL_INCLUDE NASNET_HIREDIS_SSL_LIBRARY)
      if(NASNET_HIREDIS_SSL_INCLUDE AND NASNET_HIREDIS_SSL_LIBRARY AND TARGET OpenSSL::SSL)
        add_library(hiredis::hiredis_ssl UNKNOWN IMPORTED GLOBAL)
        set_target_properties(hiredis::hiredis_ssl PROPERTIES
          IMPORTED_LOCATION "${NASNET_HIREDIS_SSL_LIBRARY}"
          INTERFACE_INCLUDE_DIRECTORIES "${NASNET_HIREDIS_SSL_INCLUDE}"
          INTERFACE_LINK_LIBRARIES "hiredis::hiredis;OpenSSL::SSL")
      endif()
    endif()
  endif()
endmacro()
