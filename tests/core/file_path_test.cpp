#include "nasnet/core/file_path.hpp"

#include <filesystem>
#include <string>

#include "catch.hpp"
#include "core/temporary_folder.hpp"
#include "nasnet/core/file.hpp"

using namespace nasnet;

TEST_CASE("file path: it is made of texts and of the standard library's paths, and becomes one of those") {
  const std::filesystem::path standard = "folder/file.json";
  CHECK(FilePath(standard).string() == "folder/file.json");
  CHECK(FilePath("folder/file.json") == FilePath(std::string("folder/file.json")));
  const std::filesystem::path again = FilePath("folder/file.json");
  CHECK(again == standard);
  CHECK(FilePath().empty());
}

TEST_CASE("file path: folder and name are those of the standard library") {
  for (const char* text : {"a", "a/b", "/a", "a/b/c.txt", "a//b", "/a/b", "folder/", "/", ""}) {
    CAPTURE(text);
    CHECK(FilePath(text).parent_path().string() == std::filesystem::path(text).parent_path().string());
    CHECK(FilePath(text).filename() == std::filesystem::path(text).filename().string());
  }
  for (const char* folder : {"", "a", "a/", "/", "a/b"}) {
    CAPTURE(folder);
    CHECK((FilePath(folder) / "name").string() == (std::filesystem::path(folder) / "name").string());
  }
}

TEST_CASE("file path: what is there is told apart") {
  const TemporaryFolder folder;
  const FilePath file = folder / "file";
  write_file_atomically(file, "text");
  CHECK(detail::file_exists(file));
  CHECK(detail::is_regular_file(file));
  CHECK_FALSE(detail::is_folder(file));
  CHECK(detail::is_folder(folder.path()));
  CHECK_FALSE(detail::is_regular_file(folder.path()));
  CHECK_FALSE(detail::file_exists(folder / "absent"));
}
