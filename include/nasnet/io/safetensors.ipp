#pragma once

#include "nasnet/io/safetensors.hpp"

#include <algorithm>  // stable_sort
#include <cstddef>    // size_t
#include <cstdint>    // uint64_t
#include <cstring>    // memcpy
#include <memory>     // make_shared
#include <nlohmann/json.hpp>
#include <string>   // string
#include <utility>  // exchange, move, pair
#include <vector>   // vector

#include "nasnet/core/error.hpp"
#include "nasnet/core/failure.hpp"
#include "nasnet/core/file.hpp"
#include "nasnet/core/file_path.hpp"
#include "nasnet/io/detail/safetensors_header.hpp"
#include "nasnet/io/tensor_file.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY TensorFile parse_safetensors(Bytes bytes, std::string origin) {
  const auto owner = std::make_shared<const Bytes>(std::move(bytes));
  auto header = detail::parse_safetensors_header(*owner, origin);
  TensorFile file(std::move(origin));
  file.metadata() = std::move(header.metadata);
  for (auto& [name, entry] : header.entries) {
    const auto begin = static_cast<std::size_t>(entry.begin);
    const auto size = static_cast<std::size_t>(entry.end - entry.begin);
    file.set(name, StoredTensor{entry.type, std::move(entry.extents), header.data.subspan(begin, size), owner});
  }
  return file;
}

}  // namespace nasnet::inline NASNET_ABI

namespace nasnet::inline NASNET_ABI::detail {

NASNET_BODY std::vector<const std::pair<const std::string, StoredTensor>*> safetensors_order(const TensorFile& file) {
  std::vector<const std::pair<const std::string, StoredTensor>*> order;
  for (const auto& named : file.tensors()) order.push_back(&named);
  std::stable_sort(order.begin(), order.end(),
                   [](const auto* a, const auto* b) { return size_of(a->second.type) > size_of(b->second.type); });
  return order;
}

NASNET_BODY std::string safetensors_header(const TensorFile& file) {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!file.metadata().empty()) header[std::string(safetensors_metadata_key)] = file.metadata();
  std::uint64_t end = 0;
  for (const auto* named : safetensors_order(file)) {
    const auto& [name, tensor] = *named;
    if (name == safetensors_metadata_key) fail<DataError>("safetensors: no tensor can be called '", name, "'");
    const std::uint64_t begin = std::exchange(end, end + tensor.bytes.size());
    header[name] = {{"dtype", to_string(tensor.type)}, {"shape", tensor.extents}, {"data_offsets", {begin, end}}};
  }
  std::string text;
  const auto failure = catch_failure([&] { text = header.dump(); });
  if (failure) fail<DataError>("safetensors: a name or note is not UTF-8: ", failure->message);
  text.append((8 - text.size() % 8) % 8, ' ');
  const std::uint64_t length = text.size();
  std::string prefix(sizeof length, '\0');
  std::memcpy(prefix.data(), &length, sizeof length);
  return prefix.append(text);
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY void write_safetensors(const FilePath& path, const TensorFile& contents) {
  const std::string header = detail::safetensors_header(contents);
  AtomicFile file(path);
  file.write(header);
  for (const auto* named : detail::safetensors_order(contents)) file.write(named->second.bytes);
  file.commit();
}

NASNET_BODY TensorFile read_safetensors(const FilePath& path, std::uint64_t limit) {
  return parse_safetensors(read_file(path, limit), path.string());
}

}  // namespace nasnet::inline NASNET_ABI
