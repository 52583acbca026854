#!/bin/sh
# The whole of what must hold for every change, in a fresh clone; says how long each part took.
set -eu
cd "$(dirname "$0")/.."

seconds=""
# part NAME COMMAND...
part() {
  name=$1
  shift
  echo "== $name: $*"
  start=$(date +%s)
  "$@" || {
    echo "The check of $name failed. Repeat it alone: $*" >&2
    exit 1
  }
  seconds="$seconds$(printf '%7d s  %s' $(($(date +%s) - start)) "$name")
"
}

part style make lint
part tests make test
part "a debug build" swift build --build-tests
# After the debug build, which they share.
part documentation make docs
for example in Examples/*/; do
  part "example $(basename "$example")" sh "${example}try.sh"
done
printf 'Everything holds.\n%s' "$seconds"
