// SPDX-License-Identifier: Apache-2.0
// [[maintenance]] of a pipeline.
#ifndef RETIMU_ENGINE_CONFIGURATION_MAINTENANCE_HPP
#define RETIMU_ENGINE_CONFIGURATION_MAINTENANCE_HPP

#include "retimu/engine/maintenance.hpp"
#include "retimu/engine/toml_reader.hpp"

namespace retimu {

Result<void> read_maintenance(const TomlReader& toml, const toml::table& from,
                              std::vector<MaintenanceWindow>& to);

}  // namespace retimu

#endif
