/// The ops of the published cells. Their expansions are defined in the graph module.
///
/// Source: Zoph et al., CVPR 2018, section 3 and appendix. What the paper leaves open is decided and said at each op.
#pragma once

#include "nasnet/genotype/op_set.hpp"

namespace nasnet::inline NASNET_ABI {

/// Its input, unchanged; with a stride or other channels: ReLU, 1x1 convolution, batch norm.
struct Identity {
  static constexpr auto name = op_name("identity");
  static constexpr bool is_identity = true;
  NASNET_LAZY static Value expand(GraphBuilder& g, Value x, OpContext at);
};

/// ReLU, 1 x Kernel convolution, batch norm, ReLU, Kernel x 1 convolution, batch norm.
template <int Kernel>
struct FactorizedConv {
  static constexpr auto name = op_name("conv_", KernelSize{1, Kernel}, "_", KernelSize{Kernel, 1});
  static Value expand(GraphBuilder& g, Value x, OpContext at);
};

/// ReLU, Kernel x 1 convolution, batch norm, ReLU, 1 x Kernel convolution, batch norm. Not of the paper's 13.
template <int Kernel>
struct FactorizedConvColumnFirst {
  static constexpr auto name = op_name("conv_", KernelSize{Kernel, 1}, "_", KernelSize{1, Kernel});
  static Value expand(GraphBuilder& g, Value x, OpContext at);
};

/// FactorizedConv between two 1x1 convolutions, at a quarter of the filters: ReLU, 1x1, batch norm, then the two with
/// ReLU and batch norm each, then ReLU, 1x1, batch norm. Below 4 filters FactorizedConv itself. As the TPU release of
/// AmoebaNet has it.
template <int Kernel>
struct BottleneckFactorizedConv {
  static constexpr auto name = op_name("bottleneck_", KernelSize{1, Kernel}, "_", KernelSize{Kernel, 1});
  static Value expand(GraphBuilder& g, Value x, OpContext at);
};

/// ReLU, one convolution with dilation 2, batch norm.
template <int Kernel>
struct DilConv {
  static constexpr auto name = op_name("dil_conv_", Kernel);
  static Value expand(GraphBuilder& g, Value x, OpContext at);
};

/// ReLU, depthwise convolution with dilation 2, pointwise convolution, batch norm: what the DARTS code calls dil_conv.
template <int Kernel>
struct DilSepConv {
  static constexpr auto name = op_name("dil_sep_conv_", Kernel);
  static Value expand(GraphBuilder& g, Value x, OpContext at);
};

/// Average over a window, padding excluded.
template <int Kernel>
struct AvgPool {
  static constexpr auto name = op_name("avg_pool_", Kernel);
  static Value expand(GraphBuilder& g, Value x, OpContext at);
};

/// Largest value of a window.
template <int Kernel>
struct MaxPool {
  static constexpr auto name = op_name("max_pool_", Kernel);
  static Value expand(GraphBuilder& g, Value x, OpContext at);
};

/// ReLU, convolution, batch norm.
template <int Kernel>
struct Conv {
  static constexpr auto name = op_name("conv_", Kernel);
  static Value expand(GraphBuilder& g, Value x, OpContext at);
};

/// Depthwise-separable convolution, applied twice: ReLU, depthwise, pointwise, batch norm. The first has the stride.
template <int Kernel>
struct SepConv {
  static constexpr auto name = op_name("sep_conv_", Kernel);
  static Value expand(GraphBuilder& g, Value x, OpContext at);
};

/// Zeros, whatever the input: an edge that is not there (`none` of the DARTS code).
struct Zero {
  static constexpr auto name = op_name("zero");
  static constexpr bool is_zero = true;
  NASNET_LAZY static Value expand(GraphBuilder& g, Value x, OpContext at);
};

/// Its input, unchanged; with a stride or other channels: ReLU, factorised reduction. `skip_connect` of the DARTS code.
struct SkipConnect {
  static constexpr auto name = op_name("skip_connect");
  static constexpr bool is_identity = true;
  NASNET_LAZY static Value expand(GraphBuilder& g, Value x, OpContext at);
};

/// The 13 ops of the paper in its listing order.
using NasnetOps = OpSet<Identity, FactorizedConv<3>, FactorizedConv<7>, DilConv<3>, AvgPool<3>, MaxPool<3>, MaxPool<5>,
                        MaxPool<7>, Conv<1>, Conv<3>, SepConv<3>, SepConv<5>, SepConv<7>>;

/// The 13 ops of the paper, then those that cells of other papers need.
using AllOps =
    OpSet<Identity, FactorizedConv<3>, FactorizedConv<7>, DilConv<3>, AvgPool<3>, MaxPool<3>, MaxPool<5>, MaxPool<7>,
          Conv<1>, Conv<3>, SepConv<3>, SepConv<5>, SepConv<7>, Zero, FactorizedConvColumnFirst<7>, DilSepConv<3>,
          DilSepConv<5>, SkipConnect, BottleneckFactorizedConv<7>>;

}  // namespace nasnet::inline NASNET_ABI
