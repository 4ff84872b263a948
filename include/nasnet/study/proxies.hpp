/// Zero-cost proxies: figures of a network that was not trained, from one batch of images at most, that may say how
/// good it will be. Higher is thought better. Abdelfattah et al., "Zero-Cost Proxies for Lightweight NAS" (ICLR 2021),
/// compare them; each is from a paper of its own, named below.
///
/// Every function makes the network anew, so equal streams give equal initial parameters, and nothing that a proxy does
/// to them is seen by another one. Kernels are those of convolutions and dense layers, without biases and
/// normalisation.
#pragma once

#include <cstdint>  // int32_t, int64_t, uint8_t
#include <vector>   // vector

#include "nasnet/core/context.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/core/size.hpp"
#include "nasnet/core/tensor.hpp"
#include "nasnet/graph/network_graph.hpp"
#include "nasnet/model/model.hpp"

namespace nasnet::inline NASNET_ABI {

/// What proxies look at.
template <class Scalar = float>
struct ProxyBatch {
  Tensor<Scalar> images;             ///< [N,H,W,C], normalised as for training
  std::vector<std::int32_t> labels;  ///< one an image
};

namespace detail {

/// Kernels become their absolute values, and batch norms of frozen statistics the identity.
NASNET_LAZY void make_linear(Model<double>& model);

/// log |det| of a symmetric matrix without negative eigenvalues, given as its rows, by Cholesky's decomposition; minus
/// infinity where it is singular but for rounding.
NASNET_LAZY [[nodiscard]] double log_determinant(std::vector<std::vector<double>> rows);

}  // namespace detail

/// The Euclidean norm of the gradient of the batch's mean cross entropy by the kernels, batch norms in training mode.
/// @throws ShapeError for images that do not fit, DataError for labels that do not.
template <class Scalar>
[[nodiscard]] double gradient_norm_proxy(Context& context, const NetworkGraph& graph, const RandomStream& random,
                                         const ProxyBatch<Scalar>& batch);

/// SNIP (Lee, Ajanthan and Torr, ICLR 2019): the sum of |w dL/dw| over the kernels, L the batch's mean cross entropy.
/// @throws as gradient_norm_proxy().
template <class Scalar>
[[nodiscard]] double snip_proxy(Context& context, const NetworkGraph& graph, const RandomStream& random,
                                const ProxyBatch<Scalar>& batch);

/// SynFlow (Tanaka et al., NeurIPS 2020): the sum of |w| dR/d|w| over the kernels, R the sum of the logits for an image
/// of ones and all kernels replaced by their absolute values. Needs no data. Batch norms pass on what they get, since
/// they would undo the scale that is measured. In double: the products over all layers are beyond float for deep
/// networks.
/// @param image pixels
/// @throws ShapeError for an image that is too small.
NASNET_LAZY [[nodiscard]] double synflow_proxy(Context& context, const NetworkGraph& graph, const RandomStream& random,
                                               Size image);

/// NASWOT (Mellor et al., "Neural Architecture Search without Training", ICML 2021): log |det K|, where K[i][j] is in
/// how many outputs of ReLUs the images i and j agree whether they are above 0; batch norms in training mode. Minus
/// infinity where K is singular, as with two equal images. Labels are not looked at.
/// @throws ShapeError for images that do not fit.
template <class Scalar>
[[nodiscard]] double naswot_proxy(Context& context, const NetworkGraph& graph, const RandomStream& random,
                                  const Tensor<Scalar>& images);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/study/proxies.ipp"
#endif
