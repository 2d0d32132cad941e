# SPDX-License-Identifier: Apache-2.0
# complete.bash SCRIPT LINE...: what bash offers at the end of each LINE, a line each.
# shellcheck shell=bash
script=$1
shift
# shellcheck source=/dev/null
source "$script"
for line in "$@"; do
  # Bash takes = for a word of its own.
  read -ra COMP_WORDS <<<"${line//=/ = }"
  [[ $line != *' ' && $line != *= ]] || COMP_WORDS+=('')
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
  _retimu
  echo "${COMPREPLY[*]}"
done
