#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Formats every C++ file with clang-format 14.
#   scripts/format.sh            in place
#   scripts/format.sh --check    says what would change, and fails if anything would
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

how=(-i)
case ${1:-} in
  '') ;;
  --check) how=(--dry-run --Werror) ;;
  *) fail "unknown argument: $1 (only --check)" ;;
esac
command -v clang-format-14 >/dev/null || fail "no clang-format-14: run scripts/install.sh"
folders=()
for folder in retimu app tests benchmarks; do
  [[ ! -d $folder ]] || folders+=("$folder")
done
find "${folders[@]}" \( -name '*.cpp' -o -name '*.hpp' \) -print0 |
  xargs -0 -r clang-format-14 "${how[@]}"
