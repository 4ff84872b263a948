"""Configuring finds hiredis with and without its TLS part, and says where that is missing."""

import pathlib
import shutil
import subprocess
import sys
import unittest

import tree

NOTHING_BESIDE = [f"-DNASNET_BUILD_{part}=OFF" for part in ("TESTS", "EXAMPLES", "BENCH")] + ["-DNASNET_INSTALL=OFF"]

PARENT = """
cmake_minimum_required(VERSION 3.25)
project(parent LANGUAGES CXX)
add_subdirectory("@ROOT@" nasnet)
get_target_property(definitions nasnet_redis INTERFACE_COMPILE_DEFINITIONS)
get_target_property(libraries nasnet_redis INTERFACE_LINK_LIBRARIES)
message(STATUS "found: ${definitions}; ${libraries}")
"""

# What a machine has, in place of what this one has.
FILES = {
    "CMakeLists.txt": PARENT.replace("@ROOT@", tree.ROOT.as_posix()),
    "include/hiredis/hiredis.h": "",
    "include/hiredis/hiredis_ssl.h": "",
    "lib/libhiredis.so": "",
    "lib/libhiredis_ssl.so": "",
    "modules/FindOpenSSL.cmake": "add_library(OpenSSL::SSL INTERFACE IMPORTED)\n",
}


def configure(source: pathlib.Path, machine: pathlib.Path, tls: bool) -> str:
    places = {"NASNET_HIREDIS_INCLUDE": "include", "NASNET_HIREDIS_LIBRARY": "lib/libhiredis.so"}
    with_tls = {"NASNET_HIREDIS_SSL_INCLUDE": "include", "NASNET_HIREDIS_SSL_LIBRARY": "lib/libhiredis_ssl.so"}
    flags = [f"-D{name}={machine / place}" for name, place in places.items()]
    flags += [f"-D{name}={machine / place if tls else 'NOTFOUND'}" for name, place in with_tls.items()]
    if not tls:
        flags += ["-DCMAKE_DISABLE_FIND_PACKAGE_OpenSSL=ON"]
    run = subprocess.run(
        ["cmake", "-S", str(source), "-B", str(machine / f"build-{source == machine}-{tls}"), *NOTHING_BESIDE, *flags,
         f"-DCMAKE_MODULE_PATH={machine / 'modules'}", "-DCMAKE_DISABLE_FIND_PACKAGE_hiredis=ON",
         "-DCMAKE_DISABLE_FIND_PACKAGE_hiredis_ssl=ON"], capture_output=True, text=True)
    if run.returncode != 0:
        raise AssertionError(run.stdout + run.stderr)
    return run.stdout


class Hiredis(unittest.TestCase):
    def test_without_tls_it_says_so_and_what_to_do(self) -> None:
        with tree.Sample(FILES) as machine:
            said = configure(tree.ROOT, machine, tls=False)
            for part in ["hiredis has no TLS", "ssh", "stunnel", "docs/cluster.md"]:
                self.assertIn(part, said)
            found = configure(machine, machine, tls=False)
            self.assertNotIn("NASNET_REDIS_TLS", found)
            self.assertIn("hiredis::hiredis", found)

    def test_with_tls_it_is_used(self) -> None:
        with tree.Sample(FILES) as machine:
            self.assertNotIn("no TLS", configure(tree.ROOT, machine, tls=True))
            found = configure(machine, machine, tls=True)
            self.assertIn("NASNET_REDIS_TLS", found)
            self.assertIn("hiredis::hiredis_ssl", found)


if __name__ == "__main__":
    if shutil.which("cmake") is None:
        print("skipped: cmake is not in the path")
        sys.exit(77)
    unittest.main()
