// SPDX-License-Identifier: Apache-2.0
// Secrets come from the environment or a file, never from a configuration, and are never shown.
#ifndef RETIMU_ENGINE_SECRET_HPP
#define RETIMU_ENGINE_SECRET_HPP

#include "retimu/core/result.hpp"

#include <string>

namespace retimu {

// From the environment variable, else from the first line of the file; empty where neither is
// named. Fault::usage: it is not there or empty, or the file has more than 4,096 bytes.
Result<std::string> read_secret(const std::string& variable, const std::string& file);

}  // namespace retimu

#endif
