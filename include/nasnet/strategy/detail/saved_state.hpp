/// Reading what a strategy has saved. For .ipp files: it brings the library for JSON.
#pragma once

#include <nlohmann/json.hpp>  // json
#include <string>             // string
#include <string_view>        // string_view

#include "nasnet/core/error.hpp"
#include "nasnet/core/failure.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/json.hpp"
#include "nasnet/genotype/json_values.hpp"
#include "nasnet/strategy/detail/scored.hpp"
#include "nasnet/trial/field_reader.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Fields of a saved state. Whatever is missing or of another kind is a DataError that names the strategy and the key.
class SavedState final : public FieldReader {
 public:
  /// @param state outlives this object
  NASNET_LAZY SavedState(std::string_view owner, const nlohmann::json& state) : owner_(owner), state_(state) {
    if (!state.is_object()) fail_here("it is no JSON object");
  }

  /// From its JSON form.
  NASNET_LAZY [[nodiscard]] Architecture architecture_tree(const char* key) const {
    Architecture architecture;
    const auto failure = catch_failure([&] { architecture = architecture_from_json(field(key), key); });
    if (failure) fail_here(failure->message);
    return architecture;
  }

  /// For a value that is not what was saved.
  NASNET_LAZY [[noreturn]] NASNET_COLD void fail_at(const char* key) const {
    fail_here("the field \"", key, "\" is not what this strategy saves");
  }

  /// A state within this one.
  [[nodiscard]] SavedState part(const nlohmann::json& state) const { return {owner_, state}; }

 private:
  [[nodiscard]] const nlohmann::json* find(std::string_view key) const override { return field_of(state_, key); }

  [[noreturn]] void fail_with(const std::string& what) const override {
    fail<DataError>(owner_, ": the saved state: ", what);
  }

  std::string_view owner_;
  const nlohmann::json& state_;
};

NASNET_LAZY [[nodiscard]] inline nlohmann::json save_scored(const Scored& scored) {
  return nlohmann::json::object({{"architecture", to_json(scored.architecture)}, {"accuracy", scored.accuracy}});
}

NASNET_LAZY [[nodiscard]] inline Scored load_scored(const SavedState& state) {
  return {state.architecture_tree("architecture"), state.number("accuracy")};
}

}  // namespace nasnet::inline NASNET_ABI::detail
