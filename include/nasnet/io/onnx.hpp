/// Networks as ONNX files, which many other programs run.
#pragma once

#include <bit>         // endian
#include <cstddef>     // size_t
#include <cstdint>     // uint8_t, uint64_t
#include <cstring>     // memcpy
#include <filesystem>  // path

#include "nasnet/core/error.hpp"
#include "nasnet/core/file.hpp"
#include "nasnet/core/tensor.hpp"
#include "nasnet/io/detail/onnx_graph.hpp"
#include "nasnet/io/weights.hpp"
#include "nasnet/model/model.hpp"

namespace nasnet::inline NASNET_ABI {

namespace detail {

/// Most bytes of a protobuf message: lengths are 31 bits for its readers.
inline constexpr std::uint64_t largest_onnx_file = (std::uint64_t{1} << 31U) - 1;

inline void check_onnx_size(std::uint64_t size, const std::filesystem::path& path) {
  if (size <= largest_onnx_file) return;
  fail<IoError>("cannot write '", path.string(), "': the network takes ", size,
                " bytes as ONNX, a file of that format ", "has at most ", largest_onnx_file);
}

/// A parameter's values as 32-bit floats in the file's layout.
template <class Scalar>
[[nodiscard]] Bytes onnx_bytes(const ParameterSpec& spec, const Tensor<Scalar>& values) {
  static_assert(std::endian::native == std::endian::little, "ONNX files hold values as they lie in memory here");
  const Tensor<Scalar> ordered = to_file_layout(spec, values);
  Bytes bytes(static_cast<std::size_t>(ordered.elements()) * sizeof(float));
  std::uint8_t* to = bytes.data();
  for (const Scalar value : ordered.values()) {
    const auto written = static_cast<float>(value);
    std::memcpy(to, &written, sizeof written);
    to += sizeof written;
  }
  return bytes;
}

}  // namespace detail

/// Writes a network in evaluation mode as ONNX, whole or not at all: input "input" [N,C,H,W] and output "logits"
/// [N,classes], both 32-bit floats, for images of one size and any number of them. What predict() is given, and no
/// more: images are normalised before. Nodes and weights have the network's names; what the logits do not depend on is
/// left out, the auxiliary head among it. Equal models give equal files.
/// @throws ShapeError for an image that the network cannot take; ArgumentError that names the node for a primitive
/// without emit_onnx (see onnx_call.hpp); IoError where the file cannot be written or would have 2 GiB.
template <class Scalar>
void write_onnx(const Model<Scalar>& model, const std::filesystem::path& path, Size image) {
  const NetworkGraph& graph = model.graph();
  const detail::ProtobufMessage message = detail::OnnxGraph(graph, image).model();
  detail::check_onnx_size(message.size(), path);
  AtomicFile file(path);
  for (const detail::ProtobufMessage::Piece& piece : message.pieces()) {
    file.write(piece.bytes);
    if (piece.later > 0) {
      file.write(detail::onnx_bytes(graph.parameters[piece.source].spec, model.parameters()[piece.source].value()));
    }
  }
  file.commit();
}

}  // namespace nasnet::inline NASNET_ABI
