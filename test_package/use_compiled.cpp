// The same against the compiled library.
#include "use_nasnet.cpp"

#if NASNET_HEADER_ONLY
#error "nasnet::compiled has not brought its definition NASNET_COMPILED"
#endif
