/// What a training depends on, as JSON, for the journal.
#pragma once

#include <cstddef>            // byte, size_t
#include <cstdint>            // int32_t, int64_t, uint64_t, uint8_t
#include <nlohmann/json.hpp>  // json
#include <span>               // as_bytes, span
#include <string>             // string

#include "nasnet/data/dataset.hpp"
#include "nasnet/genotype/hash.hpp"
#include "nasnet/train/trainer.hpp"
#include "nasnet/train/training_record.hpp"

namespace nasnet::inline NASNET_ABI::detail {

NASNET_LAZY [[nodiscard]] inline nlohmann::json recorded_json(const RecordedValue& value) {
  switch (value.kind) {
    case RecordedValue::Kind::whole: return nlohmann::json(value.whole);
    case RecordedValue::Kind::unsigned_whole: return nlohmann::json(value.unsigned_whole);
    case RecordedValue::Kind::real: return nlohmann::json(value.real);
    case RecordedValue::Kind::flag: return nlohmann::json(value.flag);
    default: return nlohmann::json(std::string(value.word));
  }
}

/// Seed, normalisation and what changes no result are left out.
NASNET_LAZY [[nodiscard]] inline nlohmann::json training_json(const TrainOptions& options) {
  nlohmann::json json = nlohmann::json::object();
  for (const RecordedGroup& group : training_record(options, 0)) {
    for (const RecordedField& field : group.fields) {
      if (!field.in_journals) continue;
      nlohmann::json& object = group.object.empty() ? json : json[std::string(group.object)];
      object[std::string(field.name)] = recorded_json(field.value);
    }
  }
  return json;
}

/// A hash of the pixels and labels, wherever they come from (FNV-1a, 64 bits).
NASNET_LAZY [[nodiscard]] inline std::uint64_t data_hash(const ImageDataset& images) {
  std::uint64_t hash = text_hash(images.shape().to_string());
  const auto add = [&hash](std::span<const std::byte> bytes) {
    for (const std::byte byte : bytes) hash = (hash ^ std::to_integer<std::uint64_t>(byte)) * 0x100000001b3U;
  };
  for (std::int64_t index = 0; index < images.size(); ++index) {
    add(std::as_bytes(images.pixels<std::uint8_t>(index)));
    add(std::as_bytes(images.pixels<float>(index)));
    hash = (hash ^ static_cast<std::uint64_t>(images.label(index))) * 0x100000001b3U;
  }
  return hash;
}

}  // namespace nasnet::inline NASNET_ABI::detail
