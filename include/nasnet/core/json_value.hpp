/// A JSON value as a member or a result, in headers that leave the library for JSON to those who look inside.
#pragma once

#include <concepts>               // same_as
#include <memory>                 // unique_ptr
#include <nlohmann/json_fwd.hpp>  // json
#include <utility>                // move

#include "nasnet/config.hpp"

namespace nasnet::inline NASNET_ABI {

/// Owns a value of the library for JSON, which is complete without that library's header. JsonValue is the one in use;
/// as a template it costs those nothing who never touch it.
///
///     nasnet::JsonValue settings() const { return nlohmann::json{{"name", "mine"}, {"seed", seed_}}; }
///     const nlohmann::json& inside = strategy.settings().get();
template <class Json>
class BasicJsonValue {
 public:
  /// An empty object.
  BasicJsonValue();

  /// A nlohmann::json as it is; of braces it has to be made by name, since they would mean something else here.
  template <std::same_as<Json> Value>
  BasicJsonValue(const Value& value) : BasicJsonValue(FromJson{}, value) {}  // NOLINT: it is the same value
  template <std::same_as<Json> Value>
  BasicJsonValue(Value&& value) : BasicJsonValue(FromJson{}, std::move(value)) {}  // NOLINT: it is the same value

  BasicJsonValue(const BasicJsonValue& other);
  BasicJsonValue(BasicJsonValue&& other) noexcept;  ///< the other has no value until it is assigned one
  BasicJsonValue& operator=(const BasicJsonValue& other);
  BasicJsonValue& operator=(BasicJsonValue&& other) noexcept;
  ~BasicJsonValue();

  [[nodiscard]] const Json& get() const { return *value_; }
  [[nodiscard]] Json& get() { return *value_; }

  /// What nlohmann::json has under this key or at this place.
  template <class Key>
  [[nodiscard]] const Json& operator[](const Key& key) const {
    return get()[key];
  }
  template <class Key>
  [[nodiscard]] Json& operator[](const Key& key) {
    return get()[key];
  }

  /// Where nlohmann::json is wanted: as an argument, and as a part of another value.
  [[nodiscard]] operator const Json&() const { return *value_; }  // NOLINT: it is the same value

  /// A template, so that a nlohmann::json on one side is compared as that library does.
  template <std::same_as<BasicJsonValue> Other>
  [[nodiscard]] bool operator==(const Other& other) const {
    return equals(other);
  }

 private:
  struct FromJson {};

  BasicJsonValue(FromJson, const Json& value);
  BasicJsonValue(FromJson, Json&& value);

  [[nodiscard]] bool equals(const BasicJsonValue& other) const;

  std::unique_ptr<Json> value_;  // null in what was moved from
};

using JsonValue = BasicJsonValue<nlohmann::json>;

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/core/json_value.ipp"
#endif
