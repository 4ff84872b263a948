// The flags of a program in one table. A row has a flag's name, the variable that it sets, its help, and whether
// results depend on it. The command line, the settings in a journal and what is read back of them are made of these
// rows, so that a new flag is one row. Included by programs only.
#pragma once

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

#include <nasnet/core/error.hpp>

namespace program {

// ---- what values are allowed

namespace detail {

/// All of a text as a number, or nothing.
template <class Number>
[[nodiscard]] std::optional<Number> number_in(const std::string& text) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  return error == std::errc{} && rest == end ? std::optional<Number>(number) : std::nullopt;
}

}  // namespace detail

/// Text that is a whole number in a range. CLI11 itself takes the nearest for one that its type does not hold.
template <class Number>
[[nodiscard]] CLI::Validator whole_number(Number least, Number most = std::numeric_limits<Number>::max()) {
  return CLI::Validator(
      [least, most](std::string& text) {
        const std::optional<Number> number = detail::number_in<Number>(text);
        return number && *number >= least && *number <= most
                   ? std::string()
                   : nasnet::join("a whole number from ", least, " to ", most, " is wanted, not '", text, '\'');
      },
      "");
}

/// The same with fractions. @param range as the refusal says it
[[nodiscard]] inline CLI::Validator number(double least, double most, const std::string& range) {
  return CLI::Validator(
      [least, most, range](std::string& text) {
        const std::optional<double> number = detail::number_in<double>(text);
        return number && *number >= least && *number <= most  // false for what is no number
                   ? std::string()
                   : nasnet::join("a number ", range, " is wanted, not '", text, '\'');
      },
      "");
}

/// Of all trainings here.
[[nodiscard]] inline CLI::Validator learning_rate() { return number(1e-9, 1e3, "from 1e-9 to 1000"); }

// ---- values as settings

namespace detail {

template <class Value>
inline constexpr bool is_optional = false;
template <class Value>
inline constexpr bool is_optional<std::optional<Value>> = true;

/// As a journal has it: null for what is not set.
template <class Value>
[[nodiscard]] nlohmann::json to_setting(const Value& value) {
  if constexpr (is_optional<Value>) {
    return value ? to_setting(*value) : nlohmann::json();
  } else if constexpr (std::is_same_v<Value, std::filesystem::path>) {
    return value.string();
  } else {
    return value;
  }
}

/// Whether JSON is a value of this type.
template <class Value>
[[nodiscard]] bool is_setting(const nlohmann::json& json) {
  if constexpr (std::is_same_v<Value, bool>) {
    return json.is_boolean();
  } else if constexpr (std::is_arithmetic_v<Value>) {
    return json.is_number();
  } else if constexpr (std::is_constructible_v<Value, std::string>) {
    return json.is_string();
  } else {
    return json.is_array() && std::all_of(json.begin(), json.end(), is_setting<typename Value::value_type>);
  }
}

/// The other way. False, and the value as it was, where the setting is something else.
template <class Value>
[[nodiscard]] bool from_setting(const nlohmann::json& json, Value& value) {
  if constexpr (is_optional<Value>) {
    typename Value::value_type given{};
    if (!json.is_null() && !from_setting(json, given)) return false;
    value = json.is_null() ? Value() : Value(given);
    return true;
  } else if (!is_setting<Value>(json)) {
    return false;
  } else if constexpr (std::is_same_v<Value, std::filesystem::path>) {
    value = json.get<std::string>();
    return true;
  } else {
    value = json.get<Value>();
    return true;
  }
}

/// A bool is set by the flag alone. The help shows the usual value where there is one.
template <class Value>
CLI::Option* declare(CLI::App& app, const std::string& name, Value& value, const std::string& help) {
  if constexpr (std::is_same_v<Value, bool>) {
    return app.add_flag(name, value, help);
  } else {
    CLI::Option* option = app.add_option(name, value, help);
    bool has_usual = !is_optional<Value>;
    if constexpr (requires { value.empty(); }) has_usual = !value.empty();
    return has_usual ? option->capture_default_str() : option;
  }
}

}  // namespace detail

// ---- the table

/// A variable that a flag sets. It stays where it is as long as the table is used.
struct FlagVariable {
  std::function<CLI::Option*(CLI::App&, const std::string& name, const std::string& help)> declare;
  std::function<nlohmann::json()> get;
  std::function<bool(const nlohmann::json&)> set;  ///< false where the setting is something else

  FlagVariable() = default;

  template <class Value>
    requires(!std::is_same_v<std::remove_const_t<Value>, FlagVariable>)
  FlagVariable(Value& value)  // NOLINT: rows name variables
      : declare([&value](CLI::App& app, const std::string& name, const std::string& help) {
          return detail::declare(app, name, value, help);
        }),
        get([&value] { return detail::to_setting(value); }),
        set([&value](const nlohmann::json& setting) { return detail::from_setting(setting, value); }) {}
};

