// SPDX-License-Identifier: Apache-2.0
// `retimu simulate stream`: numbers with known outliers on standard output, as they come or at
// once.
#ifndef APP_SIMULATE_STREAM_HPP
#define APP_SIMULATE_STREAM_HPP

#include "app/command.hpp"

namespace retimu::app {

void add_stream(CLI::App& parent, int& exit_code);

}  // namespace retimu::app

#endif
