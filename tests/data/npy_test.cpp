#include "nasnet/data/npy.hpp"

#include "catch.hpp"
#include "core/temporary_folder.hpp"
#include "data/sample_data.hpp"

using namespace nasnet;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

static NpyArray parse(const std::string& file) {
  const Bytes bytes(file.begin(), file.end());
  return parse_npy(bytes, "f");
}

TEST_CASE("arrays of every version and type are read") {
  const int version = GENERATE(1, 2, 3);
  const auto bytes = parse(sample::npy("|u1", "2, 3", "abcdef", version));
  CHECK(bytes.type == NpyType::u8);
  CHECK(bytes.shape == Shape{2, 3});
  CHECK(bytes.values == Bytes{'a', 'b', 'c', 'd', 'e', 'f'});
  CHECK(parse(sample::npy("<i4", "2,", sample::bytes<std::int32_t>({1, 2}), version)).type == NpyType::i32);
  CHECK(parse(sample::npy("<i8", "2,", sample::bytes<std::int64_t>({1, 2}), version)).type == NpyType::i64);
  CHECK(parse(sample::npy("<f4", "1, 1, 1, 2", sample::bytes<float>({1, 2}), version)).shape == Shape{1, 1, 1, 2});
  CHECK(parse(sample::npy("<f8", "", sample::bytes<double>({1}), version)).shape == Shape{});
}

TEST_CASE("keys of a header stand in any order and spacing") {
  CHECK(parse(sample::npy("{\"shape\":(2,),'fortran_order' : False,'descr':'|u1'}", "ab")).shape == Shape{2});
}

