// The program of consumers that build nasnet themselves: the umbrella header, and a call into the library.
#include <nasnet/nasnet.hpp>

#include <cstdio>
#include <string>

std::string shape_text();

int main() {
  const nasnet::Shape shape{8, 28, 28, 32};
  const std::string expected("[8,28,28,32]");
  if (shape.to_string() != expected || shape_text() != expected) {
    std::fputs("the two translation units disagree about a shape\n", stderr);
    return 1;
  }
  std::printf("nasnet %s: %lld elements\n", NASNET_VERSION_STRING, static_cast<long long>(shape.elements()));
  return shape.elements() == 200704 ? 0 : 1;
}
