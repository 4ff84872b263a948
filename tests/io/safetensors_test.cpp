#include "nasnet/io/safetensors.hpp"

#include <cmath>
#include <limits>

#include "catch.hpp"
#include "core/temporary_folder.hpp"
#include "nasnet/core/failure.hpp"

using namespace nasnet;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

// A file from its header and data, as any program could have written it.
static Bytes file_of(const std::string& header, const std::string& data) {
  Bytes bytes;
  for (int byte = 0; byte < 8; ++byte) {
    bytes.push_back(static_cast<std::uint8_t>(std::uint64_t{header.size()} >> (8 * byte)));
  }
  bytes.insert(bytes.end(), header.begin(), header.end());
  bytes.insert(bytes.end(), data.begin(), data.end());
  return bytes;
}

static TensorFile parse(const std::string& header, const std::string& data) {
  return parse_safetensors(file_of(header, data), "f");
}

static std::string entry(const std::string& name, const std::string& type, const std::string& shape,
                         const std::string& offsets) {
  return "\"" + name + "\":{\"dtype\":\"" + type + "\",\"shape\":[" + shape + "],\"data_offsets\":[" + offsets + "]}";
}

template <class Scalar>
static std::string bytes(std::initializer_list<Scalar> values) {
  return {reinterpret_cast<const char*>(values.begin()), values.size() * sizeof(Scalar)};
}

static std::vector<float> list(const Tensor<float>& tensor) { return {tensor.values().begin(), tensor.values().end()}; }

TEST_CASE("tensors of a foreign file are read") {
  const auto file = parse("{\"__metadata__\":{\"format\":\"pt\"}," + entry("w", "F32", "2,1", "4,12") + "," +
                              entry("step", "I32", "", "0,4") + "," + entry("none", "F32", "0,3", "12,12") + "}   ",
                          bytes<std::int32_t>({7}) + bytes<float>({1.5F, -2.0F}));
  CHECK(file.metadata().at("format") == "pt");
  CHECK(file.tensors().size() == 3);
  CHECK(file.contains("w"));
  CHECK_FALSE(file.contains("v"));
  CHECK(file.floats("w").shape() == Shape{2, 1});
  CHECK(list(file.floats("w")) == std::vector<float>{1.5F, -2.0F});
  CHECK(file.values<std::int32_t>("step")[0] == 7);
  CHECK(file.values<std::int32_t>("step").shape() == Shape{});
  CHECK(file.floats("none").shape() == Shape{0, 3});
  CHECK(file.at("w").to_string() == "F32 [2,1]");
}

TEST_CASE("an empty file has no tensors") {
  CHECK(parse("{}", "").tensors().empty());
  CHECK(parse("{\"__metadata__\":{}}", "").metadata().empty());
}

TEST_CASE("floats of other widths are converted") {
  const auto half = [](std::uint16_t bits) { return bits; };
  const auto file = parse("{" + entry("f64", "F64", "2", "0,16") + "," + entry("f16", "F16", "3", "16,22") + "," +
                              entry("bf16", "BF16", "2", "22,26") + "}",
                          bytes<double>({0.1, -4}) + bytes<std::uint16_t>({half(0x3C00), half(0xC100), half(0x0001)}) +
                              bytes<std::uint16_t>({half(0x3F80), half(0xC040)}));
  CHECK(list(file.floats("f64")) == std::vector<float>{0.1F, -4.0F});
  CHECK(list(file.floats("f16")) == std::vector<float>{1.0F, -2.5F, 0x1p-24F});
  CHECK(list(file.floats("bf16")) == std::vector<float>{1.0F, -3.0F});
}

TEST_CASE("every half is the float of its definition") {
  for (std::uint32_t bits = 0; bits < 0x10000U; ++bits) {
    const int exponent = static_cast<int>(bits >> 10U & 0x1FU);
    const float mantissa = static_cast<float>(bits & 0x3FFU);
    const float sign = (bits & 0x8000U) != 0 ? -1.0F : 1.0F;
    const float value = float_of_half(static_cast<std::uint16_t>(bits));
    REQUIRE(std::signbit(value) == std::signbit(sign));
    if (exponent == 31) {
      REQUIRE((mantissa == 0 ? std::isinf(value) : std::isnan(value)));
    } else if (exponent == 0) {
      REQUIRE(value == sign * std::ldexp(mantissa, -24));
    } else {
      REQUIRE(value == sign * std::ldexp(1.0F + mantissa / 1024.0F, exponent - 15));
    }
  }
}

