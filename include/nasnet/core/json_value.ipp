#pragma once

#include "nasnet/core/json_value.hpp"

#include <memory>             // make_unique
#include <nlohmann/json.hpp>  // json
#include <utility>            // move

namespace nasnet::inline NASNET_ABI {

template <class Json>
BasicJsonValue<Json>::BasicJsonValue() : value_(std::make_unique<Json>(Json::object())) {}

template <class Json>
BasicJsonValue<Json>::BasicJsonValue(const BasicJsonValue& other)
    : value_(other.value_ ? std::make_unique<Json>(*other.value_) : nullptr) {}

template <class Json>
BasicJsonValue<Json>::BasicJsonValue(BasicJsonValue&& other) noexcept = default;

template <class Json>
BasicJsonValue<Json>& BasicJsonValue<Json>::operator=(const BasicJsonValue& other) {
  return *this = BasicJsonValue(other);
}

template <class Json>
BasicJsonValue<Json>& BasicJsonValue<Json>::operator=(BasicJsonValue&& other) noexcept = default;

template <class Json>
BasicJsonValue<Json>::~BasicJsonValue() = default;

template <class Json>
BasicJsonValue<Json>::BasicJsonValue(FromJson, const Json& value) : value_(std::make_unique<Json>(value)) {}

template <class Json>
BasicJsonValue<Json>::BasicJsonValue(FromJson, Json&& value) : value_(std::make_unique<Json>(std::move(value))) {}

template <class Json>
bool BasicJsonValue<Json>::equals(const BasicJsonValue& other) const {
  return *value_ == *other.value_;
}

}  // namespace nasnet::inline NASNET_ABI
