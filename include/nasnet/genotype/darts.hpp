/// Genotype literals of the DARTS code and of the many programs that follow it.
///
///     Genotype(normal=[('sep_conv_3x3', 1), ('sep_conv_3x3', 0), ...], normal_concat=range(2, 6),
///              reduce=[('max_pool_3x3', 0), ...], reduce_concat=[2, 3, 4, 5])
///
/// Two pairs make a block; every block adds. A literal numbers the older input 0 and the newer 1: reading and writing
/// swap them. Names that differ from ours:
///
///     none           zero
///     dil_conv_KxK   dil_sep_conv_KxK    since it is depthwise separable there; our dil_conv_KxK is a full convolution
///     skip_connect   skip_connect        or what DartsOptions says
///
/// All other names stay as they are.
#pragma once

#include <array>        // array
#include <cstddef>      // size_t
#include <string>       // string
#include <string_view>  // string_view
#include <vector>       // vector

#include "nasnet/genotype/architecture.hpp"

namespace nasnet::inline NASNET_ABI {

/// How names are read and written.
struct DartsOptions {
  /// Our name of `skip_connect`. At stride 1 and F channels it is the identity; with a stride, "skip_connect" is a
  /// factorised reduction and "identity" a 1x1 convolution, which is what literals of NASNet cells mean.
  std::string skip_connect = "skip_connect";
};

namespace detail {

inline constexpr std::string_view darts_speaker = "DARTS genotype";

}  // namespace detail

/// Reads a literal, with or without a name assigned to it.
/// @throws GenotypeError with line and column where it is no such literal, with the place in the cell (in our
/// numbering) where the architecture breaks a rule.
NASNET_LAZY [[nodiscard]] Architecture architecture_from_darts(std::string_view text, const DartsOptions& options = {});

/// Writes a literal in one line. architecture_from_darts with the same options reads it back.
/// @throws GenotypeError for what a literal cannot say: not two inputs, a block that does not add, our dil_conv_KxK.
NASNET_LAZY [[nodiscard]] std::string to_darts(const Architecture& architecture, const DartsOptions& options = {});

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/genotype/darts.ipp"
#endif
