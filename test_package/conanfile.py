"""A program for each component of the package that was made, built and run."""

import pathlib

from conan import ConanFile
from conan.tools.build import can_run
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout

COMPONENTS = ("compiled", "zlib", "eigen", "redis")


class TestNasnet(ConanFile):
    settings = "os", "arch", "compiler", "build_type"

    def requirements(self):
        self.requires(self.tested_reference_str)

    def layout(self):
        cmake_layout(self)

    def _components(self):
        options = self.dependencies["nasnet"].options
        return [name for name in COMPONENTS if options.get_safe(name)]

    def generate(self):
        toolchain = CMakeToolchain(self)
        toolchain.cache_variables["COMPONENTS"] = ";".join(self._components())
        toolchain.generate()
        CMakeDeps(self).generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def test(self):
        folder = pathlib.Path(self.build_folder) / self.cpp.build.bindir
        if can_run(self):
            for name in ["nasnet", *self._components()]:
                self.run(str(folder / f"use_{name}"), env="conanrun")
