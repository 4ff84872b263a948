#ifndef NDEBUG
#error "this file is compiled without assertions"
#endif

#include <nasnet/nasnet.hpp>
#include <string>

std::string version_without_assertions() { return NASNET_VERSION_STRING; }
