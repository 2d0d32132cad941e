// SPDX-License-Identifier: Apache-2.0
// `retimu simulate faults`: a world with its faults, as a folder.
#ifndef APP_SIMULATE_FAULTS_HPP
#define APP_SIMULATE_FAULTS_HPP

#include "app/command.hpp"
#include "retimu/simulator/world_plan.hpp"

#include <string>

namespace retimu::app {

// {"fault":"link_down","entities":["link1",..],"modalities":"metrics+logs","begin":..,"end":..}
std::string world_label_json(const WorldLabel& label);

void add_faults(CLI::App& parent, int& exit_code);

}  // namespace retimu::app

#endif
