#pragma once

#include "nasnet/io/onnx.hpp"

#include <bit>      // endian
#include <cstddef>  // size_t
#include <cstdint>  // uint8_t, uint64_t
#include <cstring>  // memcpy

#include "nasnet/core/error.hpp"
#include "nasnet/core/file.hpp"
#include "nasnet/core/file_path.hpp"
#include "nasnet/core/tensor.hpp"
#include "nasnet/io/detail/onnx_graph.hpp"
#include "nasnet/io/weights.hpp"
#include "nasnet/model/model.hpp"

namespace nasnet::inline NASNET_ABI::detail {

NASNET_BODY void check_onnx_size(std::uint64_t size, const FilePath& path) {
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

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

template <class Scalar>
void write_onnx(const Model<Scalar>& model, const FilePath& path, Size image) {
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
