#!/usr/bin/env bash
# Installs what is missing, then builds and runs the test suite: all of it with gcc, and the tests of the modules with
# clang. NASNET_PRESETS=asan runs those with the sanitizers for addresses and undefined behaviour, NASNET_PRESETS=aarch64
# those of the computation cross-compiled for AArch64, under qemu.
#
#   tests/run.sh [--quick] [ctest arguments...]
#
# --quick runs the gcc release build alone. NASNET_PRESETS="release dev" chooses the builds, NASNET_WERROR=OFF lets
# warnings pass. The last line is "N passed, N failed".
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

presets=${NASNET_PRESETS:-release clang}
if [ "${1:-}" = --quick ]; then
  presets=release
  shift
fi

scripts/install_dependencies.sh all
case " $presets " in *" aarch64 "*) scripts/install_dependencies.sh aarch64 ;; esac

# count FILE ATTRIBUTE: a number from the <testsuite> at the head of ctest's results.
count() { sed -n "1,12 s/^[[:space:]]*$2=\"\([0-9]*\)\".*/\1/p" "$1"; }

jobs=$(nproc)
passed=0
failed=0
skipped=0
for preset in $presets; do
  folder=build/$preset
  results=$folder/results.xml
  started=$SECONDS
  whole=ON
  werror=${NASNET_WERROR:-ON}
  case $preset in
    clang | aarch64) whole=OFF ;;  # the tests of the modules: programs and single headers take long to build
    asan)
      whole=OFF
      werror=OFF  # gcc sees variables without a value where a sanitizer has moved them
      ;;
  esac
  echo "=== $preset: build"
  if ! { cmake --preset "$preset" -DNASNET_BUILD_TESTS=ON -DNASNET_BUILD_EXAMPLES=$whole -DNASNET_BUILD_BENCH=$whole \
           -DNASNET_TEST_HEADERS=$whole -DNASNET_INSTALL=ON -DNASNET_WERROR=$werror &&
         cmake --build --preset "$preset" -j "$jobs" -- -k 0; }; then  # on, to show all faults at once
    echo "=== $preset: the build failed after $((SECONDS - started)) s"
    failed=$((failed + 1))
    continue
  fi
  built=$SECONDS
  echo "=== $preset: built in $((built - started)) s, testing"
  rm -f "$results"
  status=0
  ctest --preset "$preset" -j "$jobs" --output-junit "$PWD/$results" "$@" || status=$?
  echo "=== $preset: tested in $((SECONDS - built)) s"

  if [ ! -f "$results" ]; then
    failed=$((failed + 1))
    continue
  fi
  bad=$(count "$results" failures)
  left_out=$(($(count "$results" skipped) + $(count "$results" disabled)))
  passed=$((passed + $(count "$results" tests) - bad - left_out))
  skipped=$((skipped + left_out))
  if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then
    bad=1
  fi
  failed=$((failed + bad))
done

if [ "$skipped" -gt 0 ]; then
  echo "$passed passed, $failed failed, $skipped skipped"
else
  echo "$passed passed, $failed failed"
fi
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
