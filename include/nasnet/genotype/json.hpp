/// The JSON form of an architecture.
///
///     {"numbering": "current-first",
///      "normal":    {"blocks": [{"left": [0, "sep_conv_5x5"], "right": [1, "sep_conv_3x3"], "combine": "add"}],
///                    "concat": [2]},
///      "reduction": {"blocks": [...], "concat": [...]}}
///
/// "numbering" has this one value, state 0 is the more recent input, and stands in every file: there are files of the
/// other numbering, and nothing else in them tells. "inputs" is 2 where it is absent, "combine" is "add", "concat" is
/// the loose ends. Any other key is an error.
#pragma once

#include <array>              // array
#include <cstddef>            // size_t
#include <cstdint>            // int64_t, uint64_t
#include <limits>             // numeric_limits
#include <nlohmann/json.hpp>  // json, ordered_json
#include <optional>           // optional
#include <span>               // span
#include <string>             // string
#include <string_view>        // string_view
#include <vector>             // vector

#include "nasnet/core/error.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/detail/nearest_name.hpp"
#include "nasnet/genotype/fault.hpp"

namespace nasnet::inline NASNET_ABI {

namespace detail {

inline constexpr std::string_view current_first = "current-first";

/// Where a value stands, for error texts.
class JsonPlace {
 public:
  explicit JsonPlace(std::string_view path) : path_(path) {}

  NASNET_LAZY [[nodiscard]] JsonPlace operator/(std::string_view key) const;
  NASNET_LAZY [[nodiscard]] JsonPlace operator[](std::size_t index) const;

  template <class... Parts>
  [[noreturn]] void fail_here(const Parts&... parts) const {
    if (path_.empty()) fail<GenotypeError>("architecture: ", parts...);
    fail<GenotypeError>(path_, ": ", parts...);
  }

