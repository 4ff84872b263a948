#pragma once

#include "nasnet/genotype/emit_header.hpp"

#include <algorithm>    // all_of, find
#include <array>        // array
#include <cstddef>      // size_t
#include <string>       // string
#include <string_view>  // string_view
#include <vector>       // vector

#include "nasnet/core/error.hpp"
#include "nasnet/core/file.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/detail/nearest_name.hpp"
#include "nasnet/genotype/fault.hpp"
#include "nasnet/genotype/ops.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// What no name of a constant, namespace or op set can be: the keywords, and the library's and standard's namespaces.
inline constexpr std::array<std::string_view, 94> words_of_cpp{
    "alignas",   "alignof",      "and",           "and_eq",
    "asm",       "auto",         "bitand",        "bitor",
    "bool",      "break",        "case",          "catch",
    "char",      "char16_t",     "char32_t",      "char8_t",
    "class",     "co_await",     "co_return",     "co_yield",
    "compl",     "concept",      "const",         "const_cast",
    "consteval", "constexpr",    "constinit",     "continue",
    "decltype",  "default",      "delete",        "do",
    "double",    "dynamic_cast", "else",          "enum",
    "explicit",  "export",       "extern",        "false",
    "float",     "for",          "friend",        "goto",
    "if",        "inline",       "int",           "long",
    "mutable",   "namespace",    "nasnet",        "new",
    "noexcept",  "not",          "not_eq",        "nullptr",
    "operator",  "or",           "or_eq",         "private",
    "protected", "public",       "register",      "reinterpret_cast",
    "requires",  "return",       "short",         "signed",
    "sizeof",    "static",       "static_assert", "static_cast",
    "std",       "struct",       "switch",        "template",
    "this",      "thread_local", "throw",         "true",
    "try",       "typedef",      "typeid",        "typename",
    "union",     "unsigned",     "using",         "virtual",
    "void",      "volatile",     "wchar_t",       "while",
    "xor",       "xor_eq"};

/// Letters, digits and single '_', a letter first: what every C++ program may declare.
[[nodiscard]] constexpr bool is_plain_identifier(std::string_view name) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto fits = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_'; };
  return !name.empty() && is_letter(name.front()) && std::all_of(name.begin(), name.end(), fits) &&
         name.find("__") == std::string_view::npos;
}

[[nodiscard]] constexpr bool is_word_of_cpp(std::string_view name) {
  return std::find(words_of_cpp.begin(), words_of_cpp.end(), name) != words_of_cpp.end();
}

/// The parts of "a::b::c".
NASNET_LAZY [[nodiscard]] inline std::vector<std::string_view> parts_of_name(std::string_view name) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0;;) {
    const std::size_t end = name.find("::", begin);
    parts.push_back(name.substr(begin, end == std::string_view::npos ? end : end - begin));
    if (end == std::string_view::npos) return parts;
    begin = end + 2;
  }
}

/// @throws ArgumentError unless the text can name something in C++.
NASNET_LAZY inline void require_cpp_name(std::string_view what, std::string_view name) {
  for (const std::string_view part : parts_of_name(name)) {
    if (!is_plain_identifier(part)) {
      fail<ArgumentError>("genotype header: ", quoted_name(name), " cannot name ", what,
                          "; letters, digits and single '_' are wanted, a letter first, and '::' between parts");
    }
    if (is_word_of_cpp(part)) {
      fail<ArgumentError>("genotype header: ", quoted_name(name), " cannot name ", what, ": '", part,
                          "' has a meaning in C++ or is a library's name");
    }
  }
}

/// @throws ArgumentError unless the text can stand between quotes in an #include.
NASNET_LAZY inline void require_include(const std::string& include, std::string_view op_set) {
  if (include.empty()) {
    fail<ArgumentError>("genotype header: the header that declares the op set '", op_set,
                        "' is wanted, as HeaderOptions::include");
  }
  const auto fits = [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; };
  if (!std::all_of(include.begin(), include.end(), fits)) {
    fail<ArgumentError>("genotype header: ", quoted_name(include),
                        " cannot be included; printable characters other than '\"' and '\\' are wanted");
  }
}

/// The op set's name and header.
struct HeaderOps {
  std::string name, include;
};

