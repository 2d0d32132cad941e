// SPDX-License-Identifier: Apache-2.0
// `retimu run --watch`: a screen that is redrawn in place.
#ifndef APP_WATCH_HPP
#define APP_WATCH_HPP

#include "app/run_report.hpp"

#include <string>

namespace retimu::app {

// As serve(), on the terminal of standard output: an error if it is none. Console sinks are left
// out. Ctrl-C ends it as ever and gives the screen back.
int serve_watched(Configuration configuration, ServiceOptions options, const std::string& name);

}  // namespace retimu::app

#endif