/// An enumeration, whose values the command line and the journal call as `to_string` does.
template <class Enum>
[[nodiscard]] FlagVariable one_of(Enum& value, std::vector<Enum> choices) {
  std::vector<std::string> names;
  for (const Enum choice : choices) names.emplace_back(to_string(choice));
  const auto assign = [&value, choices = std::move(choices), names](const std::string& name) {
    const auto place = std::find(names.begin(), names.end(), name);
    if (place == names.end()) return false;
    value = choices[static_cast<std::size_t>(place - names.begin())];
    return true;
  };
  FlagVariable variable;
  variable.declare = [&value, names, assign](CLI::App& app, const std::string& flag, const std::string& help) {
    return app.add_option_function<std::string>(flag, assign, help)
        ->default_str(std::string(to_string(value)))
        ->check(CLI::IsMember(names));
  };
  variable.get = [&value] { return nlohmann::json(std::string(to_string(value))); };
  variable.set = [assign](const nlohmann::json& setting) {
    return setting.is_string() && assign(setting.get<std::string>());
  };
  return variable;
}

/// A row of the table: flag(), setting() and setting_if_changed() make them.
class Flag {
 public:
  /// Whether a journal has the value.
  enum class Record { never, always, if_changed };

  Flag(std::string name, FlagVariable variable, std::string help, Record record)
      : name_(std::move(name)),
        variable_(std::move(variable)),
        help_(std::move(help)),
        record_(record),
        usual_(variable_.get()) {}

  [[nodiscard]] Flag required() && {
    return std::move(*this).with([](CLI::Option& option) { option.required(); });
  }

  [[nodiscard]] Flag check(CLI::Validator allowed) && {
    return std::move(*this).with([allowed = std::move(allowed)](CLI::Option& option) { option.check(allowed); });
  }

  /// Of a list whose values may stand in one argument.
  [[nodiscard]] Flag delimiter(char between) && {
    return std::move(*this).with([between](CLI::Option& option) { option.delimiter(between); });
  }

  /// How many values a list has.
  [[nodiscard]] Flag expected(int count) && {
    return std::move(*this).with([count](CLI::Option& option) { option.expected(count); });
  }

  /// Another flag that is not given with this one.
  [[nodiscard]] Flag excludes(std::string other) && {
    excluded_.push_back(std::move(other));
    return std::move(*this);
  }

 private:
  friend class FlagTable;

  [[nodiscard]] Flag with(std::function<void(CLI::Option&)> adjust) && {
    adjustments_.push_back(std::move(adjust));
    return std::move(*this);
  }

  void declare(CLI::App& app) const {
    CLI::Option* option = variable_.declare(app, name_, help_);
    for (const auto& adjust : adjustments_) adjust(*option);
  }

  [[nodiscard]] bool is_recorded() const {
    return record_ == Record::always || (record_ == Record::if_changed && variable_.get() != usual_);
  }

  std::string name_;
  FlagVariable variable_;
  std::string help_;
  Record record_;
  nlohmann::json usual_;  ///< before the command line
  std::vector<std::function<void(CLI::Option&)>> adjustments_;
  std::vector<std::string> excluded_;
};

/// A flag that results do not depend on: it may change from run to run of a search.
[[nodiscard]] inline Flag flag(std::string name, FlagVariable variable, std::string help) {
  return {std::move(name), std::move(variable), std::move(help), Flag::Record::never};
}

/// A flag that results depend on: journals record it, and a search goes on with the same value alone.
[[nodiscard]] inline Flag setting(std::string name, FlagVariable variable, std::string help) {
  return {std::move(name), std::move(variable), std::move(help), Flag::Record::always};
}

/// The same for a flag that came later: recorded where it has not its usual value alone, so that journals that were
/// written before go on.
[[nodiscard]] inline Flag setting_if_changed(std::string name, FlagVariable variable, std::string help) {
  return {std::move(name), std::move(variable), std::move(help), Flag::Record::if_changed};
}

class FlagTable {
 public:
  FlagTable(std::initializer_list<Flag> flags) : flags_(flags) {}

  FlagTable& add(const FlagTable& more) {
    flags_.insert(flags_.end(), more.flags_.begin(), more.flags_.end());
    return *this;
  }

  /// Makes the flags known to the command line, in this order.
  void declare(CLI::App& app) const {
    for (const Flag& each : flags_) each.declare(app);
    for (const Flag& each : flags_) {
      for (const std::string& other : each.excluded_) app.get_option(each.name_)->excludes(app.get_option(other));
    }
  }

  /// For a journal or a queue: what results depend on, by the flags' names.
  [[nodiscard]] nlohmann::json settings() const {
    nlohmann::json settings = nlohmann::json::object();
    for (const Flag& each : flags_) {
      if (each.is_recorded()) settings[each.name_] = each.variable_.get();
    }
    return settings;
  }

  /// Sets the variables as settings() of another run has them. What is not there and need not be stays as it is.
  /// @return the first flag that the settings say nothing of, or nothing that it takes
  [[nodiscard]] std::optional<std::string> take(const nlohmann::json& settings) const {
    for (const Flag& each : flags_) {
      if (each.record_ == Flag::Record::never) continue;
      const auto found = settings.find(each.name_);
      const bool is_missing = found == settings.end();
      if (is_missing ? each.record_ == Flag::Record::always : !each.variable_.set(*found)) return each.name_;
    }
    return std::nullopt;
  }

 private:
  std::vector<Flag> flags_;
};

}  // namespace program
