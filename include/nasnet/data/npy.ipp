#pragma once

#include "nasnet/data/npy.hpp"

#include <algorithm>     // equal, max_element
#include <array>         // array
#include <charconv>      // from_chars
#include <cstddef>       // size_t
#include <cstdint>       // int32_t, int64_t, uint8_t, uint64_t
#include <cstring>       // memcpy
#include <limits>        // numeric_limits
#include <span>          // span
#include <string>        // string
#include <string_view>   // string_view
#include <system_error>  // errc
#include <utility>       // move
#include <vector>        // vector

#include "nasnet/core/error.hpp"
#include "nasnet/core/file_path.hpp"
#include "nasnet/core/shape.hpp"
#include "nasnet/data/dataset.hpp"
#include "nasnet/data/file_reader.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Reads the header of a .npy file: the text of a Python dictionary with the keys 'descr', 'fortran_order' and 'shape'.
class NpyHeaderReader {
 public:
  NASNET_LAZY NpyHeaderReader(std::string_view text, const std::string& origin) : text_(text), origin_(origin) {}

  NASNET_LAZY void read() {
    expect('{');
    while (!accept('}')) {
      const std::string_view key = quoted_word();
      expect(':');
      read_value(key);
      if (!accept(',') && peek() != '}') refuse();
    }
    skip_blanks();
    if (place_ != text_.size() || !has_type_ || !has_order_ || !has_shape_) refuse();
  }

  [[nodiscard]] const NpyTypeInfo& type() const { return type_; }
  [[nodiscard]] const std::vector<std::int64_t>& extents() const { return extents_; }

 private:
  NASNET_LAZY [[noreturn]] NASNET_COLD void refuse() const {
    fail<IoError>("'", origin_, "': broken .npy header at character ", place_);
  }

  NASNET_LAZY void read_value(std::string_view key) {
    if (key == "descr") {
      first_time(has_type_);
      read_type();
    } else if (key == "fortran_order") {
      first_time(has_order_);
      read_order();
    } else if (key == "shape") {
      first_time(has_shape_);
      read_shape();
    } else {
      refuse();
    }
  }

  NASNET_LAZY void first_time(bool& has) const {
    if (has) refuse();
    has = true;
  }

  NASNET_LAZY void read_type() {
    skip_blanks();
    if (peek() == '[') fail<IoError>("'", origin_, "': structured .npy arrays cannot be read");
    const std::string_view description = quoted_word();
    for (const NpyTypeInfo& known : npy_types) {
      if (known.description != description) continue;
      type_ = known;
      return;
    }
    fail<IoError>("'", origin_, "': .npy element type ", description.substr(0, 20),
                  ", only |u1, <i4, <i8, <f4 and <f8 can be read");
  }

  NASNET_LAZY void read_order() {
    if (accept_word("False")) return;
    if (!accept_word("True")) refuse();
    fail<IoError>("'", origin_, "': the array is in Fortran order; save numpy.ascontiguousarray(array) instead");
  }

  NASNET_LAZY void read_shape() {
    expect('(');
    while (!accept(')')) {
      extents_.push_back(number());
      if (extents_.size() > Shape::max_rank) fail<IoError>("'", origin_, "': .npy array of more than 4 extents");
      if (!accept(',') && peek() != ')') refuse();
    }
  }

  NASNET_LAZY void skip_blanks() {
    while (place_ < text_.size() && (text_[place_] == ' ' || text_[place_] == '\n')) ++place_;
  }
  NASNET_LAZY [[nodiscard]] char peek() {
    skip_blanks();
    return place_ < text_.size() ? text_[place_] : '\0';
  }
  NASNET_LAZY bool accept(char letter) {
    if (place_ >= text_.size() || peek() != letter) return false;
    ++place_;
    return true;
  }
  NASNET_LAZY void expect(char letter) {
    if (!accept(letter)) refuse();
  }
  NASNET_LAZY bool accept_word(std::string_view word) {
    skip_blanks();
    if (text_.substr(place_, word.size()) != word) return false;
    place_ += word.size();
    return true;
  }

  NASNET_LAZY [[nodiscard]] std::string_view quoted_word() {
    const char quote = peek();
    if (quote != '\'' && quote != '"') refuse();
    const std::size_t begin = place_ + 1;
    const std::size_t end = text_.find(quote, begin);
    if (end == std::string_view::npos) refuse();
    place_ = end + 1;
    return text_.substr(begin, end - begin);
  }

  NASNET_LAZY [[nodiscard]] std::int64_t number() {
    skip_blanks();
    std::int64_t value = 0;
    const char* begin = text_.data() + place_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
    if (error != std::errc{} || value < 0) refuse();
    place_ += static_cast<std::size_t>(end - begin);
    return value;
  }

  std::string_view text_;
  const std::string& origin_;
  std::size_t place_ = 0;
  NpyTypeInfo type_ = npy_types[0];
  std::vector<std::int64_t> extents_;
  bool has_type_ = false, has_order_ = false, has_shape_ = false;
};

