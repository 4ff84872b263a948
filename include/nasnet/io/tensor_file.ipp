#pragma once

#include "nasnet/io/tensor_file.hpp"

#include <cstddef>  // size_t
#include <cstdint>  // int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
#include <cstring>  // memcpy
#include <memory>   // make_shared, shared_ptr
#include <span>     // span
#include <string>   // string
#include <utility>  // move
#include <vector>   // vector

#include "nasnet/core/error.hpp"
#include "nasnet/core/file.hpp"
#include "nasnet/core/shape.hpp"
#include "nasnet/core/tensor.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY std::string StoredTensor::to_string() const {
  std::string text = join(nasnet::to_string(type), " [");
  for (std::size_t axis = 0; axis < extents.size(); ++axis) {
    if (axis > 0) text.push_back(',');
    text.append(std::to_string(extents[axis]));
  }
  text.push_back(']');
  return text;
}

NASNET_BODY const StoredTensor& TensorFile::at(const std::string& name) const {
  const auto found = tensors_.find(name);
  if (found == tensors_.end()) fail<DataError>("'", origin_, "': it has no tensor '", name, "'");
  return found->second;
}

NASNET_BODY Tensor<float> TensorFile::floats(const std::string& name, Allocator allocator) const {
  const StoredTensor& stored = at(name);
  Tensor<float> result(shape_of(name, stored), allocator);
  switch (stored.type) {
    case ElementType::f32: convert<float>(stored, result, [](float value) { return value; }); break;
    case ElementType::f64: convert<double>(stored, result, [](double v) { return static_cast<float>(v); }); break;
    case ElementType::f16: convert<std::uint16_t>(stored, result, float_of_half); break;
    case ElementType::bf16: convert<std::uint16_t>(stored, result, float_of_bfloat16); break;
    default: fail<DataError>("'", origin_, "': tensor '", name, "' is ", stored.to_string(), ", floats are wanted");
  }
  return result;
}

template <class Scalar>
Tensor<Scalar> TensorFile::values(const std::string& name) const {
  const StoredTensor& stored = at(name);
  if (stored.type != type_for<Scalar>()) {
    fail<DataError>("'", origin_, "': tensor '", name, "' is ", stored.to_string(), ", ",
                    nasnet::to_string(type_for<Scalar>()), " is wanted");
  }
  Tensor<Scalar> result(shape_of(name, stored));
  convert<Scalar>(stored, result, [](Scalar value) { return value; });
  return result;
}

template <class Scalar>
void TensorFile::set(const std::string& name, Shape shape, std::span<const Scalar> values) {
  if (shape.elements() != static_cast<std::int64_t>(values.size())) {
    fail<ShapeError>("tensor '", name, "': ", values.size(), " values for shape ", shape.to_string());
  }
  Bytes bytes(values.size_bytes());
  if (!bytes.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  set(name, type_for<Scalar>(), {shape.extents().begin(), shape.extents().end()}, std::move(bytes));
}

NASNET_BODY void TensorFile::set(const std::string& name, ElementType type, std::vector<std::int64_t> extents,
                                 Bytes bytes) {
  auto owner = std::make_shared<const Bytes>(std::move(bytes));
  set(name, StoredTensor{type, std::move(extents), *owner, owner});
}

NASNET_BODY void TensorFile::set(const std::string& name, StoredTensor tensor) {
  std::int64_t size = static_cast<std::int64_t>(size_of(tensor.type));
  for (const std::int64_t extent : tensor.extents) {
    if (extent < 0) fail<ShapeError>("tensor '", name, "': ", tensor.to_string(), " has a negative extent");
    size = checked_product(size, extent);
  }
  if (size != static_cast<std::int64_t>(tensor.bytes.size())) {
    fail<ShapeError>("tensor '", name, "': ", tensor.bytes.size(), " bytes for ", tensor.to_string());
  }
  tensors_.insert_or_assign(name, std::move(tensor));
}

NASNET_BODY Shape TensorFile::shape_of(const std::string& name, const StoredTensor& stored) const {
  if (stored.extents.size() > Shape::max_rank) {
    fail<DataError>("'", origin_, "': tensor '", name, "' is ", stored.to_string(), ", at most 4 extents are wanted");
  }
  return Shape(std::span<const std::int64_t>(stored.extents));
}

NASNET_BODY TensorFile::TensorFile(std::string origin) : origin_(std::move(origin)) {}

NASNET_BODY const std::map<std::string, StoredTensor>& TensorFile::tensors() const& { return tensors_; }

NASNET_BODY std::map<std::string, StoredTensor> TensorFile::tensors() && { return std::move(tensors_); }

NASNET_BODY std::map<std::string, std::string>& TensorFile::metadata() & { return metadata_; }

NASNET_BODY const std::map<std::string, std::string>& TensorFile::metadata() const& { return metadata_; }

NASNET_BODY std::map<std::string, std::string> TensorFile::metadata() && { return std::move(metadata_); }

NASNET_BODY bool TensorFile::contains(const std::string& name) const { return tensors_.find(name) != tensors_.end(); }

}  // namespace nasnet::inline NASNET_ABI
