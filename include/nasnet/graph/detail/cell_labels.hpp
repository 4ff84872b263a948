/// What drawings of cells call things.
#pragma once

#include <algorithm>    // replace
#include <array>        // array
#include <string>       // string
#include <string_view>  // string_view

#include "nasnet/core/error.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/fault.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// sep_conv_5x5 is "sep 5x5", avg_pool_3x3 is "avg 3x3", my_op is "my op".
NASNET_LAZY [[nodiscard]] inline std::string op_label(std::string_view op) {
  struct Family {
    std::string_view prefix, label;
  };
  constexpr std::array families{Family{"sep_conv_", "sep "}, Family{"dil_sep_conv_", "dil sep "},
                                Family{"dil_conv_", "dil "}, Family{"avg_pool_", "avg "}, Family{"max_pool_", "max "}};
  std::string label;
  for (const Family& family : families) {
    if (!op.starts_with(family.prefix)) continue;
    label = family.label;
    op.remove_prefix(family.prefix.size());
    break;
  }
  label.append(op);
  std::replace(label.begin(), label.end(), '_', ' ');
  return label;
}

NASNET_LAZY [[nodiscard]] inline std::string combiner_label(Combiner combine) {
  switch (combine) {
    case Combiner::add_layer_norm: return "add, layer norm";
    case Combiner::add_instance_norm: return "add, instance norm";
    default: return std::string(to_string(combine));
  }
}

[[nodiscard]] inline std::string cell_title(CellRole role) {
  return role == CellRole::normal ? "Normal cell" : "Reduction cell";
}

/// @throws GenotypeError with the sentence of the first fault.
NASNET_LAZY inline void require_drawable(const Cell& cell, CellRole role, int inputs) {
  if (const Fault fault = inputs_fault(inputs)) fail<GenotypeError>("drawing: ", describe(fault));
  if (const Fault fault = cell_fault(role, cell, inputs)) fail<GenotypeError>("drawing: ", describe(fault));
}

}  // namespace nasnet::inline NASNET_ABI::detail
