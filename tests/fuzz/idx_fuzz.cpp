#include "nasnet/data/idx.hpp"

#include "fuzz/fuzz_target.hpp"

namespace {

void run(std::span<const std::uint8_t> bytes) {
  nasnet::IdxArray array;
  if (!fuzz::reads([&] { array = nasnet::parse_idx(bytes, "input"); })) return;
  fuzz::require(array.shape.elements() == static_cast<std::int64_t>(array.values.size()), "values of another shape");
}

const fuzz::Registration registration({"idx", &run});

}  // namespace
