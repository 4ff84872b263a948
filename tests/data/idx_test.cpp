#include "nasnet/data/idx.hpp"

#include "catch.hpp"
#include "core/temporary_folder.hpp"
#include "data/sample_data.hpp"

using namespace nasnet;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

static void write_sample(const TemporaryFolder& folder, const std::string& idx = "-idx") {
  folder.write("train-images" + idx + "3-ubyte", sample::idx({3, 2, 4}, sample::counting(24)));
  folder.write("train-labels" + idx + "1-ubyte", sample::idx({3}, std::string("\0\x09\x05", 3)));
  folder.write("t10k-images" + idx + "3-ubyte", sample::idx({1, 2, 4}, sample::counting(8, 100)));
  folder.write("t10k-labels" + idx + "1-ubyte", sample::idx({1}, "\x01"));
}

TEST_CASE("the four files of a folder become training and test images") {
  const TemporaryFolder folder;
  write_sample(folder, GENERATE("-idx", ".idx"));
  const auto data = load_idx_images(folder.path());
  CHECK(data.train.shape() == Shape{3, 2, 4, 1});
  CHECK(data.test.shape() == Shape{1, 2, 4, 1});
  CHECK(data.train.classes() == 10);
  CHECK(data.train.label(1) == 9);
  CHECK(data.test.label(0) == 1);
  CHECK(data.train.pixels<std::uint8_t>(2)[7] == 23);
  CHECK(data.test.pixels<std::uint8_t>(0)[0] == 100);
}

TEST_CASE("IDX images may have channels, and any number of classes") {
  const TemporaryFolder folder;
  const auto images = folder.write("images", sample::idx({2, 1, 2, 3}, sample::counting(12)));
  const auto labels = folder.write("labels", sample::idx({2}, "\x10\x02"));
  CHECK(read_idx_images(images, labels, read_plain_file, 17).shape() == Shape{2, 1, 2, 3});
}

TEST_CASE("a broken IDX file is named with what is wrong") {
  const auto refuses = [](const std::string& file, const std::string& text) {
    const Bytes bytes(file.begin(), file.end());
    CHECK_THROWS_MATCHES(parse_idx(bytes, "f"), Error,
                         MessageMatches(ContainsSubstring("'f': ") && ContainsSubstring(text)));
  };
  const std::string good = sample::idx({3, 2, 4}, sample::counting(24));
  refuses("", "no IDX file");
  refuses("\x89PNG....", "no IDX file");
  refuses("\x1F\x8B\x08\x08....", "looks compressed with gzip");
  refuses(std::string("\0\0\x0D\x01\0\0\0\x01....", 12), "element type 13, only 8");
  refuses(std::string("\0\0\x08\0", 4), "0 extents");
  refuses(std::string("\0\0\x08\x05", 4).append(24, '\1'), "5 extents");
  for (std::size_t length = 4; length < 16; ++length)
    refuses(good.substr(0, length), "truncated: it ends in its header");
  for (std::size_t length = 16; length < 40; ++length) refuses(good.substr(0, length), "truncated: ");
  refuses(good.substr(0, 39), "23 bytes follow its header, 24 are wanted for [3,2,4]");
  refuses(good + "x", "wrongly sized: 25 bytes follow");
  refuses(sample::idx({0, 2, 4}, ""), "[0,2,4], with a 0");
  refuses(sample::idx({3, 0, 4}, ""), "[3,0,4], with a 0");
  refuses(sample::idx({0xFFFFFFFFU, 0xFFFFFFFFU, 0xFFFFFFFFU, 0xFFFFFFFFU}, "abc"), "more than a file can hold");
}

TEST_CASE("images and labels that do not belong together are refused") {
  const TemporaryFolder folder;
  const auto images = folder.write("images", sample::idx({3, 2, 4}, sample::counting(24)));
  const auto refuses = [&](const std::string& labels, const std::string& text) {
    CHECK_THROWS_MATCHES(read_idx_images(images, folder.write("labels", labels)), DataError,
                         MessageMatches(ContainsSubstring("/labels': ") && ContainsSubstring(text)));
  };
  refuses(sample::idx({2}, "\1\2"), "labels have shape [2], [3] is wanted");
  refuses(sample::idx({3, 1}, "\1\2\3"), "labels have shape [3,1], [3] is wanted");
  refuses(sample::idx({3}, "\1\x0A\3"), "the label of image 1 is 10, outside the 10 classes 0 to 9");
  CHECK_THROWS_MATCHES(read_idx_images(folder.write("flat", sample::idx({3}, "abc")), images), DataError,
                       MessageMatches(ContainsSubstring("/flat': images have shape [3], [N,H,W] is wanted")));
}

TEST_CASE("a missing file or folder is named") {
  const TemporaryFolder folder;
  write_sample(folder);
  std::filesystem::remove(folder / "t10k-labels-idx1-ubyte");
  CHECK_THROWS_MATCHES(load_idx_images(folder.path()), IoError,
                       MessageMatches(ContainsSubstring("/t10k-labels-idx1-ubyte': there is no such file")));
  CHECK_THROWS_MATCHES(load_idx_images(folder / "none"), IoError,
                       MessageMatches(ContainsSubstring("/none': there is no such folder")));
  CHECK_THROWS_MATCHES(load_idx_images(folder / "train-images-idx3-ubyte"), IoError,
                       MessageMatches(ContainsSubstring("it is no folder")));
}

TEST_CASE("test images of another size are refused") {
  const TemporaryFolder folder;
  write_sample(folder);
  folder.write("t10k-images-idx3-ubyte", sample::idx({1, 4, 2}, sample::counting(8)));
  CHECK_THROWS_MATCHES(load_idx_images(folder.path()), DataError,
                       MessageMatches(ContainsSubstring("images have shape [1,4,2,1], those of") &&
                                      ContainsSubstring("have [3,2,4,1]")));
}

TEST_CASE("where only compressed files are there, the error says what reads them") {
  const TemporaryFolder folder;
  write_sample(folder);
  std::filesystem::rename(folder / "train-labels-idx1-ubyte", folder / "train-labels-idx1-ubyte.gz");
  CHECK_THROWS_MATCHES(load_idx_images(folder.path()), IoError,
                       MessageMatches(ContainsSubstring("only 'train-labels-idx1-ubyte.gz' is there") &&
                                      ContainsSubstring("<nasnet/data/gzip.hpp>")));
}
