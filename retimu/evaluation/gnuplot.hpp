// SPDX-License-Identifier: Apache-2.0
// gnuplot as a child process: it draws, we say what.
#ifndef RETIMU_EVALUATION_GNUPLOT_HPP
#define RETIMU_EVALUATION_GNUPLOT_HPP

#include "retimu/core/result.hpp"

#include <string>
#include <string_view>

namespace retimu {

// An error that says how to install it if there is none on the PATH.
Result<void> find_gnuplot();

// Runs the script and gives what it printed. Fault::system with gnuplot's own message if it failed.
Result<std::string> run_gnuplot(std::string_view script);

// A text of a script, in double quotes; control characters become blanks.
std::string gnuplot_text(std::string_view text);

}  // namespace retimu

#endif