/// @throws GenotypeError for an op that is in none of the library's op sets, where the caller names none.
NASNET_LAZY [[nodiscard]] inline HeaderOps header_ops(const Architecture& architecture, const HeaderOptions& options) {
  if (options.op_set.empty()) {
    const auto paper = NasnetOps::infos();
    if (!validate(architecture, paper)) return {"nasnet::NasnetOps", "<nasnet/genotype/ops.hpp>"};
    const auto all = AllOps::infos();
    require_valid(architecture, all);
    return {"nasnet::AllOps", "<nasnet/genotype/ops.hpp>"};
  }
  require_valid(architecture);
  if (options.op_set == "nasnet::NasnetOps" || options.op_set == "nasnet::AllOps") {
    return {options.op_set, "<nasnet/genotype/ops.hpp>"};
  }
  require_cpp_name("an op set", options.op_set);
  require_include(options.include, options.op_set);
  return {options.op_set, join('"', options.include, '"')};
}

NASNET_LAZY [[nodiscard]] inline std::string operand_cpp(const BlockInput& operand) {
  return join('{', operand.state, ", \"", operand.op, "\"}");
}

NASNET_LAZY [[nodiscard]] inline std::string block_cpp(const Block& block) {
  std::string text = join('{', operand_cpp(block.left), ", ", operand_cpp(block.right));
  if (block.combine != Combiner::add) text.append(", nasnet::Combiner::").append(to_string(block.combine));
  return text.append("}");
}

NASNET_LAZY [[nodiscard]] inline std::string cell_cpp(const Cell& cell, const std::string& arguments) {
  std::string text = join("nasnet::make_cell<", arguments, ">({\n");
  for (const Block& block : cell.blocks) text.append("        ").append(block_cpp(block)).append(",\n");
  text.append("    }, {");
  for (std::size_t i = 0; i < cell.concat.size(); ++i) text.append(join(i > 0 ? ", " : "", cell.concat[i]));
  return text.append("})");
}

/// The constant's declaration.
NASNET_LAZY [[nodiscard]] inline std::string genotype_cpp(const Architecture& architecture, std::string_view name,
                                                          const std::string& op_set) {
  const std::string inputs = architecture.inputs == 2 ? std::string() : join(", ", architecture.inputs);
  const std::string cell_arguments = op_set + inputs;
  return join("inline constexpr nasnet::ArchitectureGenotype<", op_set, ", ", architecture.normal.blocks.size(), inputs,
              "> ", name, "{\n    .normal = ", cell_cpp(architecture.normal, cell_arguments),
              ",\n    .reduction = ", cell_cpp(architecture.reduction, cell_arguments), ",\n};\n");
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY std::string emit_header(const Architecture& architecture, const HeaderOptions& options) {
  detail::require_cpp_name("a constant", options.name);
  const detail::HeaderOps ops = detail::header_ops(architecture, options);
  if (architecture.normal.blocks.size() != architecture.reduction.blocks.size()) {
    fail<GenotypeError>("genotype header: the normal cell has ", architecture.normal.blocks.size(),
                        " blocks, the reduction cell ", architecture.reduction.blocks.size(),
                        "; ArchitectureGenotype has one number for both");
  }
  const std::size_t last = options.name.rfind("::");
  const bool is_nested = last != std::string::npos;
  const std::string space = is_nested ? options.name.substr(0, last) : std::string();
  const std::string name = is_nested ? options.name.substr(last + 2) : options.name;
  std::string text = "// The cells of an architecture, written by nasnet. to_architecture(" + options.name +
                     ") is its run-time form.\n";
  text.append("// clang-format off\n#pragma once\n\n#include <nasnet/genotype/cell_genotype.hpp>\n");
  text.append(join("#include ", ops.include, "\n\n"));
  if (is_nested) text.append(join("namespace ", space, " {\n\n"));
  text.append(detail::genotype_cpp(architecture, name, ops.name));
  if (is_nested) text.append(join("\n}  // namespace ", space, '\n'));
  return text;
}

NASNET_BODY void write_header(const Architecture& architecture, const std::string& path, const HeaderOptions& options) {
  write_file_atomically(path, emit_header(architecture, options));
}

}  // namespace nasnet::inline NASNET_ABI
