#include "nasnet/data/gzip.hpp"

#include <algorithm>

#include "fuzz/fuzz_target.hpp"

namespace {

constexpr std::uint64_t limit = std::uint64_t{1} << 20U;

// Compressed again without compression: blocks as they are, so that nothing here depends on zlib's choices.
nasnet::Bytes stored(const nasnet::Bytes& bytes) {
  nasnet::Bytes packed(compressBound(static_cast<uLong>(bytes.size())) + 64);
  z_stream stream{};
  fuzz::require(deflateInit2(&stream, 0, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK, "no zlib");
  stream.next_in = const_cast<Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = packed.data();
  stream.avail_out = static_cast<uInt>(packed.size());
  fuzz::require(deflate(&stream, Z_FINISH) == Z_STREAM_END, "too little room");
  packed.resize(packed.size() - stream.avail_out);
  deflateEnd(&stream);
  return packed;
}

void run(std::span<const std::uint8_t> bytes) {
  nasnet::Bytes plain;
  if (!fuzz::reads([&] { plain = nasnet::gunzip(bytes, "input", limit); })) return;
  fuzz::require(plain.size() <= limit, "more bytes than the limit");
  // Two pieces in one file are both of them, and cut short they are refused.
  nasnet::Bytes twice = stored(plain);
  const std::size_t piece = twice.size();
  twice.insert(twice.end(), bytes.begin(), bytes.end());
  nasnet::Bytes both;
  fuzz::require(fuzz::reads([&] { both = nasnet::gunzip(twice, "input", 2 * limit); }), "two sound pieces refused");
  fuzz::require(both.size() == 2 * plain.size(), "two pieces have another size");
  fuzz::require(std::equal(plain.begin(), plain.end(), both.begin()), "another first piece");
  fuzz::require(std::equal(plain.begin(), plain.end(), both.end() - static_cast<std::ptrdiff_t>(plain.size())),
                "another second piece");
  const std::span<const std::uint8_t> cut = std::span(twice).first(piece - 1);
  fuzz::require(!fuzz::reads([&] { both = nasnet::gunzip(cut, "input", limit); }), "a piece that is cut off is taken");
}

const fuzz::Registration registration({"gzip", &run});

}  // namespace
