// Where the tests' data lies.
#pragma once

#include <filesystem>  // path

/// The project's folder tests/, wherever the program runs: tests_folder() / "golden/weights.json".
std::filesystem::path tests_folder();
