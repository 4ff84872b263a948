// The header of component eigen.
#include <nasnet/ops/eigen.hpp>

int main() { return 0; }
