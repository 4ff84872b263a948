#include "nasnet/data/cifar.hpp"

#include "catch.hpp"
#include "core/temporary_folder.hpp"
#include "data/sample_data.hpp"

using namespace nasnet;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

// One record: its labels and 3072 counting bytes.
static std::string record(const std::string& labels, std::size_t first) {
  return labels + sample::counting(3072, first);
}

static void write_cifar10(const TemporaryFolder& folder) {
  for (int batch = 1; batch <= 5; ++batch) {
    const std::string label(1, static_cast<char>(batch));
    folder.write("data_batch_" + std::to_string(batch) + ".bin",
                 record(label, static_cast<std::size_t>(batch)) + record("\x09", 7));
  }
  folder.write("test_batch.bin", record("\x03", 11));
}

TEST_CASE("CIFAR-10 planes become pixels") {
  const TemporaryFolder folder;
  write_cifar10(folder);
  const auto data = load_cifar10(folder.path());
  CHECK(data.train.shape() == Shape{10, 32, 32, 3});
  CHECK(data.test.shape() == Shape{1, 32, 32, 3});
  CHECK(data.train.classes() == 10);
  for (int batch = 1; batch <= 5; ++batch) {
    CHECK(data.train.label(2 * (batch - 1)) == batch);
    CHECK(data.train.label(2 * (batch - 1) + 1) == 9);
    const auto pixels = data.train.pixels<std::uint8_t>(2 * (batch - 1));
    const auto stored = [&](std::size_t place) { return (static_cast<std::size_t>(batch) + place) % 251; };
    for (const std::size_t place : {0U, 1U, 31U, 32U, 1023U}) {
      for (std::size_t channel = 0; channel < 3; ++channel) {
        REQUIRE(pixels[place * 3 + channel] == stored(channel * 1024 + place));
      }
    }
  }
}

TEST_CASE("CIFAR-100 labels are the fine classes") {
  const TemporaryFolder folder;
  folder.write("train.bin", record("\x13\x63", 0) + record(std::string("\0\0", 2), 1));
  folder.write("test.bin", record("\x01\x02", 2));
  const auto data = load_cifar100(folder.path());
  CHECK(data.train.classes() == 100);
  CHECK(data.train.label(0) == 99);
  CHECK(data.train.label(1) == 0);
  CHECK(data.test.label(0) == 2);
  CHECK(data.train.pixels<std::uint8_t>(0)[1] == 1024 % 251);
}

TEST_CASE("broken CIFAR files are named with what is wrong") {
  const TemporaryFolder folder;
  write_cifar10(folder);
  const auto refuses = [&](const std::string& name, const std::string& contents, const std::string& text) {
    const std::string old = folder.read(name);
    folder.write(name, contents);
    CHECK_THROWS_MATCHES(load_cifar10(folder.path()), Error,
                         MessageMatches(ContainsSubstring("/" + name + "': ") && ContainsSubstring(text)));
    folder.write(name, old);
  };
  refuses("data_batch_3.bin", "", "it has 0 bytes, a multiple of 3073 is wanted");
  refuses("data_batch_3.bin", record("\1", 0).substr(1), "it has 3072 bytes");
  refuses("test_batch.bin", record("\1", 0) + "x", "it has 3074 bytes");
  refuses("data_batch_5.bin", record("\1", 0) + record("\x0A", 0),
          "the label of image 1 is 10, outside the 10 classes");
  std::filesystem::remove(folder / "data_batch_4.bin");
  CHECK_THROWS_MATCHES(load_cifar10(folder.path()), IoError,
                       MessageMatches(ContainsSubstring("/data_batch_4.bin': there is no such file")));
}
