// SPDX-License-Identifier: Apache-2.0
// `retimu simulate faults` and `retimu simulate readings`: a folder with a recording, its ground
// truth and a pipeline.
#ifndef APP_SIMULATE_RECORDING_HPP
#define APP_SIMULATE_RECORDING_HPP

#include "app/command.hpp"

namespace retimu::app {

void add_faults(CLI::App& parent, int& exit_code);
void add_readings(CLI::App& parent, int& exit_code);

}  // namespace retimu::app

#endif
