/// Networks as ONNX files, which many other programs run.
#pragma once

#include <cstdint>  // uint8_t, uint64_t

#include "nasnet/core/file_path.hpp"
#include "nasnet/model/model.hpp"

namespace nasnet::inline NASNET_ABI {

namespace detail {

/// Most bytes of a protobuf message: lengths are 31 bits for its readers.
inline constexpr std::uint64_t largest_onnx_file = (std::uint64_t{1} << 31U) - 1;

NASNET_LAZY void check_onnx_size(std::uint64_t size, const FilePath& path);

}  // namespace detail

/// Writes a network in evaluation mode as ONNX, whole or not at all: input "input" [N,C,H,W] and output "logits"
/// [N,classes], both 32-bit floats, for images of one size and any number of them. What predict() is given, and no
/// more: images are normalised before. Nodes and weights have the network's names; what the logits do not depend on is
/// left out, the auxiliary head among it. Equal models give equal files.
/// @throws ShapeError for an image that the network cannot take; ArgumentError that names the node for a primitive
/// without emit_onnx (see onnx_call.hpp); IoError where the file cannot be written or would have 2 GiB.
template <class Scalar>
void write_onnx(const Model<Scalar>& model, const FilePath& path, Size image);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/io/onnx.ipp"
#endif
