// What all other times here are divided by.
#include <nlohmann/json.hpp>

int main() {}
