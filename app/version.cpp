// SPDX-License-Identifier: Apache-2.0
#include "app/version.hpp"

#include <fmt/format.h>

namespace retimu::app {

std::string version_text() {
  return fmt::format(
      "retimu {}\n"
      "commit: {}\n"
      "build: {}, {}, {}\n"
      "libraries: {}",
      RETIMU_VERSION, build_commit, RETIMU_BUILD, RETIMU_COMPILER, RETIMU_PROCESSOR,
      RETIMU_LIBRARIES);
}

}  // namespace retimu::app
