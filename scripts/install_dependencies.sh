#!/usr/bin/env bash
# Installs what nasnet's programs and tests need, on Debian 12 or later and its relatives, as root or with sudo.
# Only what is missing is installed; with nothing missing no network is used.
#
#   scripts/install_dependencies.sh [examples|all|aarch64]
#
# examples: what a build needs.  all (default): also the second compiler and the tools of the tests.
# aarch64: what else is needed to build and run tests for AArch64 on another machine.
set -euo pipefail

selection=${1:-all}

packages=(
  g++ cmake ninja-build python3
  libeigen3-dev nlohmann-json3-dev libcli11-dev zlib1g-dev libhiredis-dev
  catch2 libbenchmark-dev
  graphviz dataset-fashion-mnist
)
# Wanted where the distribution has them.
optional=(ccache)
case "$selection" in
  examples) ;;
  aarch64)
    packages=(g++-aarch64-linux-gnu qemu-user-static)
    optional=()
    ;;
  all)
    packages+=(clang redis-server)
    optional+=(clang-format-14 libc++-14-dev libc++abi-14-dev pkg-config python3-venv)
    ;;
  *)
    echo "install_dependencies.sh: found '$selection', wanted 'examples', 'all' or 'aarch64'" >&2
    exit 2
    ;;
esac

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  echo "install_dependencies.sh: no apt-get here. Install by other means: ${packages[*]}" >&2
  exit 1
fi

is_installed() {
  [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null || true)" = installed ]
}

missing=()
for package in "${packages[@]}"; do
  is_installed "$package" || missing+=("$package")
done
missing_optional=()
for package in "${optional[@]}"; do
  is_installed "$package" || missing_optional+=("$package")
done

# An optional package that could not be had before is not asked for again on its own.
if [ "${#missing[@]}" -eq 0 ] && [ "${#missing_optional[@]}" -eq 0 ]; then
  exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "install_dependencies.sh: run as root, or install sudo. Missing: ${missing[*]} ${missing_optional[*]}" >&2
    [ "${#missing[@]}" -eq 0 ] || exit 1
    exit 0
  fi
  as_root=(sudo)
fi

update() { "${as_root[@]}" apt-get update -qq; }
install() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; }

if [ "${#missing[@]}" -gt 0 ]; then
  echo "Installing ${missing[*]}" >&2
  update >&2
  install "${missing[@]}" >&2
fi
for package in "${missing_optional[@]}"; do
  if apt-cache show "$package" >/dev/null 2>&1; then
    install "$package" >&2 || echo "install_dependencies.sh: going on without $package" >&2
  fi
done
