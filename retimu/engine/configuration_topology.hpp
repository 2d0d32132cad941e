// SPDX-License-Identifier: Apache-2.0
// [topology] of a configuration: edges in it and in a file of their own.
#ifndef RETIMU_ENGINE_CONFIGURATION_TOPOLOGY_HPP
#define RETIMU_ENGINE_CONFIGURATION_TOPOLOGY_HPP

#include "retimu/engine/configuration.hpp"
#include "retimu/engine/toml_reader.hpp"

namespace retimu {

// The file is read, too: what is wrong in it is an error with its line.
Result<void> read_topology(const TomlReader& toml, const toml::table& from,
                           TopologyConfiguration& to);

// Edges of CSV: records of two names, from and to, divided by comma, semicolon or tab. A first one
// that says "from,to", "source,target" or the like is a header; empty lines and those that begin
// with '#' do not count. At most 1,000,000. Fault::usage with "name:line" and what is wrong.
Result<void> parse_edges(std::string_view text, std::string_view name,
                         std::vector<TopologyEdge>& to);

}  // namespace retimu

#endif
