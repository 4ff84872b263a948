#pragma once

#include "nasnet/genotype/json.hpp"

#include <array>              // array
#include <cstddef>            // size_t
#include <nlohmann/json.hpp>  // json, ordered_json
#include <string>             // string
#include <string_view>        // string_view
#include <vector>             // vector

#include "nasnet/core/error.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/fault.hpp"
#include "nasnet/genotype/strict_json.hpp"

namespace nasnet::inline NASNET_ABI::detail {

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

NASNET_BODY JsonPlace JsonPlace::operator/(std::string_view key) const {
  return JsonPlace(path_.empty() ? std::string(key) : join(path_, '.', key));
}

NASNET_BODY JsonPlace JsonPlace::operator[](std::size_t index) const { return JsonPlace(join(path_, '[', index, ']')); }

NASNET_BODY void require_valid_at(std::string_view path, const Architecture& architecture) {
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

NASNET_BODY Architecture architecture_from_json(std::string_view text) {
  return architecture_from_json(parse_strict_json(text, "architecture"));
}

}  // namespace nasnet::inline NASNET_ABI
