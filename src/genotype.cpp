#include "nasnet/genotype/architecture.ipp"
#include "nasnet/genotype/canonical.ipp"
#include "nasnet/genotype/cell_genotype.ipp"
#include "nasnet/genotype/darts.ipp"
#include "nasnet/genotype/degeneracy.ipp"
#include "nasnet/genotype/detail/nearest_name.ipp"
#include "nasnet/genotype/emit_header.ipp"
#include "nasnet/genotype/fault.ipp"
#include "nasnet/genotype/json.ipp"
#include "nasnet/genotype/json_values.ipp"
#include "nasnet/genotype/op_set.ipp"
#include "nasnet/genotype/published.ipp"
#include "nasnet/genotype/strict_json.ipp"
#include "nasnet/genotype/text.ipp"

namespace nasnet::inline NASNET_ABI {

template Architecture architecture_from_json(const nlohmann::json& value, std::string_view path);
template Architecture architecture_from_json(const nlohmann::ordered_json& value, std::string_view path);

}  // namespace nasnet::inline NASNET_ABI
