/// The one place with the library's version. CMake, Conan and vcpkg read it from here.
#pragma once

#define NASNET_VERSION_MAJOR 0
#define NASNET_VERSION_MINOR 1
#define NASNET_VERSION_PATCH 0
#define NASNET_VERSION_STRING "0.1.0"
