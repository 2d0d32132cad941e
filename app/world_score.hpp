// SPDX-License-Identifier: Apache-2.0
// How the score of a simulated world is printed.
#ifndef APP_WORLD_SCORE_HPP
#define APP_WORLD_SCORE_HPP

#include <string>

namespace retimu::app {

// Of the folder; gives the exit code.
int print_world_score(const std::string& folder, bool json);

}  // namespace retimu::app

#endif
