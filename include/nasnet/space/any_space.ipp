#pragma once

#include "nasnet/space/any_space.hpp"

#include <cstdint>  // int64_t, uint64_t
#include <string>   // string

#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/hash.hpp"
#include "nasnet/space/search_space.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY std::uint64_t AnySpace::canonical_hash(const Architecture& architecture) const {
  return space_->canonical_hash(architecture);
}

NASNET_BODY std::string AnySpace::fingerprint() const { return hex_text(text_hash(description())); }

NASNET_BODY bool AnySpace::contains(const Architecture& architecture) const { return !reason_against(architecture); }

}  // namespace nasnet::inline NASNET_ABI
