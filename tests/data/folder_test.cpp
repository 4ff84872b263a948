#include "nasnet/data/folder.hpp"

#include "catch.hpp"
#include "core/temporary_folder.hpp"
#include "data/sample_data.hpp"

using namespace nasnet;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

TEST_CASE("a folder's format is recognised by its files") {
  const TemporaryFolder folder;
  const std::string pixels = sample::counting(3072);
  SECTION("IDX") {
    for (const std::string part : {"train", "t10k"}) {
      folder.write(part + "-images-idx3-ubyte", sample::idx({1, 2, 2}, "abcd"));
      folder.write(part + "-labels-idx1-ubyte", sample::idx({1}, "\1"));
    }
    CHECK(load_dataset(folder.path()).train.shape() == Shape{1, 2, 2, 1});
  }
  SECTION("CIFAR-10") {
    for (int batch = 1; batch <= 5; ++batch)
      folder.write("data_batch_" + std::to_string(batch) + ".bin", "\1" + pixels);
    folder.write("test_batch.bin", "\1" + pixels);
    CHECK(load_dataset(folder.path()).train.classes() == 10);
  }
  SECTION("CIFAR-100") {
    folder.write("train.bin", "\1\2" + pixels);
    folder.write("test.bin", "\1\2" + pixels);
    CHECK(load_dataset(folder.path()).train.classes() == 100);
  }
  SECTION("NumPy") {
    for (const std::string part : {"train", "test"}) {
      folder.write(part + "_images.npy", sample::npy("|u1", "1, 1, 1", "a", 1));
      folder.write(part + "_labels.npy", sample::npy("|u1", "1,", "\1", 1));
    }
    CHECK(load_dataset(folder.path()).train.classes() == 2);
  }
}

TEST_CASE("a folder without images is refused with what was looked for") {
  const TemporaryFolder folder;
  CHECK_THROWS_MATCHES(load_dataset(folder.path()), IoError,
                       MessageMatches(ContainsSubstring("no images found: looked for train-images-idx3-ubyte (IDX), "
                                                        "data_batch_1.bin (CIFAR-10), train.bin (CIFAR-100) and "
                                                        "train_images.npy (NumPy)")));
  CHECK_THROWS_MATCHES(load_dataset(folder / "none"), IoError, MessageMatches(ContainsSubstring("no such folder")));
  CHECK_THROWS_MATCHES(load_dataset(folder.write("file", "")), IoError, MessageMatches(ContainsSubstring("no folder")));
}
