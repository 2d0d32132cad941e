#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs the Debian 12 packages that are missing, and nothing else.
#   scripts/install.sh build    what building the program needs
#   scripts/install.sh package  that, and what makes a Debian package of it
#   scripts/install.sh tests    that, and what scripts/test.sh needs
#   scripts/install.sh all      that, and the formatter and linters (default)
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

build_packages=(
  g++ cmake ninja-build
  libfmt-dev libexpected-dev libsimdjson-dev zlib1g-dev libzstd-dev libsqlite3-dev
  libtomlplusplus-dev libeigen3-dev libmuparser-dev libcli11-dev libspdlog-dev
  libhowardhinnant-date-dev tzdata libssl-dev libcpp-httplib-dev)
package_packages=(dpkg-dev)
test_packages=(
  git python3 curl procps systemd gnuplot-nox ccache
  clang-14 libclang-rt-14-dev libgtest-dev libbenchmark-dev)
developer_packages=(python3-venv clang-format-14 clang-tidy-14 shellcheck gdb)

case ${1:-all} in
  build) wanted=("${build_packages[@]}") ;;
  package) wanted=("${build_packages[@]}" "${package_packages[@]}") ;;
  tests) wanted=("${build_packages[@]}" "${package_packages[@]}" "${test_packages[@]}") ;;
  all)
    wanted=("${build_packages[@]}" "${package_packages[@]}" "${test_packages[@]}"
      "${developer_packages[@]}")
    ;;
  *) fail "unknown set of packages: $1 (build, package, tests or all)" ;;
esac

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  fail "this needs Debian's apt; elsewhere install by hand what stands for: ${wanted[*]}"
fi

is_installed() {
  [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

missing=()
for package in "${wanted[@]}"; do
  is_installed "$package" || missing+=("$package")
done
if ((${#missing[@]} == 0)); then
  echo "All ${#wanted[@]} packages are installed."
  exit 0
fi

as_root=()
if ((EUID != 0)); then
  command -v sudo >/dev/null || fail "not root and no sudo; as root: apt-get install ${missing[*]}"
  as_root=(sudo)
fi
echo "Installing ${#missing[@]} of ${#wanted[@]} packages with apt-get: ${missing[*]}"
"${as_root[@]}" apt-get update --quiet=2
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install --yes --quiet=2 --no-install-recommends "${missing[@]}"
