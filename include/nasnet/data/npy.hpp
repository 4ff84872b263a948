/// Arrays of NumPy's .npy format.
#pragma once

#include <array>        // array
#include <bit>          // endian
#include <cstddef>      // size_t
#include <cstdint>      // int32_t, int64_t, uint8_t, uint64_t
#include <span>         // span
#include <string>       // string
#include <string_view>  // string_view
#include <vector>       // vector

#include "nasnet/core/file.hpp"
#include "nasnet/core/file_path.hpp"
#include "nasnet/core/shape.hpp"
#include "nasnet/data/dataset.hpp"
#include "nasnet/data/file_reader.hpp"

namespace nasnet::inline NASNET_ABI {

/// Element types that can be read.
enum class NpyType { u8, i32, i64, f32, f64 };

/// An array as the file holds it.
struct NpyArray {
  NpyType type = NpyType::u8;
  Shape shape;   ///< at most four extents
  Bytes values;  ///< row-major, little endian
};

namespace detail {

static_assert(std::endian::native == std::endian::little, "arrays are read in place: little endian is needed");

struct NpyTypeInfo {
  NpyType type;
  std::string_view description;
  std::size_t size;
};
inline constexpr std::array<NpyTypeInfo, 5> npy_types{{{NpyType::u8, "|u1", 1},
                                                       {NpyType::i32, "<i4", 4},
                                                       {NpyType::i64, "<i8", 8},
                                                       {NpyType::f32, "<f4", 4},
                                                       {NpyType::f64, "<f8", 8}}};

/// Labels of an array [N] or [N,1]; fits them into 32 bits.
NASNET_LAZY [[nodiscard]] std::vector<std::int32_t> npy_labels(const NpyArray& array, std::int64_t images,
                                                               const std::string& origin);

}  // namespace detail

/// Reads a .npy array of format version 1, 2 or 3.
/// @param origin what errors call the file
/// @throws IoError for another format, order, element type or number of bytes. DataError for an extent 0.
NASNET_LAZY [[nodiscard]] NpyArray parse_npy(std::span<const std::uint8_t> file, const std::string& origin);

/// Images [N,H,W] or [N,H,W,C] of bytes (read as 0 .. 1) or floats (read as they are), and their labels [N].
/// @param classes number of classes; 0: one more than the largest label
/// @throws IoError, DataError with the file's name.
NASNET_LAZY [[nodiscard]] ImageDataset load_npy_images(const FilePath& images_path, const FilePath& labels_path,
                                                       const FileReader& reader = read_plain_file, int classes = 0);

/// Training and test images of a folder with `train_images.npy`, `train_labels.npy`, `test_images.npy` and
/// `test_labels.npy`.
/// @param classes number of classes; 0: one more than the largest training label
/// @throws IoError, DataError with the file's name.
NASNET_LAZY [[nodiscard]] ImageData load_npy_folder(const FilePath& folder, const FileReader& reader = read_plain_file,
                                                    int classes = 0);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/data/npy.ipp"
#endif
