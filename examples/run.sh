#!/usr/bin/env bash
# Searches a cell on Fashion-MNIST, on a fresh machine: installs what is missing, builds the program, runs it.
#
#   examples/run.sh [arguments of search_cells...]
#
# Without --data the images of Debian's package dataset-fashion-mnist are used.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
folder=$root/build/release
program=$folder/examples/search_cells

"$root/scripts/install_dependencies.sh" examples
(
  cd "$root"
  [ -x "$program" ] || echo "Building search_cells: about two minutes on two cores, this once."
  grep -qs '^build examples/search_cells:' "$folder/build.ninja" || cmake --preset release -DNASNET_BUILD_EXAMPLES=ON
  NINJA_STATUS='[%f/%t, %e s] ' cmake --build --preset release -j "$(nproc)" --target search_cells
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
exec "$program" "$@"
