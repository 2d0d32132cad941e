// SPDX-License-Identifier: Apache-2.0
#include "app/outputs.hpp"

#include <filesystem>

namespace retimu::app {

bool is_same_file(const std::string& a, const std::string& b) {
  std::error_code none;
  return !a.empty() && !b.empty() && (a == b || std::filesystem::equivalent(a, b, none));
}

Result<void> check_apart(const std::string& output, const std::vector<std::string>& used) {
  for (const std::string& path : used) {
    if (!is_same_file(output, path)) continue;
    return failure(Fault::usage, "{} is in use and would be overwritten; name another output",
                   output);
  }
  return {};
}

}  // namespace retimu::app
