/// Ops of a search space: types that say their name and expand themselves into primitives, and sets of them.
#pragma once

#include <array>        // array
#include <concepts>     // convertible_to
#include <cstddef>      // size_t
#include <memory>       // shared_ptr
#include <span>         // span
#include <string>       // string
#include <string_view>  // string_view
#include <utility>      // move
#include <vector>       // vector

#include "nasnet/core/error.hpp"
#include "nasnet/fwd.hpp"
#include "nasnet/genotype/detail/nearest_name.hpp"

namespace nasnet::inline NASNET_ABI {

/// Whether an op may bear this name: letters, digits, '_' and '-', the first a letter or '_'. Such names stand in the
/// text form of a genotype without quotes.
[[nodiscard]] constexpr bool is_op_name(std::string_view name) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  if (name.empty() || !is_letter(name.front())) return false;
  for (const char c : name) {
    if (!is_letter(c) && !(c >= '0' && c <= '9') && c != '-') return false;
  }
  return true;
}

/// Height and width of a kernel in the name of an op.
struct KernelSize {
  int height = 1;
  int width = 1;
};

/// The name of an op, made at compile time. See op_name.
class OpName {
 public:
  [[nodiscard]] constexpr operator std::string_view() const { return {text_.data(), size_}; }  // NOLINT: a text

  constexpr void append(std::string_view text) {
    if (text.size() > text_.size() - size_) fail<GenotypeError>("op name: longer than ", text_.size(), " letters");
    for (const char letter : text) text_[size_++] = letter;
  }
  constexpr void append(KernelSize kernel) {
    append_number(kernel.height);
    append("x");
    append_number(kernel.width);
  }
  constexpr void append(int kernel) { append(KernelSize{kernel, kernel}); }

 private:
  constexpr void append_number(int number) {
    if (number < 0) fail<GenotypeError>("op name: kernel of size ", number);
    if (number >= 10) append_number(number / 10);
    const char digit = static_cast<char>('0' + number % 10);
    append(std::string_view(&digit, 1));
  }

  std::array<char, 48> text_{};
  std::size_t size_ = 0;
};

/// The name of an op from texts and kernels; a number is a square kernel.
///
/// `op_name("sep_conv_", 3)` is sep_conv_3x3, and
/// `op_name("conv_", KernelSize{1, 3}, "_", KernelSize{3, 1})` is conv_1x3_3x1.
template <class... Parts>
[[nodiscard]] constexpr OpName op_name(const Parts&... parts) {
  OpName name;
  (name.append(parts), ...);
  return name;
}

/// Expands an op into primitives. @param x its input @returns its output, with the filters and stride that `at` states
using OpExpansion = Value (*)(GraphBuilder& g, Value x, OpContext at);

/// Has `static constexpr name`, a text.
template <class T>
concept NamedOp = requires {
  { T::name } -> std::convertible_to<std::string_view>;
};

/// Has `static Value expand(GraphBuilder& g, Value x, OpContext at)`.
template <class T>
concept ExpandableOp = requires {
  static_cast<OpExpansion>(&T::expand);
};

/// An op of a search space: a type with a name and an expansion.
///
/// It may state `static constexpr bool is_identity = true` (at stride 1, an input of F channels comes back unchanged,
/// with no parameters) or `is_zero = true` (the output is zero whatever the input, with no parameters). The canonical
/// form relies on these statements; they are never guessed.
template <class T>
concept Op = NamedOp<T> && ExpandableOp<T>;

/// What is known of an op without its expansion.
struct OpInfo {
  std::string_view name{};
  bool is_identity = false;
  bool is_zero = false;

  bool operator==(const OpInfo&) const = default;
};

/// An op of a table.
struct OpEntry {
  std::string name{};
  bool is_identity = false;
  bool is_zero = false;
  OpExpansion expand = nullptr;  ///< null where networks are not made of it
};

/// The ops of a space at run time, in their order, with their expansions. Copies share what never changes.
class OpTable {
 public:
  OpTable() = default;

  /// @throws GenotypeError for a name that is repeated or is no op name.
  NASNET_LAZY explicit OpTable(std::vector<OpEntry> entries);

  [[nodiscard]] std::size_t size() const { return entries_ ? entries_->size() : 0; }
  [[nodiscard]] const OpEntry& operator[](std::size_t index) const { return (*entries_)[index]; }
  [[nodiscard]] const OpEntry* begin() const { return entries_ ? entries_->data() : nullptr; }
  [[nodiscard]] const OpEntry* end() const { return begin() + size(); }

