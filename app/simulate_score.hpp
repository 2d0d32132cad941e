// SPDX-License-Identifier: Apache-2.0
// `retimu simulate score`.
#ifndef APP_SIMULATE_SCORE_HPP
#define APP_SIMULATE_SCORE_HPP

#include "retimu/simulator/labels.hpp"

#include <CLI/CLI.hpp>
#include <string>

namespace retimu::app {

void add_score(CLI::App& parent, int& exit_code);

// {"fault":"spike","entity":"pump2","columns":["pressure"],"begin":...,"end":...,"size":9.5}
std::string label_json(const FaultLabel& label);

}  // namespace retimu::app

#endif