 private:
  std::string path_;
};

/// A value for an error text: its kind, and what it is where that is short.
template <class Json>
[[nodiscard]] std::string found_json(const Json& value) {
  if (value.is_string()) return join("the text ", quoted_name(value.template get_ref<const std::string&>()));
  if (value.is_array()) return join("an array of ", value.size());
  if (value.is_object()) return std::string("an object");
  return value.dump();
}

template <class Json>
void require_object(const Json& value, const JsonPlace& place, std::span<const std::string_view> keys) {
  if (!value.is_object()) place.fail_here("an object expected, found ", found_json(value));
  for (auto item = value.begin(); item != value.end(); ++item) {
    bool known = false;
    for (const std::string_view key : keys) known = known || key == item.key();
    if (!known) place.fail_here(unknown_name_sentence("key", item.key(), keys));
  }
}

template <class Json>
[[nodiscard]] const Json& required(const Json& object, const JsonPlace& place, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) place.fail_here("the key \"", key, "\" is missing");
  return *found;
}

template <class Json>
[[nodiscard]] int json_int(const Json& value, const JsonPlace& place, std::string_view what) {
  if (!value.is_number_integer()) place.fail_here(what, " expected, found ", found_json(value));
  constexpr auto least = std::int64_t{(std::numeric_limits<int>::min)()};
  constexpr auto most = std::int64_t{(std::numeric_limits<int>::max)()};
  const bool fits = value.is_number_unsigned()
                        ? value.template get<std::uint64_t>() <= static_cast<std::uint64_t>(most)
                        : value.template get<std::int64_t>() >= least && value.template get<std::int64_t>() <= most;
  if (!fits) place.fail_here(what, " expected, found ", value.dump(), ", which is out of range");
  return value.template get<int>();
}

template <class Json>
[[nodiscard]] const std::string& json_text(const Json& value, const JsonPlace& place, std::string_view what) {
  if (!value.is_string()) place.fail_here(what, " expected, found ", found_json(value));
  return value.template get_ref<const std::string&>();
}

template <class Json>
[[nodiscard]] BlockInput operand_from_json(const Json& value, const JsonPlace& place) {
  if (!value.is_array() || value.size() != 2) {
    place.fail_here("[state, \"op\"] expected, found ", found_json(value));
  }
  return {json_int(value[0], place, "a state number"), json_text(value[1], place, "the name of an op")};
}

template <class Json>
[[nodiscard]] Combiner combiner_from_json(const Json& value, const JsonPlace& place) {
  const std::string& name = json_text(value, place, "the name of a combiner");
  const std::optional<Combiner> combine = combiner_named(name);
  if (!combine) {
    std::vector<std::string_view> known;
    for (const Combiner each : all_combiners) known.push_back(to_string(each));
    place.fail_here(unknown_name_sentence("combiner", name, known));
  }
  return *combine;
}

template <class Json>
[[nodiscard]] Block block_from_json(const Json& value, const JsonPlace& place) {
  constexpr std::array<std::string_view, 3> keys{"left", "right", "combine"};
  require_object(value, place, keys);
  Block block;
  block.left = operand_from_json(required(value, place, "left"), place / "left");
  block.right = operand_from_json(required(value, place, "right"), place / "right");
  if (value.contains("combine")) block.combine = combiner_from_json(value["combine"], place / "combine");
  return block;
}

template <class Json>
void require_array(const Json& value, const JsonPlace& place, std::string_view what, std::size_t most) {
  if (!value.is_array()) place.fail_here("an array of ", what, " expected, found ", found_json(value));
  if (value.size() > most) place.fail_here(value.size(), ' ', what, " found, at most ", most, " are possible");
}

template <class Json>
[[nodiscard]] std::vector<Block> blocks_from_json(const Json& value, const JsonPlace& place) {
  require_array(value, place, "blocks", std::size_t{max_cell_blocks});
  std::vector<Block> blocks;
  for (std::size_t b = 0; b < value.size(); ++b) blocks.push_back(block_from_json(value[b], place[b]));
  return blocks;
}

template <class Json>
[[nodiscard]] std::vector<int> concat_from_json(const Json& value, const JsonPlace& place) {
  require_array(value, place, "states", std::size_t{max_cell_blocks + max_cell_inputs});
  std::vector<int> concat;
  for (std::size_t i = 0; i < value.size(); ++i) concat.push_back(json_int(value[i], place[i], "a state number"));
  return concat;
}

template <class Json>
[[nodiscard]] Cell cell_from_json(const Json& value, const JsonPlace& place, int inputs) {
  constexpr std::array<std::string_view, 2> keys{"blocks", "concat"};
  require_object(value, place, keys);
  Cell cell;
  cell.blocks = blocks_from_json(required(value, place, "blocks"), place / "blocks");
  cell.concat =
      value.contains("concat") ? concat_from_json(value["concat"], place / "concat") : loose_ends(cell, inputs);
  return cell;
}

template <class Json>
void require_numbering(const Json& value, const JsonPlace& place) {
  if (json_text(value, place, "\"current-first\"") == current_first) return;
  place.fail_here("\"", current_first, "\" expected (state 0 is the more recent input), found ", found_json(value));
}

template <class Json>
[[nodiscard]] int inputs_from_json(const Json& value, const JsonPlace& place) {
  const int inputs = json_int(value, place, "a number of inputs");
  if (const Fault fault = inputs_fault(inputs)) place.fail_here(reason_of(fault));
  return inputs;
}

/// The first rule that the architecture breaks, under the path of its JSON value.
NASNET_LAZY void require_valid_at(std::string_view path, const Architecture& architecture);

}  // namespace detail

/// The JSON form as a value whose keys keep their order.
NASNET_LAZY [[nodiscard]] nlohmann::ordered_json to_json(const Architecture& architecture);

/// The JSON form as text for people: a block a line, no line break at the end.
NASNET_LAZY [[nodiscard]] std::string to_json_text(const Architecture& architecture);

/// Reads the JSON form from a value that stands at `path` of a larger one. Ops are any names; check them against an op
/// set with require_valid.
/// @throws GenotypeError that names the place, as "normal.blocks[2].left", what was found and what was wanted.
template <class Json>
requires nlohmann::detail::is_basic_json<Json>::value [[nodiscard]] Architecture architecture_from_json(
    const Json& value, std::string_view path = {}) {
  constexpr std::array<std::string_view, 4> keys{"numbering", "inputs", "normal", "reduction"};
  const detail::JsonPlace place(path);
  detail::require_object(value, place, keys);
  Architecture architecture;
  detail::require_numbering(detail::required(value, place, "numbering"), place / "numbering");
  if (value.contains("inputs")) architecture.inputs = detail::inputs_from_json(value["inputs"], place / "inputs");
  const Json& normal = detail::required(value, place, "normal");
  const Json& reduction = detail::required(value, place, "reduction");
  architecture.normal = detail::cell_from_json(normal, place / "normal", architecture.inputs);
  architecture.reduction = detail::cell_from_json(reduction, place / "reduction", architecture.inputs);
  detail::require_valid_at(path, architecture);
  return architecture;
}

/// Reads the JSON form from a text.
/// @throws GenotypeError as above; for broken syntax with line and column.
NASNET_LAZY [[nodiscard]] Architecture architecture_from_json(std::string_view text);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/genotype/json.ipp"
#endif
