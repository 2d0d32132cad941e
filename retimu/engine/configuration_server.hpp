// SPDX-License-Identifier: Apache-2.0
// [server] in a configuration.
#ifndef RETIMU_ENGINE_CONFIGURATION_SERVER_HPP
#define RETIMU_ENGINE_CONFIGURATION_SERVER_HPP

#include "retimu/engine/configuration.hpp"
#include "retimu/engine/toml_reader.hpp"

namespace retimu {

Result<void> read_server(const TomlReader& toml, const toml::table& from, ServerConfiguration& to);

}  // namespace retimu

#endif
