// SPDX-License-Identifier: Apache-2.0
// Files that a command writes anew.
#ifndef APP_OUTPUTS_HPP
#define APP_OUTPUTS_HPP

#include "retimu/core/result.hpp"

#include <string>
#include <vector>

namespace retimu::app {

bool is_same_file(const std::string& a, const std::string& b);

// An output begins empty, so it must be none of the files in use, which may be missing.
// Fault::usage.
Result<void> check_apart(const std::string& output, const std::vector<std::string>& used);

}  // namespace retimu::app

#endif
