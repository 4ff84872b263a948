// One half of a program; the other is crossing_other.cpp. An architecture goes from one to the other.
#include <nasnet/genotype/architecture.hpp>

int blocks_of(const nasnet::Architecture& architecture);

int main() { return blocks_of(nasnet::Architecture{}); }
