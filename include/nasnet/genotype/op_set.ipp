#pragma once

#include "nasnet/genotype/op_set.hpp"

#include <memory>       // make_shared
#include <string>       // string
#include <string_view>  // string_view
#include <utility>      // move
#include <vector>       // vector

#include "nasnet/core/error.hpp"
#include "nasnet/fwd.hpp"
#include "nasnet/genotype/detail/nearest_name.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY OpTable::OpTable(std::vector<OpEntry> entries)
    : entries_(std::make_shared<const std::vector<OpEntry>>(std::move(entries))) {
  for (const OpEntry& entry : *this) {
    const std::string& name = entry.name;
    if (!is_op_name(name)) fail<GenotypeError>("op table: ", detail::quoted_name(name), " cannot name an op");
    if (find(name) != &entry) fail<GenotypeError>("op table: two ops are named '", name, "'");
  }
}

NASNET_BODY const OpEntry* OpTable::find(std::string_view name) const {
  for (const OpEntry& entry : *this) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

NASNET_BODY const OpEntry& OpTable::at(std::string_view name) const {
  const OpEntry* entry = find(name);
  if (entry == nullptr) fail<GenotypeError>(detail::unknown_name_sentence("op", name, names()));
  return *entry;
}

NASNET_BODY std::vector<std::string_view> OpTable::names() const {
  std::vector<std::string_view> names;
  for (const OpEntry& entry : *this) names.emplace_back(entry.name);
  return names;
}

NASNET_BODY std::vector<OpInfo> OpTable::infos() const {
  std::vector<OpInfo> infos;
  for (const OpEntry& entry : *this) infos.push_back({entry.name, entry.is_identity, entry.is_zero});
  return infos;
}

}  // namespace nasnet::inline NASNET_ABI

namespace nasnet::inline NASNET_ABI::detail {

NASNET_BODY OpTable op_table(std::span<const OpInfo> ops, std::span<const OpExpansion> expansions) {
  std::vector<OpEntry> entries;
  for (std::size_t i = 0; i < ops.size(); ++i) {
    entries.push_back({std::string(ops[i].name), ops[i].is_identity, ops[i].is_zero, expansions[i]});
  }
  return OpTable(std::move(entries));
}

}  // namespace nasnet::inline NASNET_ABI::detail
