// A program of two files that includes what it uses and no more: cells of a space, one of them as text.
#include <cstdio>
#include <string>

#include <nasnet/genotype/ops.hpp>
#include <nasnet/genotype/text.hpp>
#include <nasnet/space/search_space.hpp>
#include <nasnet/version.hpp>

std::string described(const nasnet::Architecture& architecture);  // in small_second_unit.cpp

#if defined(WANT_COMPILED) && NASNET_HEADER_ONLY
#error "nasnet::compiled has not brought its definition NASNET_COMPILED"
#endif
#if !defined(WANT_COMPILED) && !NASNET_HEADER_ONLY
#error "NASNET_COMPILED is defined, although nothing links nasnet::compiled"
#endif

int main() {
  const nasnet::SearchSpace space(nasnet::NasnetOps::infos(), {.blocks = 2});
  nasnet::RandomStream random(1);
  const nasnet::Architecture architecture = space.sample(random);
  std::printf("nasnet %s: %s cells, such as\n%s\n", NASNET_VERSION_STRING, space.size().to_string().c_str(),
              to_text(architecture).c_str());
  if (described(architecture) == to_text(architecture)) return 0;
  std::fputs("the two translation units disagree about a cell\n", stderr);
  return 1;
}
