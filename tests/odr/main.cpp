#include <string>

std::string version_with_assertions();
std::string version_without_assertions();

int main() { return version_with_assertions() == version_without_assertions() ? 0 : 1; }
