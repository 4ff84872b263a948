/// Images brought to another size.
#pragma once

#include "nasnet/core/size.hpp"
#include "nasnet/core/tensor.hpp"
#include "nasnet/data/dataset.hpp"

namespace nasnet::inline NASNET_ABI {

/// How pixels between pixels are made. All act on rows and columns apart, so that a constant image stays constant.
enum class Interpolation {
  bilinear_corner,  ///< from the two neighbours; pixel i of n lies at i * old / new (TensorFlow 1 without
                    ///< align_corners)
  bilinear,         ///< centres of pixels at halves; a triangle that widens when shrinking, so that nothing is left out
  bicubic,          ///< the same with a cubic of a = -0.5, which may overshoot
  area,             ///< the mean of the old pixels whose centres a new one covers: of 2x2 for half the size
};

/// Images of another size.
/// @param images [N,H,W,C], none of them 0
/// @throws ShapeError for another rank or an empty tensor, ArgumentError for a size of 0.
NASNET_LAZY [[nodiscard]] Tensor<float> resize(const Tensor<float>& images, Size size,
                                               Interpolation interpolation = Interpolation::bilinear);

/// The images of a dataset at another size, as bytes where it stores bytes (rounded, within 0 to 255). Takes
/// N * H * W * C bytes or floats of memory.
/// @throws ArgumentError for a size of 0, DataError for a dataset without images.
NASNET_LAZY [[nodiscard]] ImageDataset resized(const ImageDataset& dataset, Size size,
                                               Interpolation interpolation = Interpolation::bilinear);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/data/resize.ipp"
#endif
