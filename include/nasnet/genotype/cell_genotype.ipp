#pragma once

#include "nasnet/genotype/cell_genotype.hpp"

#include <cstddef>  // size_t

#include "nasnet/core/error.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/op_set.hpp"

namespace nasnet::inline NASNET_ABI::detail {

NASNET_BODY void require_blocks(CellRole role, const Cell& cell, int blocks) {
  if (cell.blocks.size() == static_cast<std::size_t>(blocks)) return;
  fail<GenotypeError>(to_string(role), ".blocks: ", cell.blocks.size(), " blocks, the genotype type has ", blocks);
}

}  // namespace nasnet::inline NASNET_ABI::detail
