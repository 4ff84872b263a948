/// Reading what a strategy has saved. For .ipp files: it brings the library for JSON.
#pragma once

#include <cstdint>            // int64_t
#include <limits>             // numeric_limits
#include <nlohmann/json.hpp>  // json
#include <string>             // string
#include <string_view>        // string_view

#include "nasnet/config.hpp"
#include "nasnet/core/error.hpp"
#include "nasnet/core/failure.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/json.hpp"
#include "nasnet/genotype/json_values.hpp"
#include "nasnet/strategy/detail/scored.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Fields of a saved state. Whatever is missing or of another kind is a DataError that names the strategy and the key.
class SavedState {
 public:
  NASNET_LAZY SavedState(std::string_view owner, const nlohmann::json& state) : owner_(owner), state_(state) {
    if (!state.is_object()) fail<DataError>(owner_, ": the saved state is no JSON object");
  }

  NASNET_LAZY [[nodiscard]] bool has(const char* key) const { return state_.contains(key); }

  NASNET_LAZY [[nodiscard]] const nlohmann::json& field(const char* key) const {
    const nlohmann::json* found = field_of(state_, key);
    if (found == nullptr) fail<DataError>(owner_, ": the saved state has no \"", key, '"');
    return *found;
  }

  /// A whole number from 0 to `most`.
  NASNET_LAZY [[nodiscard]] std::int64_t count(const char* key,
                                               std::int64_t most = (std::numeric_limits<std::int64_t>::max)()) const {
    const auto number = whole_number_of(field(key), 0, most);
    if (!number) fail<DataError>(owner_, ": \"", key, "\" of the saved state is no whole number from 0 to ", most);
    return *number;
  }

  /// A whole number of either sign.
  NASNET_LAZY [[nodiscard]] std::int64_t whole_number(const char* key) const {
    const auto number = whole_number_of(field(key), (std::numeric_limits<std::int64_t>::min)());
    if (!number) fail_at(key);
    return *number;
  }

  NASNET_LAZY [[nodiscard]] const std::string& text(const char* key) const {
    const std::string* text = text_of(field(key));
    if (text == nullptr) fail_at(key);
    return *text;
  }

  NASNET_LAZY [[nodiscard]] double number(const char* key) const {
    const auto number = number_of(field(key));
    if (!number) fail_at(key);
    return *number;
  }

  NASNET_LAZY [[nodiscard]] bool flag(const char* key) const {
    const auto flag = flag_of(field(key));
    if (!flag) fail_at(key);
    return *flag;
  }

  NASNET_LAZY [[nodiscard]] const nlohmann::json& list(const char* key) const {
    const nlohmann::json& value = field(key);
    if (!value.is_array()) fail_at(key);
    return value;
  }

  NASNET_LAZY [[nodiscard]] Architecture architecture(const char* key) const {
    Architecture architecture;
    const auto failure = catch_failure([&] { architecture = architecture_from_json(field(key), key); });
    if (failure) fail<DataError>(owner_, ": the saved state: ", failure->message);
    return architecture;
  }

  /// For a value that is not what was saved.
  NASNET_LAZY [[noreturn]] NASNET_COLD void fail_at(const char* key) const {
    fail<DataError>(owner_, ": \"", key, "\" of the saved state is not what this strategy saves");
  }

  /// A state within this one.
  [[nodiscard]] SavedState part(const nlohmann::json& state) const { return {owner_, state}; }

 private:
  std::string_view owner_;
  const nlohmann::json& state_;
};

NASNET_LAZY [[nodiscard]] inline nlohmann::json save_scored(const Scored& scored) {
  return nlohmann::json::object({{"architecture", to_json(scored.architecture)}, {"accuracy", scored.accuracy}});
}

NASNET_LAZY [[nodiscard]] inline Scored load_scored(const SavedState& state) {
  return {state.architecture("architecture"), state.number("accuracy")};
}

}  // namespace nasnet::inline NASNET_ABI::detail
