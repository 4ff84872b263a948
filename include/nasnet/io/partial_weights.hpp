/// What fits of one network's weights into another: a cell found on small images goes on in a larger network.
#pragma once

#include <functional>  // function
#include <string>      // string
#include <vector>      // vector

#include "nasnet/graph/network_graph.hpp"
#include "nasnet/io/tensor_file.hpp"
#include "nasnet/model/model.hpp"

namespace nasnet::inline NASNET_ABI {

/// What a partial loading did, by name. Each stored parameter of the network stands in one of the first three lists.
struct PartialLoad {
  /// A parameter that kept its first values because the stored tensor has another shape.
  struct Mismatch {
    std::string name;
    std::string found;   ///< type and shape in the file
    std::string wanted;  ///< shape that the network's parameter has in files
  };

  std::vector<std::string> loaded;   ///< parameters of the network that were filled
  std::vector<std::string> missing;  ///< parameters of the network that the file lacks
  std::vector<Mismatch> mismatched;  ///< parameters whose stored tensors have other shapes
  std::vector<std::string> unused;   ///< tensors of the file, by their names there, that no parameter asked for

  [[nodiscard]] bool complete() const { return missing.empty() && mismatched.empty() && unused.empty(); }
};

/// From a parameter's name in the network to its name in the file; an empty text asks for none.
using NameInFile = std::function<std::string(const std::string&)>;

/// Fills those parameters whose stored tensors are there with the right shape, and leaves the others as they are.
/// Nothing changes where it throws.
/// @param name_in_file where the file has other names; see corresponding_names
/// @throws DataError for a tensor of a type that holds no weights, and for values that are not finite or negative
/// variances.
template <class Scalar>
[[nodiscard]] PartialLoad load_partial_weights(Model<Scalar>& model, const TensorFile& file,
                                               const NameInFile& name_in_file = {});

/// Names of `from`'s parameters for those of `to`: the cell at the same place of the same stack, though stems put
/// other numbers of cells before it and stacks have other lengths. Names outside cells are equal. Cells that `from`
/// does not have get no name.
NASNET_LAZY [[nodiscard]] NameInFile corresponding_names(const NetworkGraph& from, const NetworkGraph& to);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/io/partial_weights.ipp"
#endif