TEST_CASE("a broken array is refused with what is wrong") {
  const auto refuses = [](const std::string& file, const std::string& text) {
    CHECK_THROWS_MATCHES(parse(file), Error, MessageMatches(ContainsSubstring("'f': ") && ContainsSubstring(text)));
  };
  refuses("", "no .npy file");
  refuses("\x93NUMPX\1\0\0\0", "no .npy file");
  refuses("PK\3\4.......", "no .npy file");
  refuses(sample::npy("|u1", "2", "ab", 4), ".npy version 4");
  refuses(std::string("\x93NUMPY\2\0\0\0", 10), "truncated: it ends in its header");
  refuses(std::string("\x93NUMPY\1\0\xFF\xFF{", 11), "truncated: its header has 65535 bytes, 1 are there");
  refuses(std::string("\x93NUMPY\2\0\xFF\xFF\xFF\xFF{", 13), "its header has 4294967295 bytes");
  refuses(sample::npy("|u1", "2, 3", "abcde", 1), "truncated: 5 bytes follow its header, 6 are wanted for [2,3]");
  refuses(sample::npy("|u1", "2, 3", "abcdefg", 1), "wrongly sized: 7 bytes");
  refuses(sample::npy("|u1", "2, 0", "", 1), "[2,0], with a 0");
  refuses(sample::npy("|u1", "1, 1, 1, 1, 1", "a", 1), "more than 4 extents");
  refuses(sample::npy("<f4", "4611686018427387904, 4", "a", 1), "more than a file can hold");
  refuses(sample::npy("|u1", "99999999999999999999", "a", 1), "broken .npy header");
  refuses(sample::npy("|u1", "-2", "a", 1), "broken .npy header");
  refuses(sample::npy("|u1", "x", "a", 1), "broken .npy header");
  refuses(sample::npy(">f4", "1", "abcd", 1), "element type >f4, only");
  refuses(sample::npy("|O", "1", "abcd", 1), "element type |O");
  refuses(sample::npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", "abcd"), "structured");
  refuses(sample::npy("{'descr': '|u1', 'fortran_order': True, 'shape': (1,)}", "a"), "Fortran order");
  const std::string order = "'fortran_order': False";
  for (const std::string& header : std::vector<std::string>{
           "", "{", "{}", "[]", "{'descr", "{'descr': '|u1'}", "{" + order + ", 'shape': (1,)}",
           "{'descr': '|u1', " + order + "}", "{'descr': '|u1', 'descr': '|u1', " + order + ", 'shape': (1,)}",
           "{'descr': '|u1', " + order + ", 'shape': (1,), 'more': 1}",
           "{'descr': '|u1', " + order + ", 'shape': (1,)} x", "{'descr': '|u1', " + order + ", 'shape': (1}",
           "{'descr': '|u1', 'fortran_order': Maybe, 'shape': (1,)}",
           "{'descr': '|u1' " + order + ", 'shape': (1,)}"}) {
    INFO(header);
    CHECK_THROWS_MATCHES(parse(sample::npy(header, "a")), IoError,
                         MessageMatches(ContainsSubstring("'f': broken .npy header at character")));
  }
}

TEST_CASE("no prefix of an array is taken for an array") {
  const std::string file = sample::npy("<f4", "2, 2", sample::bytes<float>({1, 2, 3, 4}), GENERATE(1, 2));
  for (std::size_t length = 0; length < file.size(); ++length) CHECK_THROWS_AS(parse(file.substr(0, length)), IoError);
}

TEST_CASE("images and labels are read from arrays") {
  const TemporaryFolder folder;
  const auto bytes = folder.write("bytes", sample::npy("|u1", "2, 1, 3", "abcdef", 1));
  const auto floats = folder.write("floats", sample::npy("<f4", "2, 1, 1, 2", sample::bytes<float>({1, 2, 3, 4}), 1));
  const auto doubles = folder.write("doubles", sample::npy("<f8", "2, 1, 2", sample::bytes<double>({1, 2, 3, 4}), 1));
  const auto labels = GENERATE(as<std::string>{}, "|u1", "<i4", "<i8");
  const std::string values = labels == "|u1"   ? std::string("\2\0", 2)
                             : labels == "<i4" ? sample::bytes<std::int32_t>({2, 0})
                                               : sample::bytes<std::int64_t>({2, 0});
  const auto path = folder.write("labels", sample::npy(labels, GENERATE("2,", "2, 1"), values, 1));
  const auto set = load_npy_images(bytes, path);
  CHECK(set.shape() == Shape{2, 1, 3, 1});
  CHECK(set.classes() == 3);
  CHECK(set.label(0) == 2);
  CHECK(set.pixels<std::uint8_t>(1)[2] == 'f');
  CHECK(load_npy_images(floats, path).shape() == Shape{2, 1, 1, 2});
  CHECK(load_npy_images(floats, path, read_plain_file, 7).classes() == 7);
  CHECK(load_npy_images(doubles, path).pixels<float>(1)[1] == 4.0F);
}

TEST_CASE("arrays that are no images with labels are refused") {
  const TemporaryFolder folder;
  const auto images = folder.write("images", sample::npy("|u1", "2, 1, 3", "abcdef", 1));
  const auto labels = folder.write("labels", sample::npy("|u1", "2,", "\1\2", 1));
  const auto refuses_labels = [&](const std::string& file, int classes, const std::string& text) {
    CHECK_THROWS_MATCHES(load_npy_images(images, folder.write("bad", file), read_plain_file, classes), DataError,
                         MessageMatches(ContainsSubstring("/bad': ") && ContainsSubstring(text)));
  };
  refuses_labels(sample::npy("|u1", "3,", "abc", 1), 0, "labels have shape [3], [2] is wanted");
  refuses_labels(sample::npy("|u1", "2, 2", "abcd", 1), 0, "labels have shape [2,2]");
  refuses_labels(sample::npy("<f4", "2,", sample::bytes<float>({0, 1}), 1), 0, "labels are floats");
  refuses_labels(sample::npy("<i4", "2,", sample::bytes<std::int32_t>({0, -1}), 1), 0, "label of image 1 is -1");
  refuses_labels(sample::npy("<i8", "2,", sample::bytes<std::int64_t>({1LL << 40, 1}), 1), 0, "is 1099511627776");
  refuses_labels(sample::npy("|u1", "2,", "\1\2", 1), 2, "the label of image 1 is 2, outside the 2 classes");
  const auto refuses_images = [&](const std::string& file, const std::string& text) {
    CHECK_THROWS_MATCHES(load_npy_images(folder.write("bad", file), labels), DataError,
                         MessageMatches(ContainsSubstring("/bad': ") && ContainsSubstring(text)));
  };
  refuses_images(sample::npy("|u1", "2, 3", "abcdef", 1), "images have shape [2,3]");
  refuses_images(sample::npy("<i4", "2, 1, 1", sample::bytes<std::int32_t>({0, 1}), 1), "bytes or floats are wanted");
  refuses_images(sample::npy("<f8", "2, 1, 1", sample::bytes<double>({0, 1e300}), 1), "not a finite number");
  CHECK_THROWS_AS(load_npy_images(folder / "none", labels), IoError);
}

TEST_CASE("a folder of arrays has the classes of its training labels") {
  const TemporaryFolder folder;
  folder.write("train_images.npy", sample::npy("|u1", "2, 1, 1", "ab", 1));
  folder.write("train_labels.npy", sample::npy("|u1", "2,", "\1\3", 1));
  folder.write("test_images.npy", sample::npy("|u1", "1, 1, 1", "c", 1));
  folder.write("test_labels.npy", sample::npy("|u1", "1,", "\2", 1));
  CHECK(load_npy_folder(folder.path()).test.classes() == 4);
  folder.write("test_labels.npy", sample::npy("|u1", "1,", "\4", 1));
  CHECK_THROWS_MATCHES(load_npy_folder(folder.path()), DataError,
                       MessageMatches(ContainsSubstring("/test_labels.npy': the label of image 0 is 4")));
}