TEST_CASE("asking for what a file does not hold is refused with its name") {
  const auto file = parse("{" + entry("n", "I64", "1", "0,8") + "," + entry("deep", "F32", "1,1,1,1,1", "8,12") + "}",
                          bytes<std::int64_t>({1}) + bytes<float>({1}));
  const auto refuses = [](auto call, const std::string& text) {
    CHECK_THROWS_MATCHES(call(), DataError, MessageMatches(ContainsSubstring("'f': ") && ContainsSubstring(text)));
  };
  refuses([&] { return file.floats("x"); }, "it has no tensor 'x'");
  refuses([&] { return file.floats("n"); }, "tensor 'n' is I64 [1], floats are wanted");
  refuses([&] { return file.values<std::int32_t>("n"); }, "tensor 'n' is I64 [1], I32 is wanted");
  refuses([&] { return file.floats("deep"); }, "F32 [1,1,1,1,1], at most 4 extents are wanted");
  CHECK(file.at("deep").extents.size() == 5);
}

TEST_CASE("hostile headers are refused with what is wrong") {
  const auto refuses = [](const std::string& header, const std::string& data, const std::string& text) {
    INFO(header);
    CHECK_THROWS_MATCHES(parse(header, data), IoError,
                         MessageMatches(ContainsSubstring("'f': ") && ContainsSubstring(text)));
  };
  const std::string four = "abcd";
  const std::string good = entry("w", "F32", "1", "0,4");
  refuses("", four, "its header is no JSON object");
  refuses("[]", "", "its header is no JSON object");
  refuses("  {}", "", "its header is no JSON object");
  refuses("{", "", "it is no JSON at byte");
  refuses("{} x", "", "it is no JSON at byte");
  refuses("{" + good + ",}", four, "it is no JSON at byte");
  refuses("{\"\xFF\":1}", "", "it is no JSON at byte");
  refuses("{\"w\":1}", "", "'w' is a number, an object is wanted");
  refuses("{\"w\":null}", "", "'w' is null");
  refuses("{\"w\":[]}", "", "'w' is a list");
  refuses("{\"w\":\"x\"}", "", "'w' is a string");
  refuses("{\"w\":true}", "", "'w' is a truth value");
  refuses("{" + good + "," + good + "}", four, "it has 'w' twice");
  refuses("{\"__metadata__\":{},\"__metadata__\":{}}", "", "it has '__metadata__' twice");
  refuses("{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}", "", "its metadata has 'a' twice");
  refuses("{\"__metadata__\":{\"a\":1}}", "", "its metadata has a number for 'a', a string is wanted");
  refuses("{\"__metadata__\":{\"a\":{}}}", "", "its metadata has an object for 'a'");
  refuses("{\"__metadata__\":[]}", "", "'__metadata__' is a list");
  refuses("{" + entry("w", "F31", "1", "0,4") + "}", four, "tensor 'w' has the unknown dtype 'F31'");
  refuses("{\"w\":{\"dtype\":1}}", "", "tensor 'w' has a number in its 'dtype'");
  refuses("{\"w\":{\"dtype\":[]}}", "", "tensor 'w' has a list in its 'dtype'");
  refuses("{\"w\":{\"shape\":\"1\"}}", "", "tensor 'w' has a string in its 'shape'");
  refuses("{\"w\":{\"shape\":[[1]]}}", "", "tensor 'w' has a list in its 'shape'");
  refuses("{\"w\":{\"shape\":[1.5]}}", "", "a number that is no 64-bit integer");
  refuses("{\"w\":{\"shape\":[1e3]}}", "", "a number that is no 64-bit integer");
  refuses("{\"w\":{\"shape\":[-1]}}", "", "tensor 'w' has -1 in its shape, which is negative");
  refuses("{\"w\":{\"shape\":[9223372036854775808]}}", "", "which is too large");
  refuses("{\"w\":{\"shape\":[99999999999999999999999]}}", "", "no 64-bit integer");
  refuses("{\"w\":{\"shape\":[1],\"shape\":[1]}}", "", "tensor 'w' has shape twice");
  refuses("{\"w\":{\"extra\":[1]}}", "", "tensor 'w' has the unknown field 'extra'");
  refuses("{\"w\":{\"data_offsets\":[0]}}", "", "tensor 'w' has 1 data_offsets, 2 are wanted");
  refuses("{\"w\":{\"data_offsets\":[0,1,2]}}", "", "more than 2 data_offsets");
  refuses("{\"w\":{\"data_offsets\":[-4,0]}}", "", "-4 in its data_offsets, which is negative");
  refuses("{\"w\":{\"shape\":[1],\"data_offsets\":[0,4]}}", four, "tensor 'w' has no dtype");
  refuses("{\"w\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}", four, "tensor 'w' has no shape");
  refuses("{\"w\":{\"dtype\":\"F32\",\"shape\":[1]}}", four, "tensor 'w' has no data_offsets");
  refuses("{" + entry("w", "F32", "2", "0,4") + "}", four, "not the bytes of its shape");
  refuses("{" + entry("w", "F32", "1", "4,0") + "}", four, "not the bytes of its shape");
  refuses("{" + entry("w", "F32", "4611686018427387904,4", "0,0") + "}", "", "not the bytes of its shape");
  refuses("{" + entry("w", "F32", "1", "0,4") + "}", "abc", "it holds 3 bytes of data, its header speaks of 4");
  refuses("{" + entry("w", "F32", "1", "0,4") + "}", "abcde", "it holds 5 bytes of data");
  refuses("{}", "x", "it holds 1 bytes of data, its header speaks of 0");
  refuses("{" + entry("w", "U8", "9223372036854775807", "0,9223372036854775807") + "}", "", "not the bytes");
  refuses("{" + entry("a", "F32", "1", "0,4") + "," + entry("b", "F32", "1", "0,4") + "}", four, "must not overlap");
  refuses("{" + entry("a", "F32", "1", "0,4") + "," + entry("b", "U8", "4", "2,6") + "}", "abcdef", "must not overlap");
  refuses("{" + entry("a", "F32", "1", "1,5") + "}", "xabcd", "must not overlap or leave gaps");
  refuses("{" + entry("a", "F32", "1", "0,4") + "," + entry("b", "F32", "1", "5,9") + "}", "abcdxabcd", "leave gaps");
  refuses("{\"w\":" + std::string(1'000'000, '['), "", "'w' is a list");
  std::string objects = "{";
  for (int depth = 0; depth < 100'000; ++depth) objects += "\"w\":{";
  refuses(objects, "", "the unknown field 'w'");
  refuses("{\"" + std::string(100'000, 'x') + "\\n\":1}", "", std::string(80, 'x') + "...' is a number");
  refuses("{\"a\\u001b[31m\":1}", "", "'a?[31m' is a number");
}

TEST_CASE("a header of the largest size is refused before it takes memory") {
  const auto refuses = [](const std::string& header, const std::string& text) {
    CHECK_THROWS_MATCHES(parse(header, ""), IoError, MessageMatches(ContainsSubstring(text)));
  };
  constexpr std::size_t most = 100'000'000;
  refuses("{\"w\":" + std::string(most - 5, '['), "'w' is a list");
  refuses("{\"__metadata__\":{\"a\":" + std::string(most - 30, '{'), "has an object for 'a'");
  refuses("{\"" + std::string(most - 2, 'x'), "it is no JSON at byte");
  refuses("{" + std::string(most, ' '), "its header would have 100000001 bytes");
}

TEST_CASE("a header of more entries or extents than any file needs is refused") {
  const auto refuses = [](const std::string& header, const std::string& text) {
    CHECK_THROWS_MATCHES(parse(header, ""), IoError, MessageMatches(ContainsSubstring(text)));
  };
  std::string ones = "1";
  for (int axis = 1; axis < 64; ++axis) ones += ",1";
  CHECK(parse("{" + entry("w", "U8", ones, "0,1") + "}", "x").at("w").extents.size() == 64);
  refuses("{" + entry("w", "U8", ones + ",1", "0,1") + "}", "tensor 'w' has more than 64 extents");
  refuses("{" + entry("w", "U8", "0", "0,0,0") + "}", "tensor 'w' has more than 2 data_offsets");
  std::string notes = "{\"__metadata__\":{\"\":\"\"";
  for (int note = 0; note < 1'000'000; ++note) notes += ",\"" + std::to_string(note) + "\":\"\"";
  refuses(notes, "it has more than 1000000 entries");
}

TEST_CASE("tensors in any order of names and data are read, and empty ones may share a place") {
  const auto file = parse("{" + entry("b", "U8", "2", "3,5") + "," + entry("e", "U8", "0", "3,3") + "," +
                              entry("a", "U8", "3", "0,3") + "," + entry("z", "F64", "0,7", "5,5") + "," +
                              entry("y", "F32", "7,0", "3,3") + "}",
                          "abcde");
  CHECK(file.tensors().size() == 5);
  CHECK(file.values<std::uint8_t>("b")[0] == 'd');
  CHECK(file.values<std::uint8_t>("a")[2] == 'c');
  CHECK(file.at("y").bytes.empty());
}

TEST_CASE("a header length that lies is refused") {
  const auto refuses = [](std::uint64_t length, const std::string& text) {
    Bytes file(8);
    std::memcpy(file.data(), &length, 8);
    file.push_back('{');
    file.push_back('}');
    CHECK_THROWS_MATCHES(parse_safetensors(file, "f"), IoError, MessageMatches(ContainsSubstring(text)));
  };
  refuses(3, "truncated: its header has 3 bytes, 2 are there");
  refuses(1, "it is no JSON");
  refuses(0, "its header is no JSON object");
  refuses(100'000'000, "truncated");
  refuses(100'000'001, "its header would have 100000001 bytes");
  refuses(std::numeric_limits<std::uint64_t>::max(), "no safetensors file");
  for (std::size_t size = 0; size < 8; ++size) {
    CHECK_THROWS_MATCHES(parse_safetensors(Bytes(size), "f"), IoError,
                         MessageMatches(ContainsSubstring("no safetensors")));
  }
}

static TensorFile sample_file() {
  TensorFile file;
  file.metadata()["made by"] = "a \"test\"";
  file.set<float>("z.weight", Shape{2, 2}, std::vector<float>{1, 2, 3, 4});
  file.set<std::uint8_t>("bytes", Shape{3}, std::vector<std::uint8_t>{5, 6, 7});
  file.set<float>("a.weight", Shape{1}, std::vector<float>{std::numeric_limits<float>::infinity()});
  file.set<double>("wide", Shape{1}, std::vector<double>{0.1});
  file.set<std::int64_t>("count", Shape{}, std::vector<std::int64_t>{-1});
  file.set<float>("none", Shape{0}, std::vector<float>{});
  return file;
}

TEST_CASE("no prefix of a file is taken for a file, and no broken byte crashes") {
  const TemporaryFolder folder;
  write_safetensors(folder / "file", sample_file());
  const Bytes good = read_file(folder / "file");
  for (std::size_t length = 0; length < good.size(); ++length) {
    const Bytes prefix(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(length));
    CHECK_THROWS_AS(parse_safetensors(prefix, "f"), IoError);
  }
  for (std::size_t place = 0; place < good.size(); ++place) {
    for (const int change : {0x01, 0x20, 0x80, 0xFF}) {
      Bytes broken = good;
      broken[place] = static_cast<std::uint8_t>(broken[place] ^ change);
      const auto failure = catch_failure([&] { static_cast<void>(parse_safetensors(broken, "f")); });
      if (failure) CHECK(failure->message.substr(0, 3) == "'f'");
    }
  }
}

TEST_CASE("what is written is read back") {
  const TemporaryFolder folder;
  write_safetensors(folder / "file", sample_file());
  const auto file = read_safetensors(folder / "file");
  CHECK(file.origin() == (folder / "file").string());
  CHECK(file.metadata() == sample_file().metadata());
  REQUIRE(file.tensors().size() == 6);
  const TensorFile sample = sample_file();
  for (const auto& [name, tensor] : sample.tensors()) {
    const StoredTensor& read = file.at(name);
    CHECK(read.type == tensor.type);
    CHECK(read.extents == tensor.extents);
    CHECK(Bytes(read.bytes.begin(), read.bytes.end()) == Bytes(tensor.bytes.begin(), tensor.bytes.end()));
  }
}

TEST_CASE("equal contents give equal bytes, aligned and in a fixed order") {
  const TemporaryFolder folder;
  write_safetensors(folder / "file", sample_file());
  const std::string bytes = folder.read("file");
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), 8);
  CHECK(length % 8 == 0);
  const std::string header = bytes.substr(8, static_cast<std::size_t>(length));
  CHECK(header.substr(0, header.find_last_not_of(' ') + 1) ==
        "{\"__metadata__\":{\"made by\":\"a \\\"test\\\"\"}," + entry("count", "I64", "", "0,8") + "," +
            entry("wide", "F64", "1", "8,16") + "," + entry("a.weight", "F32", "1", "16,20") + "," +
            entry("none", "F32", "0", "20,20") + "," + entry("z.weight", "F32", "2,2", "20,36") + "," +
            entry("bytes", "U8", "3", "36,39") + "}");

  write_safetensors(folder / "again", read_safetensors(folder / "file"));
  CHECK(folder.read("again") == bytes);
  CHECK(folder.entries() == 2);
}

TEST_CASE("tensors that cannot be are refused") {
  TemporaryFolder folder;
  TensorFile file;
  CHECK_THROWS_MATCHES(file.set<float>("w", Shape{2}, std::vector<float>{1}), ShapeError,
                       MessageMatches(ContainsSubstring("tensor 'w': 1 values for shape [2]")));
  CHECK_THROWS_MATCHES(file.set("w", ElementType::f16, {2}, Bytes(3)), ShapeError,
                       MessageMatches(ContainsSubstring("tensor 'w': 3 bytes for F16 [2]")));
  CHECK_THROWS_AS(file.set("w", ElementType::f16, {-1, -1}, Bytes(2)), ShapeError);
  CHECK(file.tensors().empty());

  file.set("\xFF", ElementType::u8, {1}, Bytes(1));
  CHECK_THROWS_MATCHES(write_safetensors(folder / "file", file), DataError, MessageMatches(ContainsSubstring("UTF-8")));
  TensorFile reserved;
  reserved.set("__metadata__", ElementType::u8, {1}, Bytes(1));
  CHECK_THROWS_AS(write_safetensors(folder / "file", reserved), DataError);
  CHECK(folder.entries() == 0);
}

TEST_CASE("a tensor outlives the file it came from, and its copy shares its bytes") {
  StoredTensor tensor;
  {
    const TensorFile file = sample_file();
    tensor = file.at("z.weight");
  }
  TensorFile other;
  other.set("renamed", tensor);
  CHECK(list(other.floats("renamed")) == std::vector<float>{1, 2, 3, 4});
  CHECK(other.at("renamed").bytes.data() == tensor.bytes.data());
}

TEST_CASE("a file that cannot be read or written is named") {
  const TemporaryFolder folder;
  const auto file = folder.write("file", "old");
  CHECK_THROWS_MATCHES(read_safetensors(folder / "none"), IoError,
                       MessageMatches(ContainsSubstring("/none': No such")));
  CHECK_THROWS_MATCHES(read_safetensors(file), IoError,
                       MessageMatches(ContainsSubstring("/file': no safetensors file")));
  CHECK_THROWS_MATCHES(read_safetensors(file, 2), IoError, MessageMatches(ContainsSubstring("more than 2 bytes")));
  CHECK_THROWS_AS(write_safetensors(file / "below", sample_file()), IoError);
  if (std::filesystem::exists("/dev/full")) {
    CHECK_THROWS_MATCHES(write_safetensors("/dev/full", sample_file()), IoError,
                         MessageMatches(ContainsSubstring("No space left")));
  }
  CHECK(folder.read("file") == "old");
}
