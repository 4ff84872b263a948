#include "nasnet/data/npy.hpp"

#include "fuzz/fuzz_target.hpp"

namespace {

void run(std::span<const std::uint8_t> bytes) {
  nasnet::NpyArray array;
  if (!fuzz::reads([&] { array = nasnet::parse_npy(bytes, "input"); })) return;
  const auto element = nasnet::detail::npy_types[static_cast<std::size_t>(array.type)].size;
  fuzz::require(static_cast<std::size_t>(array.shape.elements()) * element == array.values.size(),
                "values of another shape");
  fuzz::reads([&] { static_cast<void>(nasnet::detail::npy_labels(array, array.shape[0], "input")); });
}

const fuzz::Registration registration({"npy", &run});

}  // namespace
