#ifdef NDEBUG
#error "this file is compiled with assertions"
#endif

#include <nasnet/nasnet.hpp>
#include <string>

std::string version_with_assertions() { return NASNET_VERSION_STRING; }
