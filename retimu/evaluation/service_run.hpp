// SPDX-License-Identifier: Apache-2.0
// A day of a system of services into which faults were injected, with metrics and log lines of each
// service, as Nezha publishes them (Yu et al., "Nezha: Interpretable fine-grained root causes
// analysis for microservices on multi-modal observability data", ESEC/FSE 2023).
#ifndef RETIMU_EVALUATION_SERVICE_RUN_HPP
#define RETIMU_EVALUATION_SERVICE_RUN_HPP

#include "retimu/core/batch.hpp"
#include "retimu/core/columns.hpp"
#include "retimu/core/result.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace retimu {

struct ServiceRun {
  struct Fault {
    Time time = 0;  // of its injection
    std::uint32_t service = 0;
    std::string type;  // "exception"
  };
  struct MetricRow {
    Time time = 0;
    std::uint32_t service = 0;
    std::vector<double> values;  // one a metric; NaN: missing
  };
  struct Line {
    Time time = 0;
    std::uint32_t service = 0;
    Severity level = Severity::indeterminate;
    std::string text;
  };
  std::string name;                   // "2023-01-29"
  std::vector<std::string> services;  // by name
  std::vector<std::string> metrics;   // by name
  // By time; of one time by service.
  std::vector<Fault> faults;
  std::vector<MetricRow> rows;
  std::vector<Line> lines;       // each once, though files overlap
  std::size_t unread_lines = 0;  // malformed, or of no service that has metrics
};

// Adds what the services sent, by time, metrics before lines: an entity is a service.
void append_events(const ServiceRun& run, Columns& columns, Batch& to);

// A folder with DAY-fault_list.json, metric/, log/ and fault_free/, or a folder of such folders, by
// name; files may be packed by gzip. A service is a pod's name without its last two parts. What is
// measured at the entry alone (front_service) is left out, and so are traces. Fault::input: there
// is no such folder, or one of its files is not what it should be; malformed log lines are counted.
Result<std::vector<ServiceRun>> read_nezha(const std::string& folder);

}  // namespace retimu

#endif
