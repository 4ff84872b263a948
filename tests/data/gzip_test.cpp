#include "nasnet/data/gzip.hpp"

#include "catch.hpp"
#include "core/temporary_folder.hpp"
#include "data/sample_data.hpp"
#include "nasnet/data/augmentation.hpp"
#include "nasnet/data/folder.hpp"

using namespace nasnet;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

static Bytes compressed(std::string_view text) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  Bytes out(deflateBound(&stream, static_cast<uLong>(text.size())));
  Bytes in(text.begin(), text.end());
  stream.next_in = in.data();
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

static std::string text_of(const Bytes& bytes) { return {bytes.begin(), bytes.end()}; }

TEST_CASE("what was compressed comes back") {
  const auto length = GENERATE(std::size_t{0}, std::size_t{1}, std::size_t{65535}, std::size_t{65536},
                               std::size_t{65537}, std::size_t{131072}, std::size_t{1'000'003});
  const std::string text = sample::counting(length);
  CHECK(text_of(gunzip(compressed(text), "f")) == text);
}

TEST_CASE("several compressed pieces are one file") {
  Bytes file = compressed("first ");
  for (const std::string piece : {"", "second"}) {
    const Bytes more = compressed(piece);
    file.insert(file.end(), more.begin(), more.end());
  }
  CHECK(text_of(gunzip(file, "f")) == "first second");
}

TEST_CASE("broken gzip files are refused with what is wrong") {
  const Bytes good = compressed(sample::counting(100'000));
  const auto refuses = [](Bytes file, const std::string& text) {
    CHECK_THROWS_MATCHES(gunzip(file, "f"), IoError,
                         MessageMatches(ContainsSubstring("'f': ") && ContainsSubstring(text)));
  };
  refuses({}, "no gzip file");
  refuses({'P', 'K', 3, 4}, "no gzip file");
  for (std::size_t length = 2; length < good.size(); length += length < 30 ? 1 : 37) {
    refuses(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(length)), "truncated");
  }
  refuses(Bytes(good.begin(), good.end() - 1), "truncated");
  Bytes trailing = good;
  trailing.push_back(0);
  refuses(trailing, "1 bytes that are not gzip follow");
  Bytes torn = good;
  torn.push_back(0x1F);
  torn.push_back(0x8B);
  refuses(torn, "truncated");
  Bytes wrong_sum = good;
  wrong_sum[wrong_sum.size() - 8] ^= 1;
  refuses(wrong_sum, "damaged");
  Bytes wrong_size = good;
  wrong_size.back() ^= 1;
  refuses(wrong_size, "damaged");
  Bytes wrong_method = good;
  wrong_method[2] = 7;
  refuses(wrong_method, "damaged");
}

TEST_CASE("growth stops at the limit") {
  const Bytes bomb = compressed(std::string(10'000'000, '\0'));
  CHECK(bomb.size() < 20'000);
  CHECK(gunzip(bomb, "f", 10'000'000).size() == 10'000'000);
  for (const std::uint64_t limit : {0U, 1U, 65535U, 65536U, 65537U, 9'999'999U}) {
    CHECK_THROWS_MATCHES(gunzip(bomb, "f", limit), IoError,
                         MessageMatches(ContainsSubstring("more than the limit of " + std::to_string(limit))));
  }
  CHECK(gunzip(bomb, "f", std::numeric_limits<std::uint64_t>::max()).size() == 10'000'000);
}

TEST_CASE("the reader takes plain and compressed files") {
  const TemporaryFolder folder;
  folder.write("both", "plain");
  folder.write("both.gz", compressed("compressed"));
  folder.write("packed.gz", compressed("packed"));
  CHECK(text_of(read_gzip_file(folder / "both")) == "plain");
  CHECK(text_of(read_gzip_file(folder / "both.gz")) == "compressed");
  CHECK(text_of(read_gzip_file(folder / "packed")) == "packed");
  CHECK_THROWS_MATCHES(read_gzip_file(folder / "none"), IoError,
                       MessageMatches(ContainsSubstring("/none': No such file")));
  folder.write("bad.gz", "no gzip");
  CHECK_THROWS_MATCHES(read_gzip_file(folder / "bad"), IoError, MessageMatches(ContainsSubstring("/bad.gz': no gzip")));
}

TEST_CASE("datasets are read compressed") {
  const TemporaryFolder folder;
  for (const std::string part : {"train", "t10k"}) {
    folder.write(part + "-images-idx3-ubyte.gz", compressed(sample::idx({1, 2, 2}, "abcd")));
    folder.write(part + "-labels-idx1-ubyte.gz", compressed(sample::idx({1}, "\1")));
  }
  CHECK(load_dataset(folder.path(), read_gzip_file).train.pixels<std::uint8_t>(0)[3] == 'd');
  CHECK_THROWS_MATCHES(load_dataset(folder.path()), IoError, MessageMatches(ContainsSubstring("gzip.hpp")));
}

TEST_CASE("Fashion-MNIST has 60000 and 10000 images of ten equal classes") {
  const std::filesystem::path folder = "/usr/share/datasets/fashion-mnist";
  if (!std::filesystem::exists(folder)) {
    WARN("skipped: Debian's package dataset-fashion-mnist is not installed");
    return;
  }
  const auto data = load_dataset(folder, read_gzip_file);
  CHECK(data.train.shape() == Shape{60000, 28, 28, 1});
  CHECK(data.test.shape() == Shape{10000, 28, 28, 1});
  std::vector<int> counts(10);
  for (std::int64_t i = 0; i < data.train.size(); ++i) ++counts[static_cast<std::size_t>(data.train.label(i))];
  CHECK(counts == std::vector<int>(10, 6000));
  const auto statistics = channel_statistics(data.train);
  CHECK(statistics.mean[0] == Approx(0.2860).margin(5e-5));
  CHECK(statistics.deviation[0] == Approx(0.3530).margin(5e-5));
}
