#pragma once

#include "nasnet/genotype/json.hpp"

#include <array>              // array
#include <concepts>           // same_as
#include <cstddef>            // size_t
#include <limits>             // numeric_limits
#include <nlohmann/json.hpp>  // json, ordered_json
#include <optional>           // optional
#include <string>             // string
#include <string_view>        // string_view
#include <vector>             // vector

#include "nasnet/core/error.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/detail/nearest_name.hpp"
#include "nasnet/genotype/fault.hpp"
#include "nasnet/genotype/json_values.hpp"
#include "nasnet/genotype/strict_json.hpp"

namespace nasnet::inline NASNET_ABI::detail {

inline constexpr std::string_view current_first = "current-first";

template <class Json>
[[nodiscard]] int json_int(const Json& value, const JsonPlace& place, std::string_view what) {
  if (!value.is_number_integer()) place.fail_here(what, " expected, found ", found_json(value));
  const auto number = whole_number_of(value, (std::numeric_limits<int>::min)(), (std::numeric_limits<int>::max)());
  if (!number) place.fail_here(what, " expected, found ", value.dump(), ", which is out of range");
  return static_cast<int>(*number);
}

template <class Json>
[[nodiscard]] const std::string& json_text(const Json& value, const JsonPlace& place, std::string_view what) {
  const std::string* text = text_of(value);
  if (text == nullptr) place.fail_here(what, " expected, found ", found_json(value));
  return *text;
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

NASNET_LAZY [[nodiscard]] inline nlohmann::ordered_json operand_json(const BlockInput& operand) {
  return nlohmann::ordered_json::array({operand.state, operand.op});
}

NASNET_LAZY [[nodiscard]] inline nlohmann::ordered_json block_json(const Block& block) {
  nlohmann::ordered_json json;
  json["left"] = operand_json(block.left);
  json["right"] = operand_json(block.right);
  json["combine"] = std::string(to_string(block.combine));
  return json;
}

NASNET_LAZY [[nodiscard]] inline nlohmann::ordered_json cell_json(const Cell& cell) {
  nlohmann::ordered_json json;
  json["blocks"] = nlohmann::ordered_json::array();
  for (const Block& block : cell.blocks) json["blocks"].push_back(block_json(block));
  json["concat"] = cell.concat;
  return json;
}

/// A JSON string, bytes that are no UTF-8 replaced.
NASNET_LAZY [[nodiscard]] inline std::string quoted_json(std::string_view text) {
  return nlohmann::json(std::string(text)).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

NASNET_LAZY [[nodiscard]] inline std::string operand_json_text(const BlockInput& operand) {
  return join('[', operand.state, ", ", quoted_json(operand.op), ']');
}

NASNET_LAZY [[nodiscard]] inline std::string block_json_text(const Block& block) {
  return join("{\"left\": ", operand_json_text(block.left), ", \"right\": ", operand_json_text(block.right),
              ", \"combine\": \"", to_string(block.combine), "\"}");
}

NASNET_LAZY [[nodiscard]] inline std::string states_json_text(const std::vector<int>& states) {
  std::string text;
  for (const int state : states) text.append(text.empty() ? "" : ", ").append(std::to_string(state));
  return join('[', text, ']');
}

NASNET_LAZY [[nodiscard]] inline std::string cell_json_text(const Cell& cell) {
  std::string blocks;
  for (const Block& block : cell.blocks) {
    blocks.append(blocks.empty() ? "\n    " : ",\n    ").append(block_json_text(block));
  }
  return join("{\"blocks\": [", blocks, "],\n  \"concat\": ", states_json_text(cell.concat), '}');
}

/// The first rule that the architecture breaks, under the path of its JSON value.
NASNET_LAZY inline void require_valid_at(std::string_view path, const Architecture& architecture) {
  if (const Fault fault = validate(architecture)) {
    fail<GenotypeError>(path, path.empty() ? "" : ".", describe(fault, architecture));
  }
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY nlohmann::ordered_json to_json(const Architecture& architecture) {
  nlohmann::ordered_json json;
  json["numbering"] = std::string(detail::current_first);
  if (architecture.inputs != Architecture{}.inputs) json["inputs"] = architecture.inputs;
  json["normal"] = detail::cell_json(architecture.normal);
  json["reduction"] = detail::cell_json(architecture.reduction);
  return json;
}

NASNET_BODY std::string to_json_text(const Architecture& architecture) {
  std::string text("{\"numbering\": \"");
  text.append(detail::current_first).append("\",\n");
  if (architecture.inputs != Architecture{}.inputs) text.append(join(" \"inputs\": ", architecture.inputs, ",\n"));
  text.append(" \"normal\": ").append(detail::cell_json_text(architecture.normal)).append(",\n");
  return text.append(" \"reduction\": ").append(detail::cell_json_text(architecture.reduction)).append("}");
}

template <class Json>
  requires std::same_as<Json, nlohmann::json> || std::same_as<Json, nlohmann::ordered_json> Architecture
  architecture_from_json(const Json& value, std::string_view path) {
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

NASNET_BODY Architecture architecture_from_json(std::string_view text) {
  return architecture_from_json(parse_strict_json(text, "architecture"));
}

}  // namespace nasnet::inline NASNET_ABI
