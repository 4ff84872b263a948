// A second translation unit with the umbrella header.
#include <nasnet/nasnet.hpp>

#include <string>

std::string shape_text();

std::string shape_text() { return nasnet::Shape{8, 28, 28, 32}.to_string(); }
