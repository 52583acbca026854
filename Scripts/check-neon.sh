#!/bin/sh
# Runs the kernels alone on this machine and, compiled for AArch64, under emulation: NEON must give
# the bits of the other instruction sets. Installs what is missing for that, and says so.
set -eu
cd "$(dirname "$0")/.."

# Where Swift is, its clang is beside it.
swift=$(command -v swift || true)
clang=clang
if [ -n "$swift" ]; then
  beside=$(dirname "$(readlink -f "$swift")")/clang
  if [ -x "$beside" ]; then clang=$beside; fi
fi
if ! command -v "$clang" >/dev/null 2>&1; then
  echo "There is no clang. Install Swift, which brings one." >&2
  exit 69
fi

install_missing() {
  packages=""
  if [ ! -e /usr/aarch64-linux-gnu/lib/libc.a ]; then
    packages="$packages gcc-aarch64-linux-gnu libc6-dev-arm64-cross"
  fi
  if ! command -v qemu-aarch64 >/dev/null 2>&1; then packages="$packages qemu-user"; fi
  if [ -z "$packages" ]; then return 0; fi
  if ! command -v apt-get >/dev/null 2>&1; then
    echo "Missing:$packages. Install an emulator of AArch64 and a C library for it." >&2
    exit 69
  fi
  echo "Installing what the emulation of AArch64 needs:$packages" >&2
  as_root=""
  if [ "$(id -u)" -ne 0 ]; then as_root="sudo"; fi
  $as_root apt-get update -qq
  # shellcheck disable=SC2086
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $packages >&2
}

folder=.build/kernels-alone
mkdir -p "$folder"

# compile NAME [OPTION...]: optimised as a release is.
compile() {
  name=$1
  shift
  "$clang" -std=c17 -O2 "$@" -I Sources/CTensorKernels/include \
    Tests/KernelsAlone/*.c Sources/CTensorKernels/*.c -lm -o "$folder/$name"
}

# run NAME [EMULATOR]: what it says of tables and faults goes to the terminal.
run() {
  printf '%s, ' "$1" >&2
  # shellcheck disable=SC2086
  $2 "$folder/$1" >"$folder/$1.txt" || {
    echo "The kernels on $1 are at fault." >&2
    exit 1
  }
}

compile host
run host ""
case $(uname -m) in
  arm64 | aarch64)
    cat "$folder/host.txt"
    echo "NEON and portable kernels give the same bits on this machine."
    exit 0
    ;;
esac

install_missing
compile aarch64 --target=aarch64-linux-gnu -static
run aarch64 qemu-aarch64
cat "$folder/aarch64.txt"
if ! diff "$folder/host.txt" "$folder/aarch64.txt" >&2; then
  echo "NEON gives other bits than this machine in the families above. With the argument 'cases'" \
    "the programs in $folder tell their cases apart." >&2
  exit 1
fi
echo "NEON gives the bits of this machine's kernels in all $(wc -l <"$folder/host.txt") families."
