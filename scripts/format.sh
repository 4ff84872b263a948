#!/usr/bin/env bash
# Formats all C++ and CUDA files in place, with clang-format 14.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

formatter=clang-format-14
command -v "$formatter" >/dev/null || formatter=clang-format
"$formatter" --version | grep -q 'version 14\.' || { echo "scripts/format.sh needs clang-format 14" >&2; exit 1; }

for folder in include src tests test_package examples bench kernels; do
  if [ -d "$folder" ]; then
    find "$folder" -type f \( -name '*.hpp' -o -name '*.ipp' -o -name '*.cpp' -o -name '*.cu' -o -name '*.cuh' \) -print0 |
      xargs -0 --no-run-if-empty "$formatter" -i
  fi
done
