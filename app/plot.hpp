// SPDX-License-Identifier: Apache-2.0
// `retimu detect --plot`: a run, and a picture of it.
#ifndef APP_PLOT_HPP
#define APP_PLOT_HPP

#include "app/run_report.hpp"

#include <string>

namespace retimu::app {

struct PlotFile {
  std::string path;  // .png or .svg
  std::string what;  // that is drawn, for the title
};

// Runs it as serve() does, and draws. What is missing for that is said before.
int serve_with_plot(const Configuration& configuration, ServiceOptions options, bool json,
                    const PlotFile& plot);

}  // namespace retimu::app

#endif
