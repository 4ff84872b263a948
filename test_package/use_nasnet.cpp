// The headers alone.
#include <cstdio>

#include <nasnet/genotype/json.hpp>
#include <nasnet/genotype/published.hpp>

int main() {
  const nasnet::Architecture architecture = nasnet::published_architecture("nasnet-a");
  const std::string text = to_json_text(architecture);
  std::puts(text.c_str());
  return nasnet::architecture_from_json(text) == architecture ? 0 : 1;
}
