// SPDX-License-Identifier: Apache-2.0
#ifndef RETIMU_CONNECTORS_JSONL_SINK_HPP
#define RETIMU_CONNECTORS_JSONL_SINK_HPP

#include "retimu/core/result.hpp"
#include "retimu/core/sink.hpp"

#include <memory>
#include <string>

namespace retimu {

// A file of JSON lines, one an alert, appended. A line that a crash cut off is removed. Fault::usage if the file's last line
// is not an alert: it is somebody else's file, and nothing is changed.
Result<std::unique_ptr<Sink>> open_jsonl_sink(const std::string& path);

}  // namespace retimu

#endif
