/// Reading fields of JSON by name, whatever holds them: a line of a journal, the saved state of a strategy.
#pragma once

#include <cstdint>                // int64_t, uint64_t
#include <cstdlib>                // abort
#include <limits>                 // numeric_limits
#include <nlohmann/json_fwd.hpp>  // json
#include <optional>               // optional
#include <string>                 // string
#include <string_view>            // string_view

#include "nasnet/core/error.hpp"
#include "nasnet/genotype/architecture.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// The hash that hex_text writes in this way.
NASNET_LAZY [[nodiscard]] std::optional<std::uint64_t> hash_of_text(std::string_view text);

/// Fields by name. Whoever derives from it finds them, and says where they stand when one is missing or of another
/// kind.
class FieldReader {
 public:
  NASNET_LAZY [[nodiscard]] bool has(std::string_view key) const;

  NASNET_LAZY [[nodiscard]] const nlohmann::json& field(std::string_view key) const;

  NASNET_LAZY [[nodiscard]] const std::string& text(std::string_view key) const;

  /// A whole number from 0 to `most`.
  NASNET_LAZY [[nodiscard]] std::int64_t count(std::string_view key,
                                               std::int64_t most = (std::numeric_limits<std::int64_t>::max)()) const;

  NASNET_LAZY [[nodiscard]] std::uint64_t unsigned_number(std::string_view key) const;

  /// A finite number.
  NASNET_LAZY [[nodiscard]] double number(std::string_view key) const;

  NASNET_LAZY [[nodiscard]] double number_in(const nlohmann::json& value, std::string_view key) const;

  NASNET_LAZY [[nodiscard]] bool flag(std::string_view key) const;

  NASNET_LAZY [[nodiscard]] const nlohmann::json& list(std::string_view key) const;

  NASNET_LAZY [[nodiscard]] std::uint64_t hash(std::string_view key) const;

  /// From its text form.
  NASNET_LAZY [[nodiscard]] Architecture architecture(std::string_view key) const;

  template <class... Parts>
  [[noreturn]] NASNET_COLD void fail_here(const Parts&... parts) const {
    fail_with(join(parts...));
    std::abort();  // never reached: GCC does not see that a virtual function never returns
  }

 protected:
  FieldReader() = default;
  FieldReader(const FieldReader&) = default;
  FieldReader(FieldReader&&) = default;
  FieldReader& operator=(const FieldReader&) = default;
  FieldReader& operator=(FieldReader&&) = default;
  ~FieldReader() = default;

  /// Nullptr where there is none.
  [[nodiscard]] virtual const nlohmann::json* find(std::string_view key) const = 0;

  /// The text of this field where it is kept apart from the others.
  [[nodiscard]] virtual std::optional<std::string_view> text_apart(std::string_view key) const;

  /// Throws an error that says where.
  [[noreturn]] virtual void fail_with(const std::string& what) const = 0;
};

}  // namespace nasnet::inline NASNET_ABI::detail

#if NASNET_HEADER_ONLY
#include "nasnet/trial/field_reader.ipp"
#endif
