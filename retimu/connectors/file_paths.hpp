// SPDX-License-Identifier: Apache-2.0
// From what a person wrote to the files that are meant.
#ifndef RETIMU_CONNECTORS_FILE_PATHS_HPP
#define RETIMU_CONNECTORS_FILE_PATHS_HPP

#include "retimu/core/result.hpp"

#include <string>
#include <vector>

namespace retimu {

// The files under paths and globs (* ? [ ]; folders that a glob matches are passed over), ordered
// by path. Of several names of one file the first in that order stays. Fault::input: a path is
// missing or a glob matches no file.
Result<std::vector<std::string>> find_paths(const std::vector<std::string>& wanted);

}  // namespace retimu

#endif
