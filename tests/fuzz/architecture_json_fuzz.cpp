#include "fuzz/fuzz_target.hpp"
#include "nasnet/genotype/json.hpp"

namespace {

void run(std::span<const std::uint8_t> bytes) {
  nasnet::Architecture architecture;
  if (!fuzz::reads([&] { architecture = nasnet::architecture_from_json(fuzz::text_of(bytes)); })) return;
  const std::string text = to_json_text(architecture);
  fuzz::require(nasnet::architecture_from_json(text) == architecture, "another architecture", text);
}

const fuzz::Registration registration({"architecture_json", &run});

}  // namespace
