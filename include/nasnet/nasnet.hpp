/// Neural architecture search over cells: everything that needs a C++20 compiler, Eigen and nlohmann/json.
///
/// Not here: nasnet/data/gzip.hpp (needs zlib) and nasnet/cuda/ (needs the compiled library nasnet::cuda).
#pragma once

