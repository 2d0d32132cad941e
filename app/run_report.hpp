// SPDX-License-Identifier: Apache-2.0
// How a run goes on a terminal: progress, Ctrl-C, and at its end a few lines for people or one JSON
// object.
#ifndef APP_RUN_REPORT_HPP
#define APP_RUN_REPORT_HPP

#include "retimu/engine/service.hpp"

namespace retimu::app {

// Runs it to its end and gives the exit code. `options` needs no stop; without progress it
// gets a line that is redrawn.
// `ended` is called before anything is printed of its end; may be empty.
int serve(const Configuration& configuration, ServiceOptions options, bool json,
          const std::function<void()>& ended = {});

}  // namespace retimu::app

#endif
