// The header of component zlib.
#include <nasnet/data/gzip.hpp>

int main() { return 0; }
