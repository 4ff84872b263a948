#include "nasnet/core/file.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <csignal>

#include "catch.hpp"
#include "core/temporary_folder.hpp"
#include "nasnet/core/error.hpp"

using namespace nasnet;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

// The largest size that this process may give a file, as a full disk in the middle of a write.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : old_handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &old_);
    const rlimit limited{bytes, old_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limited);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, old_handler_);
  }

 private:
  rlimit old_{};
  void (*old_handler_)(int);
};

TEST_CASE("a file is read whole") {
  const TemporaryFolder folder;
  const std::string contents("a\0b\n", 4);
  const auto path = folder.write("file", contents);
  CHECK(read_text_file(path) == contents);
  CHECK(read_file(path) == Bytes{'a', 0, 'b', '\n'});
  CHECK(read_file(folder.write("empty", "")).empty());
  CHECK(read_file("/proc/self/stat").size() > 10);  // says that it has no bytes
}

TEST_CASE("a file that cannot be read is named with the reason") {
  const TemporaryFolder folder;
  const auto file = folder.write("file", "12345");
  CHECK_THROWS_MATCHES(read_file(folder / "none"), IoError,
                       MessageMatches(ContainsSubstring("/none': No such file or directory")));
  CHECK_THROWS_MATCHES(read_file(folder.path()), IoError, MessageMatches(ContainsSubstring("it is a folder")));
  CHECK_THROWS_MATCHES(read_file("/dev/zero"), IoError, MessageMatches(ContainsSubstring("it is a device")));
  CHECK_THROWS_MATCHES(read_file(file / "below"), IoError, MessageMatches(ContainsSubstring("Not a directory")));
  CHECK_THROWS_MATCHES(read_file(file, 4), IoError, MessageMatches(ContainsSubstring("more than 4 bytes")));
  CHECK(read_file(file, 5).size() == 5);
}

