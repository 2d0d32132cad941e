// SPDX-License-Identifier: Apache-2.0
// The lists of sources and sinks: a new one is a line in catalogue.cpp.
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
  std::string_view name;     // `type` of a [[source]] or [[sink]] table
  std::string_view summary;  // one line
};
std::span<const ConnectorEntry> source_catalogue();
std::span<const ConnectorEntry> sink_catalogue();

struct SinkOptions {
  std::string type;         // of the catalogue
  std::string path;         // jsonl
  bool tells_rows = false;  // console: times are numbers of records
};
// Fault::usage if the catalogue has no such type; else as the sink's own header says.
Result<std::unique_ptr<Sink>> open_sink(const SinkOptions& options);

}  // namespace retimu

#endif
