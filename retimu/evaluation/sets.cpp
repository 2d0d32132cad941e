// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/sets.hpp"

#include "retimu/evaluation/causes.hpp"
#include "retimu/evaluation/change_points.hpp"
#include "retimu/evaluation/nab.hpp"
#include "retimu/evaluation/set_readers.hpp"
#include "retimu/evaluation/tep.hpp"

#include <algorithm>
#include <array>

namespace retimu {

namespace {

constexpr std::array<SetEntry, 10> entries = {{
    {"nab", "streams of one metric (NAB 1.1); nothing to learn from, the first 15 % do not count",
     58, read_nab, nab_figures},
    {"skab", "a water loop with faults (SKAB 0.9); the first 400 rows of each are to learn from",
     34, read_skab, skab_figures, true},
    {"smd", "38 metrics of a server (OmniAnomaly); the authors' train and test", 28, read_smd,
     causes_figures},
    {"asd", "19 metrics of an application server (InterFusion); the authors' train and test", 12,
     read_asd, causes_figures},
    {"smap",
     "a telemetry channel of SMAP and its commands (telemanom); the authors' train and test", 54,
     read_smap, nullptr},
    {"msl", "a telemetry channel of MSL and its commands (telemanom); the authors' train and test",
     27, read_msl, nullptr},
    {"app-services",
     "19 raw metrics of a service (JumpStarter, Dataset2 and 3); the authors' train and test", 60,
     read_app_services, nullptr},
    {"batadal",
     "attacks on a water network (BATADAL); learns from dataset03, judges dataset04, where no "
     "label "
     "(-999) counts as normal",
     1, read_batadal, nullptr},
    {"tep", "faults of a chemical plant (Braatz); learns from d00, judges each test run", 22,
     read_tep, tep_figures},
    {"tables",
     "tables without time (ADBench, 47 of them); 70 % to learn from and 30 % to judge, five times, "
     "stratified; above 20,000 rows a stratified sample of so many",
     235, read_tables, nullptr},
}};

}  // namespace

std::span<const SetEntry> set_catalogue() { return entries; }

const SetEntry* find_set(std::string_view name) {
  const auto found = std::ranges::find(entries, name, &SetEntry::name);
  return found == entries.end() ? nullptr : &*found;
}

}  // namespace retimu
