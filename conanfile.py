"""nasnet as a Conan 2 package: conan create . [-o compiled=True] [-o zlib=True] [-o eigen=True] [-o redis=True]

Targets for CMake are those of the library's own package: nasnet::nasnet, and nasnet::<option> for each option that is
on.
"""

import pathlib
import re

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy, load, rmdir

required_conan_version = ">=2.0"

JSON = "nlohmann_json/[>=3.10 <4]"
# The options that stand for a component of headers and need another library: its package, and what to link.
COMPONENTS = {
    "zlib": ("zlib/[>=1.2.11 <2]", ["z"]),
    "eigen": ("eigen/[>=3.4 <6]", []),
    "redis": ("hiredis/[>=0.14 <2]", ["hiredis"]),
}


class NasnetConan(ConanFile):
    name = "nasnet"
    description = "Neural architecture search over cells, a C++20 library"
    license = "MIT"
    topics = ("neural-architecture-search", "deep-learning", "cpp20", "header-only")
    settings = "os", "arch", "compiler", "build_type"
    options = {"compiled": [True, False], **{name: [True, False] for name in COMPONENTS}}
    default_options = {"compiled": False, **{name: False for name in COMPONENTS}}
    exports_sources = "CMakeLists.txt", "LICENSE", "cmake/*", "include/*", "src/*"

    def set_version(self):
        text = load(self, pathlib.Path(self.recipe_folder) / "include/nasnet/version.hpp")
        self.version = re.search(r'^#define NASNET_VERSION_STRING "([^"]+)"', text, re.MULTILINE).group(1)

    def configure(self):
        self.package_type = "static-library" if self.options.compiled else "header-library"

    def layout(self):
        cmake_layout(self)

    def requirements(self):
        self.requires(JSON, transitive_headers=True)
        for option, (package, _) in COMPONENTS.items():
            if self.options.get_safe(option):
                self.requires(package, transitive_headers=True, transitive_libs=True)

    def package_id(self):
        # Headers are the same for all; the archive does not depend on the components of headers.
        if self.package_type == "header-library":
            self.info.clear()
        else:
            for option in COMPONENTS:
                self.info.options.rm_safe(option)

    def validate(self):
        check_min_cppstd(self, 20)

    def generate(self):
        toolchain = CMakeToolchain(self)
        for part in ("TESTS", "EXAMPLES", "BENCH"):
            toolchain.cache_variables[f"NASNET_BUILD_{part}"] = False
        toolchain.cache_variables["NASNET_BUILD_COMPILED"] = bool(self.options.compiled)
        toolchain.cache_variables["NASNET_COMPONENTS"] = ""  # package_info() makes them
        toolchain.generate()
        CMakeDeps(self).generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        if self.options.compiled:
            cmake.build()

    def package(self):
        CMake(self).install()
        copy(self, "LICENSE", self.source_folder, pathlib.Path(self.package_folder) / "licenses")
        # Conan's generators write files for CMake and pkg-config of their own.
        for folder in ("lib/cmake", "lib/pkgconfig", "share"):
            rmdir(self, pathlib.Path(self.package_folder) / folder)

    def package_info(self):
        self.cpp_info.set_property("cmake_file_name", "nasnet")
        self.cpp_info.set_property("cmake_target_name", "nasnet::everything")
        self.cpp_info.set_property("pkg_config_name", "nasnet-everything")

        headers = self._component("nasnet", "nasnet")
        self._use(headers, JSON, [])
        if self.settings.get_safe("os") in ("Linux", "FreeBSD"):
            headers.system_libs.append("pthread")
        if self.options.compiled:
            archive = self._component("compiled", "nasnet-compiled")
            archive.requires = ["nasnet"]
            archive.libs = ["nasnet"]
            archive.libdirs = ["lib"]
            archive.defines = ["NASNET_COMPILED"]
        for option, (package, libraries) in COMPONENTS.items():
            if self.options.get_safe(option):
                component = self._component(option, f"nasnet-{option}")
                component.requires = ["nasnet"]
                self._use(component, package, libraries)
                if option == "redis" and self._hiredis_has_tls():
                    component.defines.append("NASNET_REDIS_TLS")

    def _component(self, name, pkg_config_name):
        component = self.cpp_info.components[name]
        component.set_property("cmake_target_name", f"nasnet::{name}")
        component.set_property("pkg_config_name", pkg_config_name)
        component.bindirs = []
        component.libdirs = []
        return component

    def _hiredis_has_tls(self):
        found = [dependency for require, dependency in self.dependencies.direct_host.items()
                 if require.ref.name == "hiredis"]
        return bool(found) and bool(found[0].options.get_safe("with_ssl"))

    def _use(self, component, package, libraries):
        """Makes a component need another package. One that a profile's [platform_requires] names is no package of
        Conan's: then its headers are where the compiler looks anyway, and its libraries too."""
        name = package.split("/")[0]
        if any(require.ref.name == name for require, _ in self.dependencies.direct_host.items()):
            component.requires.append(f"{name}::{name}")
        else:
            component.system_libs += libraries
