#include "tests_folder.hpp"

std::filesystem::path tests_folder() { return NASNET_TESTS_FOLDER; }
