#include "nasnet/io/safetensors.hpp"

#include "fuzz/fuzz_target.hpp"

namespace {

void run(std::span<const std::uint8_t> bytes) {
  nasnet::TensorFile file;
  if (!fuzz::reads([&] { file = nasnet::parse_safetensors({bytes.begin(), bytes.end()}, "input"); })) return;
  for (const auto& named : file.tensors()) {
    fuzz::reads([&] { static_cast<void>(file.floats(named.first)); });
    fuzz::reads([&] { static_cast<void>(file.values<std::int64_t>(named.first)); });
  }
  // A file that was read can be written and read again, with the same bytes for each tensor.
  std::string text;
  fuzz::require(fuzz::reads([&] { text = nasnet::detail::safetensors_header(file); }), "a file that cannot be written");
  nasnet::Bytes written(text.begin(), text.end());
  for (const auto* named : nasnet::detail::safetensors_order(file)) {
    written.insert(written.end(), named->second.bytes.begin(), named->second.bytes.end());
  }
  const nasnet::TensorFile again = nasnet::parse_safetensors(std::move(written), "again");
  fuzz::require(again.metadata() == file.metadata(), "other metadata");
  fuzz::require(again.tensors().size() == file.tensors().size(), "other tensors");
  for (const auto& [name, tensor] : file.tensors()) {
    const nasnet::StoredTensor& other = again.at(name);
    const bool same = other.to_string() == tensor.to_string() &&
                      std::equal(tensor.bytes.begin(), tensor.bytes.end(), other.bytes.begin(), other.bytes.end());
    fuzz::require(same, "another tensor", name);
  }
}

const fuzz::Registration registration({"safetensors", &run});

}  // namespace
