#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# From a fresh Debian 12 to alerts on the screen: installs what is missing, builds the program and
# runs it on readings with known faults. The second run installs nothing and takes seconds.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# The main job: a world with faults is simulated (readings, logs and alarms), the pipeline watches
# it and tells alerts and incidents, and what it told is compared with what was injected. The script
# fails if too little was found, too much was false, or causes were not named. Everything lies in
# build/quickstart and is made anew each time.
main_job() {
  local retimu=$PWD/build/release/retimu folder=build/quickstart
  rm -rf "$folder"
  say "A day of a plant and its network, with faults in it"
  "$retimu" simulate faults --output "$folder"
  say "retimu run pipeline.toml: alerts and incidents as they come"
  (cd "$folder" && "$retimu" run pipeline.toml)
  say "What was told, and what was injected"
  "$retimu" simulate score "$folder"
}

say "Packages"
bash scripts/install.sh build

say "Building build/release/retimu with $(parallel_jobs) jobs"
if [[ ! -f build/release/build.ninja ]]; then
  configure release -DRETIMU_TESTS=OFF -DRETIMU_BENCHMARKS=OFF
fi
build release retimu

main_job
say "Done; next: build/release/retimu --help"
