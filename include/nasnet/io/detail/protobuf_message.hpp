/// The wire format of protobuf messages, written and never read.
///
/// An ONNX file is a dozen kinds of small messages around the weights. To write those takes integers, texts and nested
/// messages, all of which are below; libprotobuf with code generated from ONNX's description would be a library that
/// every user of these headers has to build and link.
#pragma once

#include <cstddef>      // size_t
#include <cstdint>      // int64_t, uint32_t, uint64_t
#include <cstring>      // memcpy
#include <string>       // string
#include <string_view>  // string_view
#include <utility>      // move
#include <vector>       // vector

#include "nasnet/config.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// A message under construction: fields in the order in which they are added.
///
/// Bytes that are large come from elsewhere when the message is written, so that the length of a whole message is known
/// before any of them exists.
class ProtobufMessage {
 public:
  /// Bytes, and behind them those that come from elsewhere.
  struct Piece {
    std::string bytes{};
    std::uint64_t later = 0;  ///< how many bytes come from elsewhere
    std::size_t source = 0;   ///< which ones, as told by `bytes_from`
  };

  /// A whole number, an enumerator: a varint.
  NASNET_LAZY void integer(int field, std::int64_t value) {
    tag(field, WireType::varint);
    varint(static_cast<std::uint64_t>(value));
  }

  /// A 32-bit float.
  NASNET_LAZY void real(int field, float value) {
    tag(field, WireType::four_bytes);
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    append({bytes, sizeof bytes});
  }

  /// A text, or bytes.
  NASNET_LAZY void text(int field, std::string_view value) {
    tag(field, WireType::counted);
    varint(value.size());
    append(value);
  }

  NASNET_LAZY void message(int field, const ProtobufMessage& value) {
    tag(field, WireType::counted);
    varint(value.size_);
    for (const Piece& piece : value.pieces_) {
      append(piece.bytes);
      if (piece.later > 0) leave_room(piece.later, piece.source);
    }
  }

  /// Bytes that `source` stands for and whoever writes the message supplies.
  NASNET_LAZY void bytes_from(int field, std::size_t source, std::uint64_t size) {
    tag(field, WireType::counted);
    varint(size);
    if (size > 0) leave_room(size, source);
  }

  /// Of the whole message.
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] const std::vector<Piece>& pieces() const& { return pieces_; }

 private:
  enum class WireType : std::uint32_t { varint = 0, counted = 2, four_bytes = 5 };

  NASNET_LAZY void tag(int field, WireType type) {
    varint(static_cast<std::uint64_t>(field) << 3U | static_cast<std::uint64_t>(type));
  }

  // Seven bits a byte, the lowest first; the high bit says that more follow.
  NASNET_LAZY void varint(std::uint64_t value) {
    std::string bytes;
    for (; value >= 0x80U; value >>= 7U) bytes.push_back(static_cast<char>(value | 0x80U));
    bytes.push_back(static_cast<char>(value));
    append(bytes);
  }

  NASNET_LAZY void append(std::string_view bytes) {
    if (pieces_.empty() || pieces_.back().later > 0) pieces_.emplace_back();
    pieces_.back().bytes.append(bytes);
    size_ += bytes.size();
  }

  // A field's tag stands before it, so that there is a piece without room of its own yet.
  NASNET_LAZY void leave_room(std::uint64_t size, std::size_t source) {
    pieces_.back().later = size;
    pieces_.back().source = source;
    size_ += size;
  }

  std::vector<Piece> pieces_;
  std::uint64_t size_ = 0;
};

}  // namespace nasnet::inline NASNET_ABI::detail
