"""The vcpkg port: its portfile configures and installs a copy of this checkout, with stand-ins for the functions of vcpkg.

    vcpkg_test.py [--compiler PATH] [--build-type TYPE] [--option=-DNAME=VALUE] --copy FOLDER FOLDER
                  [zlib] [eigen] [redis] [compiled]

It builds in the folder build of the copy. Then it looks at what lies in the package, and configures a program that uses
it. Of the features, those named are tested.
"""

import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys
from typing import Any

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(__file__).resolve().parent
GENERATOR = "Ninja" if shutil.which("ninja") else "Unix Makefiles"


def expect(condition: bool, sentence: str) -> None:
    if not condition:
        sys.exit(f"vcpkg_test.py: {sentence}")


def run(*command: str) -> str:
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if result.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{result.stdout[-6000:]}")
    return result.stdout


def check_manifest(port: pathlib.Path, version: str) -> None:
    manifest: dict[str, Any] = json.loads((port / "vcpkg.json").read_text(encoding="utf-8"))
    expect(manifest["version"] == version, f"vcpkg.json says {manifest['version']}, version.hpp {version}")
    usage = (port / "usage").read_text(encoding="utf-8")
    portfile = (port / "portfile.cmake").read_text(encoding="utf-8")
    for feature in manifest["features"]:
        expect(f"nasnet::{feature}" in usage, f"the file usage does not name nasnet::{feature}")
        known = re.search(rf"\b{feature}\b", portfile) is not None
        expect(known, f"portfile.cmake does not know the feature {feature}")


class Runner:
    def __init__(self, folder: pathlib.Path, copy: pathlib.Path, compiler: str, build_type: str, options: list[str],
                 version: str) -> None:
        self._folder, self._copy, self._compiler, self._version = folder, copy, compiler, version
        self._build_type, self._options = build_type, options

    def install(self, port: pathlib.Path, features: list[str]) -> tuple[pathlib.Path, str]:
        """The package's folder, and what was printed."""
        output = run("cmake", f"-DPORT_FOLDER={port}", f"-DCHECKOUT={self._copy}",
                     f"-DTREES={self._copy / 'build'}", f"-DWORK={self._folder / 'work'}",
                     f"-DFEATURES={';'.join(features)}", f"-DVERSION={self._version}", f"-DGENERATOR={GENERATOR}",
                     f"-DCOMPILER={self._compiler}", f"-DBUILD_TYPE={self._build_type}",
                     f"-DOPTIONS={';'.join(self._options)}", "-P", str(HERE / "run_port.cmake"))
        return self._folder / "work/packages", output

    def use(self, package: pathlib.Path, features: list[str], build: bool = False) -> None:
        """Configures the programs of test_package/ with the package, and builds them."""
        tree = self._folder / "consumer"
        shutil.rmtree(tree, ignore_errors=True)
        run("cmake", "-S", str(ROOT / "test_package"), "-B", str(tree), "-G", GENERATOR,
            f"-DCMAKE_PREFIX_PATH={package}", f"-DCOMPONENTS={';'.join(features)}",
            f"-DCMAKE_CXX_COMPILER={self._compiler}", "-DCMAKE_BUILD_TYPE=Debug")
        if build:
            for feature in features:
                run("cmake", "--build", str(tree), "--target", f"use_{feature}")
                run(str(tree / f"use_{feature}"))


def files_of(package: pathlib.Path) -> set[str]:
    return {path.relative_to(package).as_posix() for path in package.rglob("*") if path.is_file()}


def check_headers(package: pathlib.Path) -> None:
    """What each package has, and what vcpkg would complain of."""
    files = files_of(package)
    for name in ("include/nasnet/nasnet.hpp", "share/nasnet/copyright", "share/nasnet/usage",
                 "share/nasnet/nasnet-config.cmake"):
        expect(name in files, f"the package lacks {name}")
    expect(not any(name.startswith("debug/include/") for name in files), "there are headers in debug/")
    empty = [path for path in package.rglob("*") if path.is_dir() and not any(path.iterdir())]
    expect(not empty, f"folders are empty: {[str(path.relative_to(package)) for path in empty]}")
    for path in package.rglob("*.cmake"):
        text = path.read_text(encoding="utf-8")
        expect(str(package) not in text, f"{path.name} names the folder that it was made in")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("features", nargs="*")
    parser.add_argument("--copy", type=pathlib.Path, required=True, help="the copy of the checkout")
    parser.add_argument("--compiler", default="c++")
    parser.add_argument("--build-type", default="Debug", help="of all that is built, release or debug")
    parser.add_argument("--option", action="append", default=[], help="another option for nasnet's own CMake")
    arguments = parser.parse_args()
    version = re.search(r'NASNET_VERSION_STRING "([^"]+)"',
                        (ROOT / "include/nasnet/version.hpp").read_text(encoding="utf-8")).group(1)
    port = arguments.copy / "ports/nasnet"
    check_manifest(port, version)
    runner = Runner(arguments.folder, arguments.copy, arguments.compiler, arguments.build_type, arguments.option, version)

    package, output = runner.install(port, [])
    expect("downloads" not in output, "the overlay port downloads sources instead of taking the checkout")
    check_headers(package)
    files = files_of(package)
    ours = ("include/nasnet/", "share/nasnet/", "share/pkgconfig/")
    foreign = [name for name in files if not name.startswith(ours)]
    expect(not foreign, f"the package of headers has other files: {foreign}")
    for feature in ("zlib", "eigen", "redis", "compiled"):
        came = f"share/nasnet/nasnet-{feature}.cmake" in files
        expect(not came, f"the feature {feature} came without being asked for")
    runner.use(package, [])

    features = [feature for feature in arguments.features if feature != "compiled"]
    copied = arguments.folder / "registry/ports/nasnet"
    shutil.copytree(port, copied, dirs_exist_ok=True)
    package, output = runner.install(copied, features)
    expect("downloads" in output, "the port of a registry does not download sources")
    check_headers(package)
    runner.use(package, features)

    if "compiled" in arguments.features:
        package, _ = runner.install(port, ["compiled"])
        check_headers(package)
        files = files_of(package)
        for name in ("lib/libnasnet.a", "debug/lib/libnasnet.a"):
            expect(name in files, f"the package lacks {name}")
        runner.use(package, ["compiled"], build=True)


if __name__ == "__main__":
    main()
