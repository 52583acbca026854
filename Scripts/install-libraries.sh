#!/bin/sh
# Installs the development packages of libcrypto, zlib, libpng and libjpeg-turbo where they are
# missing, and says so; where nothing is missing it is silent.
set -eu

missing() {
  header=$1
  for folder in /usr/include /usr/local/include /opt/homebrew/include /opt/homebrew/opt/zlib/include \
    /usr/local/opt/zlib/include; do
    if [ -e "$folder/$header" ]; then return 1; fi
  done
  return 0
}

packages=""
brews=""
# Apple's systems have a SHA-256 of their own.
if [ "$(uname)" != Darwin ] && missing openssl/evp.h; then packages="$packages libssl-dev"; fi
if missing zlib.h; then packages="$packages zlib1g-dev"; brews="$brews zlib"; fi
if missing png.h; then packages="$packages libpng-dev"; brews="$brews libpng"; fi
if missing turbojpeg.h; then packages="$packages libturbojpeg0-dev"; brews="$brews jpeg-turbo"; fi
if [ -z "$packages" ]; then exit 0; fi

if command -v apt-get >/dev/null 2>&1; then
  echo "Installing missing libraries:$packages" >&2
  as_root=""
  if [ "$(id -u)" -ne 0 ]; then as_root="sudo"; fi
  $as_root apt-get update -qq
  # shellcheck disable=SC2086
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $packages >&2
elif command -v brew >/dev/null 2>&1; then
  echo "Installing missing libraries:$brews" >&2
  # shellcheck disable=SC2086
  brew install $brews >&2
else
  echo "Missing libraries:$packages. Install their development packages and try again." >&2
  exit 69
fi
