// A reader of bytes from outside, as the fuzzers and the replay of their corpus run it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nasnet/core/error.hpp"

namespace fuzz {

struct Target {
  std::string_view name;  // that of its folder in corpus/
  void (*run)(std::span<const std::uint8_t> bytes);
};

// The targets that are linked into this program.
inline std::vector<Target>& targets() {
  static std::vector<Target> all;
  return all;
}

struct Registration {
  explicit Registration(Target target) { targets().push_back(target); }
};

inline void require(bool holds, const char* what, std::string_view detail = {}) {
  if (holds) return;
  std::cerr << "fuzz: " << what << ": " << detail << std::endl;
  std::abort();
}

// What a user may be shown: not empty, no novel, nothing that a terminal obeys.
inline void require_sentence(std::string_view message) {
  require(!message.empty(), "an error without words");
  require(message.size() < 4096, "an error of many words", message.substr(0, 200));
  for (const char letter : message) {
    require(static_cast<unsigned char>(letter) >= 32 && letter != 127, "an error with control characters", message);
  }
}

// Runs a reader. Nothing but the library's own errors may come out of it. Whether none did.
template <class Read>
bool reads(const Read& read) {
  try {
    read();
    return true;
  } catch (const nasnet::Error& error) {
    require_sentence(error.what());
    return false;
  }
}

inline std::string_view text_of(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace fuzz
