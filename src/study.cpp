#include "nasnet/study/study.ipp"
#include "nasnet/study/benchmark_table.ipp"
#include "nasnet/study/cell_table.ipp"
#include "nasnet/study/proxies.ipp"
#include "nasnet/study/rank_correlation.ipp"

namespace nasnet::inline NASNET_ABI {

#define NASNET_INSTANTIATE(Scalar)                                                                             \
  template double gradient_norm_proxy(Context& context, const NetworkGraph& graph, const RandomStream& random, \
                                      const ProxyBatch<Scalar>& batch);                                        \
  template double naswot_proxy(Context& context, const NetworkGraph& graph, const RandomStream& random,        \
                               const Tensor<Scalar>& images);                                                  \
  template double snip_proxy(Context& context, const NetworkGraph& graph, const RandomStream& random,          \
                             const ProxyBatch<Scalar>& batch);

NASNET_INSTANTIATE(float)
NASNET_INSTANTIATE(double)

}  // namespace nasnet::inline NASNET_ABI
