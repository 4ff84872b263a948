// Lets libFuzzer run the one target that is linked with this.
#include <cstddef>
#include <cstdint>
#include <span>

#include "fuzz/fuzz_target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::targets().front().run(std::span(data, size));
  return 0;
}
