// A table of made-up accuracies in the form of NAS-Bench-201.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "catch.hpp"
#include "nasnet/space/nasbench201_space.hpp"
#include "nasnet/study/benchmark_table.hpp"

namespace toy {

inline constexpr const char* nasbench201_header = "edge01,edge02,edge12,edge03,edge13,edge23,validation,test\n";

/// Validation accuracy in hundredths of a percent, 3,000 to 9,000: the higher the numbers of the ops.
inline std::int64_t made_up_accuracy(std::int64_t index) {
  std::int64_t sum = 0;
  for (std::int64_t rest = index; rest > 0; rest /= 5) sum += rest % 5;
  return 3000 + 250 * sum;
}

inline std::string table_row(std::int64_t index) {
  std::string row;
  for (std::int64_t power = 3125; power > 0; power /= 5) row += std::to_string(index / power % 5) + ",";
  const std::string accuracy = std::to_string(made_up_accuracy(index));
  const std::string test = std::to_string(made_up_accuracy(index) + 500);
  const auto percent = [](const std::string& hundredths) {
    return hundredths.substr(0, 2) + "." + hundredths.substr(2);
  };
  return row + percent(accuracy) + "," + percent(test) + "\n";
}

inline std::string table_text() {
  std::string text = nasbench201_header;
  for (std::int64_t index = 0; index < nasnet::Nasbench201Space::cells; ++index) text += table_row(index);
  return text;
}

/// Loading bad.csv fails with a sentence that names the line and has this part.
template <class Load>
void check_refused(const Load& load, const std::filesystem::path& path, const std::string& part) {
  using Catch::Matchers::ContainsSubstring;
  using Catch::Matchers::MessageMatches;
  CHECK_THROWS_MATCHES(load(path), nasnet::DataError, MessageMatches(ContainsSubstring("bad.csv', line ")));
  CHECK_THROWS_MATCHES(load(path), nasnet::DataError, MessageMatches(ContainsSubstring(part)));
}

}  // namespace toy
