"""A package that stands for a library of this machine, under the names that the package of Conan Center has.

conan export . --name=zlib --version=1.2.13
"""

from conan import ConanFile

# File and target for CMake, where headers are that the compiler does not find by itself, what to link.
LIBRARIES = {
    "nlohmann_json": ("nlohmann_json", "nlohmann_json::nlohmann_json", [], []),
    "zlib": ("ZLIB", "ZLIB::ZLIB", [], ["z"]),
    "eigen": ("Eigen3", "Eigen3::Eigen", ["/usr/include/eigen3"], []),
    "hiredis": ("hiredis", "hiredis::hiredis", [], ["hiredis"]),
}


class SystemLibrary(ConanFile):
    package_type = "header-library"
    settings = "os", "arch", "compiler", "build_type"

    def package_id(self):
        self.info.clear()

    def package_info(self):
        file, target, folders, libraries = LIBRARIES[self.name]
        self.cpp_info.set_property("cmake_file_name", file)
        self.cpp_info.set_property("cmake_target_name", target)
        self.cpp_info.set_property("cmake_find_mode", "both")
        self.cpp_info.includedirs = folders
        self.cpp_info.libdirs = []
        self.cpp_info.bindirs = []
        self.cpp_info.system_libs = libraries
