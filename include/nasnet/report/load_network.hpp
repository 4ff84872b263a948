/// A network with its weights from files, ready to predict.
///
/// A network takes images as it was trained on them: normalised. Nothing here does that, so that other programs'
/// results can be compared. The file of a search holds the constants (SearchResult::normalisation), and
/// `normalised(images, result.normalisation)` applies them to pixels from 0 to 1; published ImageNet networks have
/// Preprocessing.
#pragma once

#include <string>  // string

#include "nasnet/genotype/ops.hpp"
#include "nasnet/graph/network_config.hpp"
#include "nasnet/io/tensor_file.hpp"
#include "nasnet/model/inference_plan.hpp"
#include "nasnet/model/model.hpp"
#include "nasnet/report/result_file.hpp"

namespace nasnet::inline NASNET_ABI {

namespace detail {

/// AllOps::table(), made in the compiled library.
NASNET_LAZY [[nodiscard]] OpTable all_ops();

}  // namespace detail

/// The network's options for prediction with these weights: as many image channels as the stem's kernel has, and no
/// auxiliary head.
/// @throws DataError where a kernel takes images without channels.
NASNET_LAZY [[nodiscard]] NetworkConfig prediction_config(NetworkConfig config, const TensorFile& weights);

/// The same, and where the file of the result states the channels, the weights have as many.
/// @throws DataError as above, and where they have others.
NASNET_LAZY [[nodiscard]] NetworkConfig prediction_config(const SearchResult& network, const TensorFile& weights);

/// A network with these weights, to go on training it.
/// @param ops what the architecture is made of
/// @throws DataError where the weights are not those of the network (see load_weights), GenotypeError or ArgumentError
/// where there is no such network.
NASNET_LAZY [[nodiscard]] Model<float> load_model(const SearchResult& network, const TensorFile& weights,
                                                  const OpTable& ops = detail::all_ops());

/// The same from files: of a search or an architecture, or the name of a published network, and of safetensors.
/// @throws as above, with the file's name; IoError where a file cannot be read.
NASNET_LAZY [[nodiscard]] Model<float> load_model(const std::string& name_or_path, const std::string& weights,
                                                  const OpTable& ops = detail::all_ops());

/// A network ready to predict normalised images: load_network("best.json", "best.safetensors"). Arguments and errors
/// are load_model's.
NASNET_LAZY [[nodiscard]] InferencePlan<float> load_network(const SearchResult& network, const TensorFile& weights,
                                                            const OpTable& ops = detail::all_ops());
NASNET_LAZY [[nodiscard]] InferencePlan<float> load_network(const std::string& name_or_path, const std::string& weights,
                                                            const OpTable& ops = detail::all_ops());

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/report/load_network.ipp"
#endif