  /// The op of this name, or nullptr.
  NASNET_LAZY [[nodiscard]] const OpEntry* find(std::string_view name) const;

  /// The op of this name.
  /// @throws GenotypeError that lists the known names, and the nearest one, for an unknown name.
  NASNET_LAZY [[nodiscard]] const OpEntry& at(std::string_view name) const;

  /// Views into this table.
  NASNET_LAZY [[nodiscard]] std::vector<std::string_view> names() const;

  /// Names and flags; the names are views into this table.
  NASNET_LAZY [[nodiscard]] std::vector<OpInfo> infos() const;

 private:
  std::shared_ptr<const std::vector<OpEntry>> entries_;  // null where there are none
};

namespace detail {

template <class T>
[[nodiscard]] constexpr bool states_identity() {
  if constexpr (requires { T::is_identity; }) {
    return T::is_identity;
  } else {
    return false;
  }
}

template <class T>
[[nodiscard]] constexpr bool states_zero() {
  if constexpr (requires { T::is_zero; }) {
    return T::is_zero;
  } else {
    return false;
  }
}

template <class T>
[[nodiscard]] constexpr OpInfo op_info() {
  return {std::string_view(T::name), states_identity<T>(), states_zero<T>()};
}

template <class T>
[[nodiscard]] consteval bool check_op() {
  static_assert(NamedOp<T>, "an op needs a name: static constexpr std::string_view name = \"...\"; or op_name(...)");
  static_assert(ExpandableOp<T>,
                "an op needs an expansion: static Value expand(GraphBuilder& g, Value x, OpContext at);");
  if constexpr (NamedOp<T>) {
    static_assert(is_op_name(std::string_view(T::name)),
                  "the name of an op is made of letters, digits, '_' and '-', and does not begin with a digit or '-'");
    static_assert(!(states_identity<T>() && states_zero<T>()), "an op cannot be both the identity and zero");
  }
  return true;
}

/// The table of ops with these expansions, as many as there are ops.
NASNET_LAZY [[nodiscard]] OpTable op_table(std::span<const OpInfo> ops, std::span<const OpExpansion> expansions);

template <std::size_t Count>
[[nodiscard]] constexpr bool all_different(const std::array<std::string_view, Count>& names) {
  for (std::size_t i = 0; i < Count; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (names[i] == names[j]) return false;
    }
  }
  return true;
}

}  // namespace detail

/// The ops that a search space offers, in the order of their indices.
///
/// `names`, `index` and `infos` need no expansion; `table` needs the definitions of all of them.
template <class... Ops>
class OpSet {
  static_assert(sizeof...(Ops) > 0, "an op set needs at least one op");
  static_assert((detail::check_op<Ops>() && ...));

 public:
  static constexpr std::size_t size = sizeof...(Ops);

  [[nodiscard]] static constexpr std::array<std::string_view, size> names() { return names_; }

  [[nodiscard]] static constexpr std::array<OpInfo, size> infos() { return {detail::op_info<Ops>()...}; }

  /// The index of the op of this name; -1 where there is none.
  [[nodiscard]] static constexpr int find(std::string_view name) {
    for (std::size_t i = 0; i < size; ++i) {
      if (names_[i] == name) return static_cast<int>(i);
    }
    return -1;
  }

  /// The index of the op of this name.
  /// @throws GenotypeError that lists the known names for an unknown name.
  [[nodiscard]] static constexpr int index(std::string_view name) {
    const int found = find(name);
    if (found < 0) fail_unknown(name);
    return found;
  }

  /// The name of the op of this index, which must be below `size`.
  [[nodiscard]] static constexpr std::string_view name(int index) { return names()[static_cast<std::size_t>(index)]; }

  /// Names, flags and expansions, for functions that are compiled once for all op sets.
  [[nodiscard]] static OpTable table() {
    static constexpr std::array<OpExpansion, size> expansions{&Ops::expand...};
    return detail::op_table(infos(), expansions);
  }

 private:
  static constexpr std::array<std::string_view, size> names_{std::string_view(Ops::name)...};

  static_assert(detail::all_different(names_), "two ops of an op set have the same name");

  [[noreturn]] NASNET_COLD static void fail_unknown(std::string_view name) {
    fail<GenotypeError>(detail::unknown_name_sentence("op", name, names_));
  }
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/genotype/op_set.ipp"
#endif
