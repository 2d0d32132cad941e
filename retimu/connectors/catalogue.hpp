// SPDX-License-Identifier: Apache-2.0
// The lists of sources and sinks.
#ifndef RETIMU_CONNECTORS_CATALOGUE_HPP
#define RETIMU_CONNECTORS_CATALOGUE_HPP

#include "retimu/core/result.hpp"
#include "retimu/core/sink.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace retimu {

struct ConnectorEntry {
  std::string_view name, summary;
};
std::span<const ConnectorEntry> source_catalogue();
std::span<const ConnectorEntry> sink_catalogue();

struct SinkOptions {
  std::string type;  // of the catalogue
  std::string path;  // jsonl
};
Result<std::unique_ptr<Sink>> open_sink(const SinkOptions& options);

}  // namespace retimu

#endif
