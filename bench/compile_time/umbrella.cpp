// Everything included, nothing used.
#include <nasnet/nasnet.hpp>

int main() {}
