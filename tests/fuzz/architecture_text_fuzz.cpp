#include "fuzz/fuzz_target.hpp"
#include "nasnet/genotype/text.hpp"

namespace {

void run(std::span<const std::uint8_t> bytes) {
  nasnet::Architecture architecture;
  if (!fuzz::reads([&] { architecture = nasnet::architecture_from_text(fuzz::text_of(bytes)); })) return;
  const std::string text = to_text(architecture);
  fuzz::require(nasnet::architecture_from_text(text) == architecture, "another architecture", text);
}

const fuzz::Registration registration({"architecture_text", &run});

}  // namespace
