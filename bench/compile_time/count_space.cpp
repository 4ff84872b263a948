// Counts the cells of a search space.
#include <cstdio>

#include <nasnet/genotype/ops.hpp>
#include <nasnet/space/search_space.hpp>

int main() {
  const nasnet::SearchSpace space(nasnet::NasnetOps::infos(), {.blocks = 5});
  std::puts(space.size().to_string().c_str());
}
