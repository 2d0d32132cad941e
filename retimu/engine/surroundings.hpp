// SPDX-License-Identifier: Apache-2.0
// What a pipeline needs around it: files that are there, columns that they have, folders to write
// to.
#ifndef RETIMU_ENGINE_SURROUNDINGS_HPP
#define RETIMU_ENGINE_SURROUNDINGS_HPP

#include "retimu/engine/configuration.hpp"

#include <string>
#include <vector>

namespace retimu {

struct Surroundings {
  std::vector<Error> errors;          // `retimu run` would be refused for them
  std::vector<std::string> warnings;  // sentences
};

// Reads the first records of the sources, as opening them does, and changes nothing.
Surroundings check_surroundings(const Configuration& configuration);

}  // namespace retimu

#endif