/// The header's text, checked against the file.
NASNET_LAZY [[nodiscard]] inline std::span<const std::uint8_t> npy_header(std::span<const std::uint8_t> file,
                                                                          const std::string& origin) {
  constexpr std::array<std::uint8_t, 6> magic{0x93, 'N', 'U', 'M', 'P', 'Y'};
  if (file.size() < 10 || !std::equal(magic.begin(), magic.end(), file.begin())) {
    fail<IoError>("'", origin, "': no .npy file: it does not begin with \\x93NUMPY");
  }
  if (file[6] < 1 || file[6] > 3) fail<IoError>("'", origin, "': .npy version ", int{file[6]}, ", 1 to 3 can be read");
  const std::size_t begin = file[6] == 1 ? 10 : 12;
  if (file.size() < begin) fail<IoError>("'", origin, "': truncated: it ends in its header");
  std::size_t length = std::size_t{file[8]} | std::size_t{file[9]} << 8U;
  if (begin == 12) length |= std::size_t{file[10]} << 16U | std::size_t{file[11]} << 24U;
  if (length > file.size() - begin) {
    fail<IoError>("'", origin, "': truncated: its header has ", length, " bytes, ", file.size() - begin, " are there");
  }
  return file.subspan(begin, length);
}

/// The array's bytes, checked against the header.
NASNET_LAZY [[nodiscard]] inline std::span<const std::uint8_t> npy_values(std::span<const std::uint8_t> file,
                                                                          std::span<const std::uint8_t> header,
                                                                          std::size_t element, const Shape& shape,
                                                                          const std::string& origin) {
  const auto values = file.subspan(static_cast<std::size_t>(header.data() + header.size() - file.data()));
  check_data_size(values.size(), element, shape, origin);
  return values;
}

/// All values of an array as another type.
template <class Stored, class Value>
[[nodiscard]] std::vector<Value> converted(std::span<const std::uint8_t> bytes) {
  std::vector<Value> values(bytes.size() / sizeof(Stored));
  for (std::size_t i = 0; i < values.size(); ++i) {
    Stored stored;
    std::memcpy(&stored, bytes.data() + i * sizeof stored, sizeof stored);
    values[i] = static_cast<Value>(stored);
  }
  return values;
}

NASNET_LAZY [[nodiscard]] inline std::vector<std::int64_t> npy_integers(const NpyArray& array,
                                                                        const std::string& origin) {
  switch (array.type) {
    case NpyType::u8: return converted<std::uint8_t, std::int64_t>(array.values);
    case NpyType::i32: return converted<std::int32_t, std::int64_t>(array.values);
    case NpyType::i64: return converted<std::int64_t, std::int64_t>(array.values);
    default: fail<DataError>("'", origin, "': labels are floats, whole numbers are wanted");
  }
}

NASNET_BODY std::vector<std::int32_t> npy_labels(const NpyArray& array, std::int64_t images,
                                                 const std::string& origin) {
  if (array.shape.rank() < 1 || array.shape[0] != images || array.shape.elements() != images) {
    fail<DataError>("'", origin, "': labels have shape ", array.shape.to_string(), ", [", images,
                    "] is wanted, one for each image");
  }
  std::vector<std::int32_t> labels;
  for (const std::int64_t label : npy_integers(array, origin)) {
    if (label < 0 || label >= (std::numeric_limits<std::int32_t>::max)()) {
      fail<DataError>("'", origin, "': the label of image ", labels.size(), " is ", label, ", which is no class");
    }
    labels.push_back(static_cast<std::int32_t>(label));
  }
  return labels;
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY NpyArray parse_npy(std::span<const std::uint8_t> file, const std::string& origin) {
  const auto header = detail::npy_header(file, origin);
  detail::NpyHeaderReader reader({reinterpret_cast<const char*>(header.data()), header.size()}, origin);
  reader.read();
  const Shape shape{std::span<const std::int64_t>(reader.extents())};
  const auto values = detail::npy_values(file, header, reader.type().size, shape, origin);
  return {.type = reader.type().type, .shape = shape, .values = {values.begin(), values.end()}};
}

NASNET_BODY ImageDataset load_npy_images(const FilePath& images_path, const FilePath& labels_path,
                                         const FileReader& reader, int classes) {
  const std::string origin = images_path.string();
  NpyArray images = parse_npy(reader(images_path), origin);
  if (images.shape.rank() < 3) {
    fail<DataError>("'", origin, "': images have shape ", images.shape.to_string(), ", [N,H,W] or [N,H,W,C] is wanted");
  }
  const std::int64_t channels = images.shape.rank() == 4 ? images.shape[3] : 1;
  const Shape shape{images.shape[0], images.shape[1], images.shape[2], channels};

  const NpyArray array = parse_npy(reader(labels_path), labels_path.string());
  auto labels = detail::npy_labels(array, shape[0], labels_path.string());
  if (classes == 0) classes = *std::max_element(labels.begin(), labels.end()) + 1;
  detail::check_labels(labels, classes, labels_path.string());

  switch (images.type) {
    case NpyType::u8: return ImageDataset(origin, shape, std::move(images.values), std::move(labels), classes);
    case NpyType::f32:
      return ImageDataset(origin, shape, detail::converted<float, float>(images.values), std::move(labels), classes);
    case NpyType::f64:
      return ImageDataset(origin, shape, detail::converted<double, float>(images.values), std::move(labels), classes);
    default: fail<DataError>("'", origin, "': images are integers of several bytes, bytes or floats are wanted");
  }
}

NASNET_BODY ImageData load_npy_folder(const FilePath& folder, const FileReader& reader, int classes) {
  const auto find = detail::require_data_file;
  auto train = load_npy_images(find(folder, {"train_images.npy"}), find(folder, {"train_labels.npy"}), reader, classes);
  auto test =
      load_npy_images(find(folder, {"test_images.npy"}), find(folder, {"test_labels.npy"}), reader, train.classes());
  return detail::matched(std::move(train), std::move(test));
}

}  // namespace nasnet::inline NASNET_ABI
