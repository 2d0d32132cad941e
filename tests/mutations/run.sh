#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Plants each fault in a copy of the tree and demands that the tests it names turn red: a law is
# trusted once a planted fault has made its test fail.
#   tests/mutations/run.sh                  every *.patch beside this script
#   tests/mutations/run.sh PATCH ...        these
#   tests/mutations/run.sh --check          every patch fits and is complete; builds nothing
#
# A patch is what `git diff` prints, below lines of this form:
#   # law: 3                        the law of ARCHITECTURE.md that the fault breaks
#   # test: ^engine_test$           which ctest entries must fail, a regular expression
#   # filter: Replay.*              optional: which GoogleTest cases of them
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/common.sh"

copy=$PWD/build/mutations/tree
binaries=$PWD/build/mutations/build
# Else git would take the copy for a part of this repository and apply nothing to it.
export GIT_CEILING_DIRECTORIES=$PWD/build/mutations

# header PATCH KEY: the value of a line `# KEY: value` above the diff.
header() { sed -n "/^diff --git/q; s/^# $2: *//p" "$1" | head -n 1; }

check() {
  local patch is_right=true
  for patch in "$@"; do
    if ! [[ $(header "$patch" law) =~ ^[0-9]+$ ]]; then
      echo "$patch: no line '# law: N' above the diff" && is_right=false
    fi
    if [[ -z $(header "$patch" test) ]]; then
      echo "$patch: no line '# test: REGEX' above the diff" && is_right=false
    fi
    if ! git apply --check "$patch"; then
      echo "$patch: does not fit the code any more" && is_right=false
    fi
  done
  $is_right
}

# Makes the copy equal to the working tree. A file that is equal keeps its time, so that a second
# run rebuilds only what changed; one that differs gets the time of now, never an older one.
copy_tree() {
  local file
  mkdir -p "$copy"
  while IFS= read -r -d '' file; do
    if [[ -e $file ]] && ! cmp --silent "$file" "$copy/$file"; then
      mkdir -p "$copy/$(dirname "$file")"
      cp --no-preserve=timestamps "$file" "$copy/$file"
    fi
  done < <(git ls-files -z --cached --others --exclude-standard)
  while IFS= read -r -d '' file; do
    [[ -e $file ]] || rm "$copy/$file"
  done < <(cd "$copy" && find . -type f -print0)
}

tests_named() {
  ctest --test-dir "$binaries" --show-only --tests-regex "$1" |
    sed -n 's/^ *Test *#[0-9]*: //p'
}

# build_for TESTS: the executables of these tests, which may come in numbered parts, and the program
# that some of them start.
build_for() {
  local targets=() name
  for name in $1 retimu; do
    name=${name%_[0-9]}
    if ninja -C "$binaries" -t query "$name" >/dev/null 2>&1; then targets+=("$name"); fi
  done
  ((${#targets[@]} > 0)) || return 0
  cmake --build "$binaries" -j "$(parallel_jobs)" --target "${targets[@]}"
}

# run_named REGEX FILTER
run_named() {
  GTEST_FILTER=${2:-*} ctest --test-dir "$binaries" --output-on-failure --no-tests=error \
    --tests-regex "$1"
}

# judge PATCH: prints the verdict; the copy is as before afterwards.
judge() {
  local patch=$1 log test filter names
  log=$PWD/build/mutations/$(basename "$patch" .patch).log
  test=$(header "$patch" test)
  filter=$(header "$patch" filter)
  : >"$log"
  names=$(tests_named "$test")
  if [[ -z $names ]]; then
    echo "names no test"
    return
  fi
  if ! { build_for "$names" && run_named "$test" "$filter"; } >>"$log" 2>&1; then
    echo "red before the fault"
    return
  fi
  git -C "$copy" apply "$patch"
  if ! build_for "$names" >>"$log" 2>&1; then
    echo "does not build"
  elif run_named "$test" "$filter" >>"$log" 2>&1; then
    echo "SURVIVES"
  else
    echo "found"
  fi
  git -C "$copy" apply --reverse "$patch"
}

if [[ ${1:-} == --check ]]; then
  mapfile -t patches < <(find tests/mutations -name '*.patch' | sort)
  check "${patches[@]}"
  echo "${#patches[@]} planted faults fit the code"
  exit 0
fi

if (($# > 0)); then
  mapfile -t patches < <(realpath -- "$@")
else
  mapfile -t patches < <(find "$PWD/tests/mutations" -name '*.patch' | sort)
fi
((${#patches[@]} > 0)) || fail "no planted fault"
check "${patches[@]}"

start_results
say "A copy of the tree in build/mutations"
copy_tree
if ! cmake --preset release -S "$copy" -B "$binaries" -DRETIMU_BENCHMARKS=OFF \
  >build/mutations/configure.log 2>&1; then
  cat build/mutations/configure.log
  fail "configuring the copy failed"
fi

say "${#patches[@]} planted faults"
for patch in "${patches[@]}"; do
  verdict=$(judge "$patch")
  name=$(basename "$patch" .patch)
  printf 'law %-3s %-44s %s\n' "$(header "$patch" law)" "$name" "$verdict"
  if [[ $verdict == found ]]; then
    record passed "mutations/$name"
  else
    record failed "mutations/$name"
    tail -n 30 "build/mutations/$name.log"
  fi
done
