// The other half of crossing_main.cpp.
#include <nasnet/genotype/architecture.hpp>

int blocks_of(const nasnet::Architecture& architecture);

int blocks_of(const nasnet::Architecture& architecture) { return static_cast<int>(architecture.normal.blocks.size()); }
