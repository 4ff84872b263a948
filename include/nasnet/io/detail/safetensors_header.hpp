/// The header of a safetensors file: JSON that says where each tensor lies. Nothing in it is believed before it is
/// checked.
#pragma once

#include <algorithm>    // find_if, sort
#include <cstddef>      // size_t
#include <cstdint>      // int64_t, uint8_t, uint64_t
#include <cstring>      // memcpy
#include <limits>       // numeric_limits
#include <map>          // map
#include <span>         // span
#include <string>       // string
#include <string_view>  // string_view
#include <utility>      // move, pair
#include <vector>       // vector

#include "nasnet/core/error.hpp"
#include "nasnet/core/file.hpp"
#include "nasnet/core/json_events.hpp"
#include "nasnet/io/tensor_file.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// The format allows no larger header.
inline constexpr std::uint64_t largest_safetensors_header = 100'000'000;

/// Far above what any network needs, so that a hostile header of that size takes megabytes and not gigabytes: tensors
/// and notes together, and extents of one tensor.
inline constexpr std::size_t most_safetensors_entries = 1'000'000;
inline constexpr std::size_t most_safetensors_extents = 64;

inline constexpr std::string_view safetensors_metadata_key = "__metadata__";

/// One tensor of the header: its bytes are [begin, end) of the data.
struct SafetensorsEntry {
  ElementType type = ElementType::f32;
  std::vector<std::int64_t> extents;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

struct SafetensorsHeader {
  std::map<std::string, SafetensorsEntry> entries;
  std::map<std::string, std::string> metadata;
  std::span<const std::uint8_t> data;  // what follows the header
};

/// A text from a file as errors quote it: no control characters, no novel.
NASNET_LAZY [[nodiscard]] inline std::string legible(std::string_view text) {
  std::string result(1, '\'');
  for (const char letter : text.substr(0, 80)) {
    result.push_back(static_cast<unsigned char>(letter) < 32 || letter == 127 ? '?' : letter);
  }
  if (text.size() > 80) result.append("...");
  result.push_back('\'');
  return result;
}

/// Receives the header from the JSON parser token by token, so that repeated names are seen and nesting beyond the
/// format's own is refused where it begins. Each function returns false to stop.
NASNET_LAZY class SafetensorsHeaderReader final : public JsonEvents {
 public:
  [[nodiscard]] const std::string& fault() const { return fault_; }
  [[nodiscard]] SafetensorsHeader& header() { return header_; }

  bool start_object() override {
    if (place_ == Place::start) return enter(Place::header);
    if (place_ != Place::header) return refuse_value("an object");
    if (name_ == safetensors_metadata_key) return enter(Place::metadata);
    entry_ = {};
    has_type_ = has_shape_ = has_offsets_ = false;
    return enter(Place::tensor);
  }

  bool key(std::string& text) override {
    if (place_ == Place::header) return begin_name(text);
    if (place_ == Place::metadata && header_.metadata.count(text) > 0) {
      return refuse("its metadata has ", legible(text), " twice");
    }
    field_ = text;
    return place_ == Place::tensor ? begin_field() : count_entry();
  }

  bool string(std::string& text) override {
    if (place_ == Place::metadata) {
      header_.metadata.emplace(field_, text);
      return true;
    }
    if (place_ != Place::tensor || field_ != "dtype") return refuse_value("a string");
    const auto found = std::find_if(element_types.begin(), element_types.end(),
                                    [&](const ElementTypeInfo& info) { return info.name == text; });
    if (found == element_types.end())
      return refuse("tensor ", legible(name_), " has the unknown dtype ", legible(text));
    entry_.type = found->type;
    return true;
  }

  bool start_array() override {
    if (place_ != Place::tensor || field_ == "dtype") return refuse_value("a list");
    return enter(field_ == "shape" ? Place::shape : Place::offsets);
  }

  bool number_unsigned(std::uint64_t number) override {
    if (place_ != Place::shape && place_ != Place::offsets) return refuse_value("a number");
    if (number > static_cast<std::uint64_t>((std::numeric_limits<std::int64_t>::max)())) {
      return refuse("tensor ", legible(name_), " has ", number, " in its ", field_, ", which is too large");
    }
    if (place_ == Place::shape) {
      if (entry_.extents.size() == most_safetensors_extents) {
        return refuse("tensor ", legible(name_), " has more than ", most_safetensors_extents, " extents");
      }
      entry_.extents.push_back(static_cast<std::int64_t>(number));
    } else {
      if (offsets_.size() == 2) return refuse("tensor ", legible(name_), " has more than 2 data_offsets");
      offsets_.push_back(number);
    }
    return true;
  }

  bool number_integer(std::int64_t number) override {
    if (place_ != Place::shape && place_ != Place::offsets) return refuse_value("a number");
    return refuse("tensor ", legible(name_), " has ", number, " in its ", field_, ", which is negative");
  }

  bool end_array() override {
    const bool is_shape = place_ == Place::shape;
    place_ = Place::tensor;
    return is_shape || end_offsets();
  }

  bool end_object() override {
    if (place_ == Place::header) return enter(Place::end);
    if (place_ == Place::tensor && !end_tensor()) return false;
    return enter(Place::header);
  }

  bool null() override { return refuse_value("null"); }
  bool boolean(bool) override { return refuse_value("a truth value"); }
  bool number_float(double) override { return refuse_value("a number that is no 64-bit integer"); }

  void parse_error(std::size_t position, std::string_view) override { refuse("it is no JSON at byte ", position); }

 private:
  enum class Place { start, header, metadata, tensor, shape, offsets, end };

  bool enter(Place place) {
    place_ = place;
    return true;
  }

  template <class... Parts>
  bool refuse(const Parts&... parts) {
    fault_ = join(parts...);
    return false;
  }

  bool refuse_value(const char* found) {
    switch (place_) {
      case Place::start: return refuse("it is ", found, ", an object is wanted");
      case Place::header: return refuse(legible(name_), " is ", found, ", an object is wanted");
      case Place::metadata: return refuse("its metadata has ", found, " for ", legible(field_), ", a string is wanted");
      default: return refuse("tensor ", legible(name_), " has ", found, " in its ", legible(field_));
    }
  }

  bool begin_name(const std::string& text) {
    const bool repeated = text == safetensors_metadata_key ? has_metadata_ : header_.entries.count(text) > 0;
    if (repeated) return refuse("it has ", legible(text), " twice");
    if (text == safetensors_metadata_key) has_metadata_ = true;
    name_ = text;
    return count_entry();
  }

  bool count_entry() {
    if (entries_++ < most_safetensors_entries) return true;
    return refuse("it has more than ", most_safetensors_entries, " entries");
  }

  bool begin_field() {
    if (field_ == "dtype") return first_time(has_type_);
    if (field_ == "shape") return first_time(has_shape_);
    if (field_ == "data_offsets") return first_time(has_offsets_);
    return refuse("tensor ", legible(name_), " has the unknown field ", legible(field_));
  }

  bool first_time(bool& has) {
    if (has) return refuse("tensor ", legible(name_), " has ", field_, " twice");
    has = true;
    return true;
  }

  bool end_offsets() {
    if (offsets_.size() != 2) {
      return refuse("tensor ", legible(name_), " has ", offsets_.size(), " data_offsets, 2 are wanted");
    }
    entry_.begin = offsets_[0];
    entry_.end = offsets_[1];
    offsets_.clear();
    return true;
  }

  bool end_tensor() {
    if (!has_type_) return refuse("tensor ", legible(name_), " has no dtype");
    if (!has_shape_) return refuse("tensor ", legible(name_), " has no shape");
    if (!has_offsets_) return refuse("tensor ", legible(name_), " has no data_offsets");
    header_.entries.emplace(name_, std::move(entry_));
    return true;
  }

  Place place_ = Place::start;
  std::string name_;   // of the tensor, or the metadata's key
  std::string field_;  // of the tensor or of the metadata
  SafetensorsEntry entry_;
  std::vector<std::uint64_t> offsets_;
  std::size_t entries_ = 0;
  bool has_metadata_ = false, has_type_ = false, has_shape_ = false, has_offsets_ = false;
  SafetensorsHeader header_;
  std::string fault_;
};

/// Tensors must cover the data without gap or overlap, each with the bytes of its shape.
NASNET_LAZY inline void check_safetensors_layout(const SafetensorsHeader& header, const std::string& origin) {
  using Named = std::pair<const std::string, SafetensorsEntry>;
  std::vector<const Named*> by_place;
  for (const Named& named : header.entries) by_place.push_back(&named);
  std::sort(by_place.begin(), by_place.end(), [](const Named* a, const Named* b) {
    return a->second.begin != b->second.begin ? a->second.begin < b->second.begin : a->second.end < b->second.end;
  });
  std::uint64_t covered = 0;
  for (const Named* named : by_place) {
    const auto& [name, entry] = *named;
    const auto needed = bytes_claimed(size_of(entry.type), entry.extents);
    if (entry.begin > entry.end || needed != entry.end - entry.begin) {
      fail<IoError>("'", origin, "': tensor ", legible(name), " has data_offsets ", entry.begin, " and ", entry.end,
                    ", which are not the bytes of its shape and dtype");
    }
    if (entry.begin != covered) {
      fail<IoError>("'", origin, "': tensor ", legible(name), " begins at byte ", entry.begin, " of the data, ",
                    covered, " is wanted: tensors must not overlap or leave gaps");
    }
    covered = entry.end;
  }
  if (covered != header.data.size()) {
    fail<IoError>("'", origin, "': it holds ", header.data.size(), " bytes of data, its header speaks of ", covered);
  }
}

/// The JSON part of the file.
NASNET_LAZY [[nodiscard]] inline std::span<const std::uint8_t> safetensors_header_bytes(
    std::span<const std::uint8_t> file, const std::string& origin) {
  if (file.size() < 8) fail<IoError>("'", origin, "': no safetensors file: it has ", file.size(), " bytes");
  std::uint64_t length = 0;
  std::memcpy(&length, file.data(), sizeof length);
  if (length > largest_safetensors_header) {
    fail<IoError>("'", origin, "': no safetensors file: its header would have ", length, " bytes");
  }
  if (length > file.size() - 8) {
    fail<IoError>("'", origin, "': truncated: its header has ", length, " bytes, ", file.size() - 8, " are there");
  }
  const auto text = file.subspan(8, static_cast<std::size_t>(length));
  if (text.empty() || text[0] != '{')
    fail<IoError>("'", origin, "': no safetensors file: its header is no JSON object");
  return text;
}

NASNET_LAZY [[nodiscard]] inline SafetensorsHeader parse_safetensors_header(std::span<const std::uint8_t> file,
                                                                            const std::string& origin) {
  const auto text = safetensors_header_bytes(file, origin);
  auto reader = SafetensorsHeaderReader();
  if (!read_json({reinterpret_cast<const char*>(text.data()), text.size()}, reader)) {
    fail<IoError>("'", origin, "': broken header: ", reader.fault());
  }
  SafetensorsHeader header = std::move(reader.header());
  header.data = file.subspan(8 + text.size());
  check_safetensors_layout(header, origin);
  return header;
}

}  // namespace nasnet::inline NASNET_ABI::detail
