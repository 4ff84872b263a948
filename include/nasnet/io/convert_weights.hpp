/// Weights from the names and layouts of one library to those of another, ours among them.
#pragma once

#include <string>  // string
#include <vector>  // vector

#include "nasnet/graph/network_graph.hpp"
#include "nasnet/io/tensor_file.hpp"
#include "nasnet/io/weight_names.hpp"

namespace nasnet::inline NASNET_ABI {

namespace detail {

/// Throws a sentence of the first few faults.
NASNET_LAZY [[noreturn]] NASNET_COLD void fail_mismatch(const std::string& origin,
                                                        const std::vector<std::string>& faults);

/// The same values as another naming has them. The bytes are shared where their order is the same.
NASNET_LAZY [[nodiscard]] StoredTensor with_layout(const ParameterSpec& spec, StoredTensor stored, WeightNaming from,
                                                   WeightNaming to);

}  // namespace detail

/// What keeps a file from being the weights of a network, a sentence for each tensor that is missing, that the network
/// lacks, or that has another shape or no floats. Empty where it fits.
/// @throws ArgumentError where the naming has no name for a parameter of the network.
NASNET_LAZY [[nodiscard]] std::vector<std::string> weight_mismatches(const NetworkGraph& graph, const TensorFile& file,
                                                                     WeightNaming naming = WeightNaming::nasnet);

/// The weights of a network under other names and in other layouts. Each tensor has its parameter and each parameter
/// its tensor, but for the auxiliary head, which may be lacking and which only our own files have, and for what PyTorch
/// keeps beside the weights (`num_batches_tracked`). Of 1001 classes of ImageNet the first, "background", is left out.
/// @throws DataError naming what is missing, extra or of another shape or type (weight_mismatches has all of it);
/// ArgumentError where one of the namings has no name for a parameter.
NASNET_LAZY [[nodiscard]] TensorFile convert_weights(const NetworkGraph& graph, const TensorFile& file,
                                                     WeightNaming from, WeightNaming to);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/io/convert_weights.ipp"
#endif
