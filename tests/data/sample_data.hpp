// Small files and datasets for the tests of data/.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "nasnet/data/dataset.hpp"

namespace sample {

inline void append_big_endian(std::string& text, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) text.push_back(static_cast<char>(value >> shift & 0xFFU));
}

/// An IDX file of unsigned bytes.
inline std::string idx(const std::vector<std::uint32_t>& extents, const std::string& values) {
  std::string file("\0\0\x08", 3);
  file.push_back(static_cast<char>(extents.size()));
  for (const std::uint32_t extent : extents) append_big_endian(file, extent);
  return file + values;
}

/// Bytes 0, 1, 2, ... modulo 251.
inline std::string counting(std::size_t count, std::size_t first = 0) {
  std::string values;
  for (std::size_t i = 0; i < count; ++i) values.push_back(static_cast<char>((first + i) % 251));
  return values;
}

/// A .npy file. Version 1 has two bytes of header length, later ones four.
inline std::string npy(const std::string& header, const std::string& values, int version = 1) {
  std::string file("\x93NUMPY");
  file.push_back(static_cast<char>(version));
  file.push_back('\0');
  for (int byte = 0; byte < (version == 1 ? 2 : 4); ++byte) {
    file.push_back(static_cast<char>(header.size() >> (8 * byte) & 0xFFU));
  }
  return file + header + values;
}

inline std::string npy(const std::string& type, const std::string& shape, const std::string& values, int version) {
  return npy("{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + shape + "), }   \n", values, version);
}

/// The bytes of numbers.
template <class Number>
std::string bytes(const std::vector<Number>& numbers) {
  return {reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(Number)};
}

/// Image i holds the values (7 i + 3 j) % 256, label i % classes.
inline nasnet::ImageDataset images(std::int64_t count, std::int64_t height, std::int64_t width, std::int64_t channels,
                                   int classes = 3) {
  std::vector<std::uint8_t> pixels;
  std::vector<std::int32_t> labels;
  for (std::int64_t i = 0; i < count; ++i) {
    for (std::int64_t j = 0; j < height * width * channels; ++j) {
      pixels.push_back(static_cast<std::uint8_t>((7 * i + 3 * j) % 256));
    }
    labels.push_back(static_cast<std::int32_t>(i % classes));
  }
  return {"sample", nasnet::Shape{count, height, width, channels}, std::move(pixels), std::move(labels), classes};
}

}  // namespace sample
