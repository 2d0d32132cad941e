#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# From a fresh Debian 12 to alerts on the screen: installs what is missing, builds the program and
# runs it on readings with known faults. The second run installs nothing and takes seconds.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# The main job.
main_job() {
  local folder=build/quickstart
  rm -rf "$folder"
  build/release/retimu simulate faults --output "$folder"
  build/release/retimu run "$folder/pipeline.toml"
  build/release/retimu simulate score "$folder"
}

say "Packages"
bash scripts/install.sh build

say "Building build/release/retimu with $(parallel_jobs) jobs"
if [[ ! -f build/release/build.ninja ]]; then
  configure release -DRETIMU_TESTS=OFF -DRETIMU_BENCHMARKS=OFF
fi
build release retimu

say "Readings of several entities, with faults in them"
main_job
say "Done; next: build/release/retimu --help"
