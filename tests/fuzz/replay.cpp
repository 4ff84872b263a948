// Runs each target on each file of its corpus. A target without files and a folder without a target are faults.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "fuzz/fuzz_target.hpp"
#include "nasnet/core/file.hpp"
#include "tests_folder.hpp"

namespace {

std::size_t replay(const fuzz::Target& target, const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    std::printf("%s\n", file.c_str());
    std::fflush(stdout);  // the last line names the file that ends the program
    const nasnet::Bytes bytes = nasnet::read_file(file);
    target.run(bytes);
    // What follows the input in memory must not matter.
    for (const std::size_t shorter : {bytes.size() / 2, bytes.size() - std::min<std::size_t>(bytes.size(), 1)}) {
      target.run(nasnet::Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(shorter)));
    }
  }
  return files.size();
}

}  // namespace

int main() {
  const std::filesystem::path corpus = tests_folder() / "fuzz" / "corpus";
  std::set<std::string> known;
  bool sound = !fuzz::targets().empty();
  for (const fuzz::Target& target : fuzz::targets()) {
    const std::filesystem::path folder = corpus / target.name;
    known.insert(std::string(target.name));
    if (std::filesystem::is_directory(folder) && replay(target, folder) > 0) continue;
    std::printf("no corpus for %s\n", std::string(target.name).c_str());
    sound = false;
  }
#ifdef NASNET_FUZZ_WITHOUT_ZLIB
  known.insert("gzip");
#endif
  for (const auto& entry : std::filesystem::directory_iterator(corpus)) {
    if (known.count(entry.path().filename().string()) > 0) continue;
    std::printf("no target for %s\n", entry.path().c_str());
    sound = false;
  }
  return sound ? 0 : 1;
}
