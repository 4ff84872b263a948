/// How each built-in primitive is written as ONNX (opset 17). See onnx_call.hpp for the protocol. Drop path and dropout
/// do nothing in evaluation: networks are written without them.
///
/// Padding is written out for the one size of image: runtimes do not take automatic SAME padding together with
/// dilation.
#pragma once

#include <cstdint>  // int64_t
#include <vector>   // vector

#include "nasnet/primitive/onnx_call.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI {

namespace detail {

using OnnxIntegers = std::vector<std::int64_t>;

}  // namespace detail

NASNET_LAZY void emit_onnx(const Convolution& convolution, OnnxCall& call);

NASNET_LAZY void emit_onnx(const Pointwise&, OnnxCall& call);

NASNET_LAZY void emit_onnx(const Depthwise& depthwise, OnnxCall& call);

/// Padding is minus infinity, which never wins. The pads of a dilated window may be larger than its kernel; ONNX
/// Runtime refuses that of a pool, so they are a node by themselves.
NASNET_LAZY void emit_onnx(const MaximumPool& pool, OnnxCall& call);

/// With count_include_pad = 0 a window's sum is divided by the number of its cells inside the map, whatever the pads.
NASNET_LAZY void emit_onnx(const AveragePool& pool, OnnxCall& call);

NASNET_LAZY void emit_onnx(const GlobalAveragePool&, OnnxCall& call);

/// Zeros are put behind the edge as far as the last pixel read, so that the slice has its whole length.
NASNET_LAZY void emit_onnx(const Subsample& subsample, OnnxCall& call);

NASNET_LAZY void emit_onnx(const Relu&, OnnxCall& call);

/// By the running statistics.
NASNET_LAZY void emit_onnx(const BatchNorm& norm, OnnxCall& call);

/// ONNX's own layer normalisation scales each element, ours each channel. So the sample is normalised as the single
/// channel of an instance normalisation, then scaled.
NASNET_LAZY void emit_onnx(const LayerNorm& norm, OnnxCall& call);

NASNET_LAZY void emit_onnx(const InstanceNorm& norm, OnnxCall& call);

NASNET_LAZY void emit_onnx(const Add&, OnnxCall& call);

NASNET_LAZY void emit_onnx(const Concat&, OnnxCall& call);

/// Only the number of samples comes from the input.
NASNET_LAZY void emit_onnx(const Zeros&, OnnxCall& call);

/// For each pixel alike: a 1x1 convolution. The last dense layer of a network is written as Gemm instead.
NASNET_LAZY void emit_onnx(const Dense&, OnnxCall& call);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/io/onnx_primitives.ipp"
#endif
