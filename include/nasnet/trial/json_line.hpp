/// The lines of a journal: writing them, and reading fields from what may be damaged.
#pragma once

#include <cstdint>                // int64_t, uint64_t
#include <memory>                 // shared_ptr
#include <nlohmann/json_fwd.hpp>  // json, ordered_json
#include <optional>               // optional
#include <string>                 // string
#include <string_view>            // string_view
#include <vector>                 // vector

#include "nasnet/trial/field_reader.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// One line of JSON; bytes of a message that are no UTF-8 are replaced.
NASNET_LAZY [[nodiscard]] std::string one_line(const nlohmann::json& value);
NASNET_LAZY [[nodiscard]] std::string one_line(const nlohmann::ordered_json& value);

/// A field of a line with its value.
struct JsonField;

/// A line of a journal as it is read. Each error names the file and the line.
class JournalLine final : public FieldReader {
 public:
  /// @param path of the file; outlives this object
  /// @param number counts the lines from 1
  /// @param text outlives this object
  NASNET_LAZY JournalLine(const std::string& path, std::int64_t number, std::string_view text);

  [[nodiscard]] std::int64_t line() const { return line_; }

 private:
  [[nodiscard]] const nlohmann::json* find(std::string_view key) const override;
  [[nodiscard]] std::optional<std::string_view> text_apart(std::string_view key) const override;
  [[noreturn]] void fail_with(const std::string& what) const override;

  static constexpr std::string_view last_key = ",\"architecture\":\"";
  static constexpr std::string_view last_end = "\"}";

  /// The text of the field "architecture" where it is the last one and nothing in it is escaped.
  ///
  /// It is most of the line, and the library for JSON looks at each of its letters several times. What stands before it
  /// is a JSON object without its brace if and only if the line is a JSON object.
  NASNET_LAZY [[nodiscard]] static std::optional<std::string_view> last_architecture(std::string_view text);

  NASNET_LAZY void take_fields(std::string_view text);

  NASNET_LAZY [[nodiscard]] std::string before_last(std::string_view text) const;

  const std::string& path_;
  std::int64_t line_;
  std::optional<std::string_view> last_;  // see last_architecture
  std::shared_ptr<std::vector<JsonField>> fields_;
};

}  // namespace nasnet::inline NASNET_ABI::detail

#if NASNET_HEADER_ONLY
#include "nasnet/trial/json_line.ipp"
#endif
