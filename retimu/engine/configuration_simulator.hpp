// SPDX-License-Identifier: Apache-2.0
// A [[source]] of type "simulator".
#ifndef RETIMU_ENGINE_CONFIGURATION_SIMULATOR_HPP
#define RETIMU_ENGINE_CONFIGURATION_SIMULATOR_HPP

#include "retimu/engine/configuration.hpp"
#include "retimu/engine/toml_reader.hpp"

namespace retimu {

// A pipeline has at most one.
Result<void> read_simulator(const TomlReader& toml, const toml::table& from, Configuration& to);

}  // namespace retimu

#endif
