/// What to say about a name that nobody knows.
#pragma once

#include <cstddef>      // size_t
#include <span>         // span
#include <string>       // string
#include <string_view>  // string_view

#include "nasnet/config.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Least number of letters to insert, delete or replace that turns one word into the other.
NASNET_LAZY [[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// The known name closest to `name`, empty where none is near.
NASNET_LAZY [[nodiscard]] std::string_view nearest_name(std::string_view name, std::span<const std::string_view> known);

/// A name fit for an error text: in quotes, cut where it is very long.
NASNET_LAZY [[nodiscard]] std::string quoted_name(std::string_view name);

/// As "unknown op 'sep_conv3x3', did you mean 'sep_conv_3x3'? Known are identity, sep_conv_3x3".
NASNET_LAZY [[nodiscard]] std::string unknown_name_sentence(std::string_view what, std::string_view name,
                                                            std::span<const std::string_view> known);

}  // namespace nasnet::inline NASNET_ABI::detail

#if NASNET_HEADER_ONLY
#include "nasnet/genotype/detail/nearest_name.ipp"
#endif
