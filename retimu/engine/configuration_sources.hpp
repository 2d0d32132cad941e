// SPDX-License-Identifier: Apache-2.0
// [[source]] in a configuration.
#ifndef RETIMU_ENGINE_CONFIGURATION_SOURCES_HPP
#define RETIMU_ENGINE_CONFIGURATION_SOURCES_HPP

#include "retimu/engine/configuration.hpp"
#include "retimu/engine/toml_reader.hpp"

namespace retimu {

// Appends the source of one table to the files or to the live ones, no two of which have one name.
Result<void> read_source(const TomlReader& toml, const toml::table& from, Configuration& to);

// "127.0.0.1:8080", "[::1]:8080" or "8080", which is on loopback. `node` is where it stands.
Result<Endpoint> read_endpoint(const TomlReader& toml, const toml::node& node,
                               std::string_view text);

}  // namespace retimu

#endif
