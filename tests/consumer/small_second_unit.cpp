// The second file of small.cpp.
#include <string>

#include <nasnet/genotype/text.hpp>

std::string described(const nasnet::Architecture& architecture);

std::string described(const nasnet::Architecture& architecture) { return to_text(architecture); }
