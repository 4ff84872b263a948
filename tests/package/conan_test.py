"""The Conan recipe: `conan create` makes each form of the package, and a program for each component runs.

    conan_test.py [--compiler PATH] [--build-type TYPE] [--variable NAME=VALUE] FOLDER [zlib] [eigen] [redis] [compiled]

Conan comes from PATH or, from PyPI, into FOLDER, where its cache lies too; no remote is asked for packages. The
libraries that nasnet needs are those of this machine: for the first package they are [platform_requires] of the
profile, for the others packages that stand for them (system_library). Of the components, those named are tested.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(__file__).resolve().parent
# Any versions that the recipe accepts.
LIBRARIES = {"nlohmann_json": "3.11.2", "zlib": "1.2.13", "eigen": "3.4.0", "hiredis": "1.0.2"}
SKIPPED = 77


def skip(reason: str) -> None:
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)


def find_conan(folder: pathlib.Path) -> str:
    """Conan 2 of this machine, or one from PyPI."""
    found = shutil.which("conan")
    if found and " 2." in subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout:
        return found
    program = folder / "venv/bin/conan"
    if not program.exists():
        shutil.rmtree(folder / "venv", ignore_errors=True)
        made = subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=False, capture_output=True)
        if made.returncode != 0:
            skip("no Conan here, and Python cannot make a virtual environment to install it in")
        installed = subprocess.run([str(folder / "venv/bin/pip"), "install", "-q", "conan>=2,<3"], check=False,
                                   capture_output=True, text=True)
        if installed.returncode != 0:
            skip(f"no Conan here, and none from PyPI: {installed.stderr.strip().splitlines()[-1:]}")
    return str(program)


class Conan:
    def __init__(self, folder: pathlib.Path, compiler: str) -> None:
        self._program = find_conan(folder)
        self._folder = folder
        self._environment = {**os.environ, "CONAN_HOME": str(folder / "home"), "PYTHONDONTWRITEBYTECODE": "1",
                             "CXX": compiler}
        shutil.rmtree(folder / "home", ignore_errors=True)
        self.run("profile", "detect")
        self.run("remote", "disable", "*")

    def run(self, *arguments: str) -> str:
        result = subprocess.run([self._program, *arguments], env=self._environment, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True, check=False)
        if result.returncode != 0:
            sys.exit(f"conan {' '.join(arguments)} failed:\n{result.stdout[-6000:]}")
        return result.stdout

    def create(self, profile: str, build_type: str, variables: dict[str, str], **options: bool) -> str:
        """Makes a package and tests it with test_package/. The variables are CMake's. Gives what Conan printed."""
        path = self._folder / "profile"
        path.write_text("include(default)\n[settings]\ncompiler.cppstd=20\n"
                        f"build_type={build_type}\n"
                        "[conf]\ntools.build:jobs=1\n"
                        f"tools.cmake.cmake_layout:test_folder={self._folder / 'test_package'}\n"
                        f"tools.cmake.cmaketoolchain:extra_variables={variables}\n"
                        f"tools.cmake.cmaketoolchain:user_presets=\n{profile}", encoding="utf-8")
        flags = [argument for name, value in options.items() for argument in ("-o", f"&:{name}={value}")]
        return self.run("create", str(ROOT), f"-pr:a={path}", "--build=missing", "--build=nasnet/*", *flags)

    def package_folder(self) -> pathlib.Path:
        """Where the one package of nasnet in the cache lies."""
        command = [self._program, "list", "nasnet/*:*", "--format=json"]
        listed = json.loads(subprocess.run(command, env=self._environment, capture_output=True, text=True,
                                           check=True).stdout)
        revision = next(iter(next(iter(listed["Local Cache"].values()))["revisions"].values()))
        reference = next(iter(listed["Local Cache"]))
        package = next(iter(revision["packages"]))
        return pathlib.Path(self.run("cache", "path", f"{reference}:{package}").strip().split("\n")[-1])


def expect(condition: bool, sentence: str) -> None:
    if not condition:
        sys.exit(f"conan_test.py: {sentence}")


def ran(output: str, component: str) -> bool:
    return re.search(rf"RUN: \S*/use_{component}$", output, re.MULTILINE) is not None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("components", nargs="*")
    parser.add_argument("--compiler", default="c++")
    parser.add_argument("--build-type", default="Debug", help="of the compiled library")
    parser.add_argument("--variable", action="append", default=[], help="of CMake's, for the compiled library")
    arguments = parser.parse_args()
    folder, components = arguments.folder, arguments.components
    folder.mkdir(parents=True, exist_ok=True)
    conan = Conan(folder, arguments.compiler)
    version = re.search(r'NASNET_VERSION_STRING "([^"]+)"',
                        (ROOT / "include/nasnet/version.hpp").read_text(encoding="utf-8")).group(1)

    print("header-only, with libraries of the platform", flush=True)
    platform = "".join(f"{name}/{number}\n" for name, number in LIBRARIES.items())
    output = conan.create(f"[platform_requires]\n{platform}", "Debug", {})
    expect(f"nasnet/{version}" in output, f"the package's version is not {version}")
    expect(ran(output, "nasnet"), "the program for nasnet::nasnet did not run")
    package = conan.package_folder()
    files = sorted(path.relative_to(package).as_posix() for path in package.rglob("*") if path.is_file())
    for name in ("include/nasnet/nasnet.hpp", "licenses/LICENSE"):
        expect(name in files, f"the package lacks {name}")
    ours = ("include/nasnet/", "licenses/", "conan")
    foreign = [name for name in files if not name.startswith(ours)]
    expect(not foreign, f"the package of headers has other files: {foreign}")

    for name, number in LIBRARIES.items():
        conan.run("export", str(HERE / "system_library"), f"--name={name}", f"--version={number}")
    headers = [name for name in components if name != "compiled"]
    print("header-only, with", ", ".join(headers), flush=True)
    output = conan.create("", "Debug", {}, **{name: True for name in headers})
    for name in ["nasnet", *headers]:
        expect(ran(output, name), f"the program for nasnet::{name} did not run")

    if "compiled" in components:
        print("compiled", flush=True)
        conan.run("remove", "nasnet/*", "--confirm")
        output = conan.create("", arguments.build_type, dict(each.split("=", 1) for each in arguments.variable),
                              compiled=True)
        expect(ran(output, "compiled"), "the program for nasnet::compiled did not run")
        expect((conan.package_folder() / "lib/libnasnet.a").exists(), "the package has no lib/libnasnet.a")


if __name__ == "__main__":
    main()
