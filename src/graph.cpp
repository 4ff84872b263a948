#include "nasnet/graph/build_network.ipp"
#include "nasnet/graph/costs.ipp"
#include "nasnet/graph/dot.ipp"
#include "nasnet/graph/graph_builder.ipp"
#include "nasnet/graph/named_networks.ipp"
#include "nasnet/graph/network_config.ipp"
#include "nasnet/graph/network_json.ipp"
#include "nasnet/graph/network_scale.ipp"
#include "nasnet/graph/op_expansions.ipp"
#include "nasnet/graph/shapes.ipp"
#include "nasnet/graph/svg.ipp"

namespace nasnet::inline NASNET_ABI {

// The ops of AllOps, for programs that name them without the header of their expansions.
template struct FactorizedConv<3>;
template struct FactorizedConv<7>;
template struct FactorizedConvColumnFirst<7>;
template struct BottleneckFactorizedConv<7>;
template struct DilConv<3>;
template struct AvgPool<3>;
template struct MaxPool<3>;
template struct MaxPool<5>;
template struct MaxPool<7>;
template struct Conv<1>;
template struct Conv<3>;
template struct SepConv<3>;
template struct SepConv<5>;
template struct SepConv<7>;
template struct DilSepConv<3>;
template struct DilSepConv<5>;

}  // namespace nasnet::inline NASNET_ABI
