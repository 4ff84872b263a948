#!/usr/bin/env bash
# Searches a cell on Fashion-MNIST, on a fresh machine: installs what is missing, builds the program, runs it.
#
#   examples/run.sh [arguments of search_cells...]
#
# Without --data the images of Debian's package dataset-fashion-mnist are used.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

"$root/scripts/install_dependencies.sh" examples
(
  cd "$root"
  cmake --preset release
  cmake --build --preset release -j "$(nproc)" --target search_cells
) >&2

data=/usr/share/datasets/fashion-mnist
for argument in "$@"; do
  case "$argument" in
    --data | --data=*) data= ;;
  esac
done
if [ -n "$data" ] && [ -d "$data" ]; then
  set -- --data "$data" "$@"
fi
exec "$root/build/release/examples/search_cells" "$@"
