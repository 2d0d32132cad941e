// SPDX-License-Identifier: Apache-2.0
// `retimu simulate score`.
#ifndef APP_SIMULATE_SCORE_HPP
#define APP_SIMULATE_SCORE_HPP

#include <CLI/CLI.hpp>

namespace retimu::app {

void add_score(CLI::App& parent, int& exit_code);

}  // namespace retimu::app

#endif
