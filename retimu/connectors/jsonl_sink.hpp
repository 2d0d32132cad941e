// SPDX-License-Identifier: Apache-2.0
// A file of JSON lines, one an alert or incident, appended.
#ifndef RETIMU_CONNECTORS_JSONL_SINK_HPP
#define RETIMU_CONNECTORS_JSONL_SINK_HPP

#include "retimu/core/result.hpp"
#include "retimu/core/sink.hpp"

#include <memory>
#include <string>

namespace retimu {

// Made if it is missing. A line that a crash cut off is removed. Fault::usage if the file's last
// line, or what stands behind it, is not an alert: it is somebody else's file, and nothing is
// changed. Delivering writes all lines or none, one write for all; last_delivered() is the last
// line.
Result<std::unique_ptr<Sink>> open_jsonl_sink(const std::string& path);
// Whether a file that is there ends with an alert, as there. Nothing is changed.
Result<void> check_jsonl_sink(const std::string& path);

}  // namespace retimu

#endif
