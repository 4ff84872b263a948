/// An architecture as a C++ header: what a search found, for a program that has no search code.
///
///     // best.hpp
///     inline constexpr nasnet::ArchitectureGenotype<nasnet::NasnetOps, 5> best{...};
///
///     // the program
///     #include "best.hpp"
///     const auto graph = nasnet::build_network(to_architecture(best), nasnet::NasnetOps::table(), config);
#pragma once

#include <string>  // string

#include "nasnet/genotype/architecture.hpp"

namespace nasnet::inline NASNET_ABI {

/// What a header says besides the cells.
struct HeaderOptions {
  std::string name = "best";  ///< of the constant; "my::best" puts it into the namespace my
  std::string op_set = {};    ///< C++ name of the op set, as "my::Ops"; empty: nasnet::NasnetOps, or nasnet::AllOps for
                              ///< cells with an op that is not one of the paper's 13
  std::string include = {};   ///< the header that declares op_set, as "my/ops.hpp"
};

/// The text of a header that declares the architecture as a constant, an ArchitectureGenotype. `to_architecture` of the
/// constant is the architecture again. Equal architectures and options give equal texts.
///
/// Ops of an op set that the caller names are looked up when the header is compiled.
/// @throws GenotypeError for a broken rule, for an op that is in none of the library's op sets where the caller names
/// none, and where the two cells differ in their number of blocks. ArgumentError for names that C++ does not allow.
NASNET_LAZY [[nodiscard]] std::string emit_header(const Architecture& architecture, const HeaderOptions& options = {});

/// Writes the header, all or nothing. @param path of the file; a std::filesystem::path is one
/// @throws as emit_header; IoError where the file cannot be written.
NASNET_LAZY void write_header(const Architecture& architecture, const std::string& path,
                              const HeaderOptions& options = {});

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/genotype/emit_header.ipp"
#endif