TEST_CASE("a pipe is read to its end, or to the limit") {
  const TemporaryFolder folder;
  const auto path = folder / "pipe";
  REQUIRE(mkfifo(path.c_str(), 0600) == 0);
  const std::string contents(300'000, 'x');
  for (const std::uint64_t limit : {std::uint64_t{300'000}, std::uint64_t{1000}}) {
    const pid_t child = fork();
    if (child == 0) {
      std::signal(SIGPIPE, SIG_DFL);
      std::ofstream(path) << contents;
      _exit(0);
    }
    if (limit == 300'000) {
      CHECK(read_text_file(path, limit) == contents);
    } else {
      CHECK_THROWS_AS(read_text_file(path, limit), IoError);
    }
    waitpid(child, nullptr, 0);
  }
}

TEST_CASE("a folder is made with those above it, or named with the reason") {
  const TemporaryFolder folder;
  make_folder(folder / "a/b/c");
  make_folder(folder / "a/b/c");
  CHECK(std::filesystem::is_directory(folder / "a/b/c"));
  const auto file = folder.write("file", "");
  CHECK_THROWS_MATCHES(make_folder(file), IoError, MessageMatches(ContainsSubstring("/file': ")));
  CHECK_THROWS_MATCHES(make_folder(file / "below"), IoError, MessageMatches(ContainsSubstring("Not a directory")));
}

TEST_CASE("a file is replaced whole") {
  const TemporaryFolder folder;
  const auto path = folder / "file";
  write_file_atomically(path, "first");
  CHECK(folder.read("file") == "first");
  const Bytes bytes{0, 1, 2};
  write_file_atomically(path, bytes);
  CHECK(read_file(path) == bytes);
  write_file_atomically(path, "");
  CHECK(folder.read("file").empty());
  CHECK(folder.entries() == 1);
}

TEST_CASE("a name without a folder is written to the working folder") {
  const TemporaryFolder folder;
  const auto old = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  write_file_atomically("file", "here");
  std::filesystem::current_path(old);
  CHECK(folder.read("file") == "here");
}

TEST_CASE("a replaced file keeps its permissions, a link stays a link") {
  const TemporaryFolder folder;
  const auto path = folder.write("file", "old");
  std::filesystem::permissions(path, std::filesystem::perms{0640});
  std::filesystem::create_symlink("file", folder / "link");
  write_file_atomically(folder / "link", "new");
  CHECK(std::filesystem::is_symlink(folder / "link"));
  CHECK(folder.read("file") == "new");
  CHECK(std::filesystem::status(path).permissions() == std::filesystem::perms{0640});
}

TEST_CASE("a very long file name can be written") {
  const TemporaryFolder folder;
  const std::string name(255, 'n');
  write_file_atomically(folder / name, "x");
  CHECK(folder.read(name) == "x");
}

TEST_CASE("a write that fails says why and leaves what was there") {
  const TemporaryFolder folder;
  const auto path = folder.write("file", "old");
  CHECK_THROWS_MATCHES(write_file_atomically(path / "below", "x"), IoError,
                       MessageMatches(ContainsSubstring("/file/below': Not a directory")));
  CHECK_THROWS_MATCHES(write_file_atomically(folder / "none/file", "x"), IoError,
                       MessageMatches(ContainsSubstring("No such file or directory")));
  CHECK_THROWS_MATCHES(write_file_atomically(folder.path(), "x"), IoError,
                       MessageMatches(ContainsSubstring("Is a directory")));
  {
    const FileSizeLimit full(1000);
    CHECK_THROWS_MATCHES(write_file_atomically(path, std::string(5000, 'x')), IoError,
                         MessageMatches(ContainsSubstring("/file': File too large")));
  }
  CHECK(folder.read("file") == "old");
  CHECK(folder.entries() == 1);
}

TEST_CASE("a full device is noticed, and stays a device") {
  if (!std::filesystem::exists("/dev/full")) {
    WARN("skipped: there is no /dev/full");
    return;
  }
  CHECK_THROWS_MATCHES(write_file_atomically("/dev/full", "x"), IoError,
                       MessageMatches(ContainsSubstring("cannot write '/dev/full': No space left on device")));
  CHECK(std::filesystem::is_character_file("/dev/full"));
  AppendFile file("/dev/full");
  CHECK_THROWS_MATCHES(file.append("line"), IoError, MessageMatches(ContainsSubstring("No space left on device")));
}

TEST_CASE("an atomic file without commit leaves nothing") {
  const TemporaryFolder folder;
  {
    AtomicFile file(folder / "file");
    file.write("half");
    CHECK(folder.entries() == 1);
    CHECK_FALSE(std::filesystem::exists(folder / "file"));
  }
  CHECK(folder.entries() == 0);
}

TEST_CASE("lines are appended whole") {
  const TemporaryFolder folder;
  const bool sync = GENERATE(false, true);
  {
    AppendFile file(folder / "lines", {.sync = sync});
    file.append("one");
    file.append("");
    CHECK(folder.read("lines") == "one\n\n");  // at once
    CHECK_THROWS_AS(file.append("a\nb"), ArgumentError);
  }
  AppendFile file(folder / "lines");
  file.append("three");
  CHECK(folder.read("lines") == "one\n\nthree\n");
}

TEST_CASE("a line that does not fit is taken back, and later ones follow the last whole line") {
  const TemporaryFolder folder;
  AppendFile file(folder / "lines");
  file.append("first");
  {
    const FileSizeLimit full(1000);
    CHECK_THROWS_MATCHES(file.append(std::string(5000, 'x')), IoError, MessageMatches(ContainsSubstring("/lines': ")));
    CHECK(folder.read("lines") == "first\n");
    file.append("short");
  }
  file.append(std::string(5000, 'y'));
  CHECK(folder.read("lines") == "first\nshort\n" + std::string(5000, 'y') + "\n");
}

TEST_CASE("a torn last line is dropped") {
  const TemporaryFolder folder;
  const auto [contents, kept] = GENERATE(table<std::string, std::string>({{"", ""},
                                                                          {"one\n", "one\n"},
                                                                          {"one\ntw", "one\n"},
                                                                          {"on", ""},
                                                                          {"\n\n", "\n\n"},
                                                                          {"one\n" + std::string(9000, 'x'), "one\n"},
                                                                          {std::string(9000, 'x'), ""}}));
  AppendFile file(folder.write("lines", contents));
  CHECK(file.drop_torn_line() == contents.size() - kept.size());
  CHECK(folder.read("lines") == kept);
  file.append("next");
  CHECK(folder.read("lines") == kept + "next\n");
}

TEST_CASE("a second writer of lines is refused while the first lives") {
  const TemporaryFolder folder;
  {
    AppendFile first(folder / "lines");
    CHECK_THROWS_MATCHES(AppendFile(folder / "lines"), IoError, MessageMatches(ContainsSubstring("another run")));
  }
  CHECK_NOTHROW(AppendFile(folder / "lines"));
}

TEST_CASE("lines cannot be appended where no file can be") {
  const TemporaryFolder folder;
  const auto file = folder.write("file", "");
  CHECK_THROWS_AS(AppendFile(file / "below"), IoError);
  CHECK_THROWS_AS(AppendFile(folder.path()), IoError);
}
