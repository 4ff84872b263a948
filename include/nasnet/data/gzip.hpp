/// Files compressed with gzip. Needs zlib (the CMake target nasnet::zlib), so that nasnet.hpp leaves it out.
#pragma once

#include <zlib.h>  // inflate, inflateEnd, inflateInit2, inflateReset, z_stream

#include <algorithm>  // max, min
#include <cstddef>    // size_t
#include <cstdint>    // uint8_t, uint64_t
#include <span>       // span
#include <string>     // string
#include <utility>    // move

#include "nasnet/core/error.hpp"
#include "nasnet/core/file.hpp"
#include "nasnet/core/file_path.hpp"
#include "nasnet/data/file_reader.hpp"

namespace nasnet::inline NASNET_ABI {

/// Most bytes that a compressed file may grow to where the caller names no limit: 2 GiB. A small file can claim
/// a thousand times its size.
inline constexpr std::uint64_t default_gzip_limit = std::uint64_t{2} << 30U;

namespace detail {

/// Inflates gzip data piece by piece.
class GzipInflater {
 public:
  GzipInflater(std::span<const std::uint8_t> input, const std::string& origin, std::uint64_t limit)
      : input_(input), origin_(origin), limit_(limit) {
    constexpr int gzip_only = 16 + MAX_WBITS;
    if (inflateInit2(&stream_, gzip_only) != Z_OK) fail<MemoryError>("'", origin_, "': zlib could not be started");
  }
  GzipInflater(const GzipInflater&) = delete;
  GzipInflater& operator=(const GzipInflater&) = delete;
  ~GzipInflater() { inflateEnd(&stream_); }

  /// A file may be several compressed pieces, one after the other.
  [[nodiscard]] Bytes run() {
    do {
      inflate_member();
      inflateReset(&stream_);
    } while (another_member());
    output_.resize(filled_);
    return std::move(output_);
  }

 private:
  static constexpr std::size_t largest_piece = std::size_t{1} << 30U;  // zlib counts in 32 bits

  void inflate_member() {
    int status = Z_OK;
    while (status != Z_STREAM_END) {
      make_room();
      const std::size_t room = output_.size() - filled_;
      const auto in = input_.first((std::min)(input_.size(), largest_piece));
      stream_.next_in = const_cast<Bytef*>(in.data());  // zlib does not write to it
      stream_.avail_in = static_cast<uInt>(in.size());
      stream_.next_out = output_.data() + filled_;
      stream_.avail_out = static_cast<uInt>((std::min)(room, largest_piece));
      const std::size_t offered = stream_.avail_out;
      status = inflate(&stream_, Z_NO_FLUSH);
      input_ = input_.subspan(in.size() - stream_.avail_in);
      filled_ += offered - stream_.avail_out;
      check(status);
    }
  }

  void make_room() {
    if (filled_ < output_.size()) return;
    // One byte beyond the limit, so that passing it shows.
    const std::uint64_t wanted = (std::max)(std::uint64_t{2} * output_.size(), std::uint64_t{1} << 16U);
    output_.resize(static_cast<std::size_t>(limit_ < wanted ? limit_ + 1 : wanted));
  }

  void check(int status) const {
    if (filled_ > limit_)
      fail<IoError>("'", origin_, "': it decompresses to more than the limit of ", limit_, " bytes");
    if (status == Z_MEM_ERROR) fail<MemoryError>("'", origin_, "': no memory left to decompress it");
    if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) {
      fail<IoError>("'", origin_, "': damaged: zlib says ", stream_.msg != nullptr ? stream_.msg : "nothing");
    }
    if (status != Z_STREAM_END && input_.empty() && stream_.avail_out > 0) {
      fail<IoError>("'", origin_, "': truncated: the compressed data end too early");
    }
  }

  [[nodiscard]] bool another_member() const {
    if (input_.empty()) return false;
    if (input_.size() >= 2 && input_[0] == 0x1F && input_[1] == 0x8B) return true;
    fail<IoError>("'", origin_, "': ", input_.size(), " bytes that are not gzip follow the compressed data");
  }

  std::span<const std::uint8_t> input_;
  const std::string& origin_;
  std::uint64_t limit_;
  z_stream stream_{};
  Bytes output_;
  std::size_t filled_ = 0;
};

}  // namespace detail

/// Decompresses gzip data.
/// @param origin what errors call it
/// @param limit most bytes that it may grow to
/// @throws IoError for other data, truncated or damaged data, bytes behind the end, or growth beyond the limit.
[[nodiscard]] inline Bytes gunzip(std::span<const std::uint8_t> compressed, const std::string& origin,
                                  std::uint64_t limit = default_gzip_limit) {
  if (compressed.size() < 2 || compressed[0] != 0x1F || compressed[1] != 0x8B) {
    fail<IoError>("'", origin, "': no gzip file: it does not begin with 1f 8b");
  }
  return detail::GzipInflater(compressed, origin, limit).run();
}

/// The contents of `path`, or where only `path`.gz is there, or the name itself ends in .gz, what that decompresses to.
/// A FileReader for the loaders of datasets: `load_idx_images(folder, read_gzip_file)`.
/// @throws IoError with the file's name.
[[nodiscard]] inline Bytes read_gzip_file(const FilePath& path) {
  const bool is_compressed = path.string().ends_with(".gz");
  const auto compressed = is_compressed ? path : detail::with_gz(path);
  if (!is_compressed && (detail::file_exists(path) || !detail::file_exists(compressed))) return read_file(path);
  return gunzip(read_file(compressed), compressed.string());
}

}  // namespace nasnet::inline NASNET_ABI
