#include "fuzz/fuzz_target.hpp"
#include "nasnet/genotype/darts.hpp"

namespace {

void run(std::span<const std::uint8_t> bytes) {
  nasnet::Architecture architecture;
  if (!fuzz::reads([&] { architecture = nasnet::architecture_from_darts(fuzz::text_of(bytes)); })) return;
  std::string text;
  if (!fuzz::reads([&] { text = to_darts(architecture); })) return;
  fuzz::require(nasnet::architecture_from_darts(text) == architecture, "another architecture", text);
}

const fuzz::Registration registration({"darts", &run});

}  // namespace
