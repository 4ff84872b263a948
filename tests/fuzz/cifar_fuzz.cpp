#include "nasnet/data/cifar.hpp"

#include "core/temporary_folder.hpp"
#include "fuzz/fuzz_target.hpp"

namespace {

// The loaders look for the files by name and get every content from here.
const TemporaryFolder& folder() {
  static const TemporaryFolder made;
  static const bool filled = [] {
    for (const char* name : {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin",
                             "data_batch_5.bin", "test_batch.bin", "train.bin", "test.bin"}) {
      made.write(name, "");
    }
    return true;
  }();
  static_cast<void>(filled);
  return made;
}

void run(std::span<const std::uint8_t> bytes) {
  const auto reader = [&](const std::filesystem::path&) { return nasnet::Bytes(bytes.begin(), bytes.end()); };
  const auto path = folder() / "";
  fuzz::reads([&] { static_cast<void>(nasnet::load_cifar10(path, reader)); });
  fuzz::reads([&] { static_cast<void>(nasnet::load_cifar100(path, reader)); });
}

const fuzz::Registration registration({"cifar", &run});

}  // namespace
