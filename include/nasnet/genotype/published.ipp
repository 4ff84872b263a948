#pragma once

#include "nasnet/genotype/published.hpp"

#include <string_view>  // string_view

#include "nasnet/core/error.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/cell_genotype.hpp"
#include "nasnet/genotype/detail/nearest_name.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY Architecture published_architecture(std::string_view name) {
  if (name == "nasnet-a") return to_architecture(nasnet_a);
  if (name == "nasnet-a-figure-4") return to_architecture(nasnet_a_figure_4);
  if (name == "nasnet-b") return to_architecture(nasnet_b);
  if (name == "nasnet-c") return to_architecture(nasnet_c);
  if (name == "pnasnet-5") return to_architecture(pnasnet_5);
  if (name == "amoebanet-a") return to_architecture(amoebanet_a);
  if (name == "darts-v1") return to_architecture(darts_v1);
  if (name == "darts-v2") return to_architecture(darts_v2);
  fail<GenotypeError>(detail::unknown_name_sentence("architecture", name, published_names));
}

}  // namespace nasnet::inline NASNET_ABI
