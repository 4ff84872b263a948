#include "nasnet/core/instruction_set.hpp"

#include <cstdlib>      // getenv, setenv, unsetenv
#include <string>       // string
#include <string_view>  // string_view

#include "catch.hpp"

namespace {

using nasnet::InstructionSet;

// NASNET_ISA with another value, for the length of a scope.
class Cap {
 public:
  explicit Cap(const char* value) {
    if (const char* before = std::getenv("NASNET_ISA")) before_ = before;
    setenv("NASNET_ISA", value, 1);
  }
  Cap(const Cap&) = delete;
  Cap& operator=(const Cap&) = delete;
  ~Cap() {
    if (before_.empty()) {
      unsetenv("NASNET_ISA");
    } else {
      setenv("NASNET_ISA", before_.c_str(), 1);
    }
  }

 private:
  std::string before_;
};

constexpr std::string_view baseline_name = NASNET_HAS_NEON ? "neon" : "baseline";

}  // namespace

TEST_CASE("instruction sets have names and an order", "[instruction_set]") {
  STATIC_REQUIRE(to_string(InstructionSet::baseline) == baseline_name);
  STATIC_REQUIRE(to_string(InstructionSet::avx2) == "avx2");
  STATIC_REQUIRE(to_string(InstructionSet::avx512) == "avx512");
  STATIC_REQUIRE(InstructionSet::baseline < InstructionSet::avx2);
  STATIC_REQUIRE(InstructionSet::avx2 < InstructionSet::avx512);
}

TEST_CASE("NASNET_ISA caps what the processor has", "[instruction_set]") {
  const InstructionSet found = nasnet::detail::detected_instruction_set();
  {
    const Cap cap("baseline");
    CHECK(nasnet::detail::capped_instruction_set() == InstructionSet::baseline);
  }
  {
    const Cap cap("avx512");
    CHECK(nasnet::detail::capped_instruction_set() == found);
  }
  {
    const Cap cap("");
    CHECK(nasnet::detail::capped_instruction_set() == found);
  }
  {
    const Cap cap("sse9");
    CHECK_THROWS_WITH(nasnet::detail::capped_instruction_set(),
                      "NASNET_ISA: 'sse9' is none of " + std::string(baseline_name) + ", avx2, avx512");
  }
}

TEST_CASE("the choice stays for the length of the program", "[instruction_set]") {
  const InstructionSet before = nasnet::instruction_set();
  const Cap cap("baseline");
  CHECK(nasnet::instruction_set() == before);
}
