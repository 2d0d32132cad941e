// SPDX-License-Identifier: Apache-2.0
// How well the templates that were found group the lines of a log.
#ifndef RETIMU_EVALUATION_GROUPING_HPP
#define RETIMU_EVALUATION_GROUPING_HPP

#include "retimu/evaluation/loghub.hpp"
#include "retimu/evaluation/table.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace retimu {

// Share of the lines whose group is exactly a true group, all of it and nothing else (Zhu et al.
// 2019). One entry a line in both; empty: 0.
double grouping_accuracy(std::span<const std::uint64_t> groups, std::span<const std::string> truth);

struct Grouping {
  double first = 0;  // by the template that a line had when it came
  double final = 0;  // by what that is called after the last line
  std::size_t templates = 0;
};

struct GroupedLog {
  std::string name;
  std::size_t lines = 0, templates = 0;  // true ones
  Grouping content;
  std::optional<Grouping> raw;            // of whole lines, headers found by what they look like
  double random = 0;                      // as many groups as there are, by chance
  double drain = 0;                       // of messages, with one configuration for all logs
  std::optional<double> drain_published;  // with expressions and parameters for each log
};

// Each log by a miner of its own that reads its lines once, in their order.
std::vector<GroupedLog> group_logs(std::span<const LabelledLog> logs);

// One row a log and the mean.
std::vector<Grid> make_grids(std::span<const GroupedLog> logs);
// One object: set, logs with content, raw, random, Drain, and their mean.
std::string to_json(std::span<const GroupedLog> logs);

}  // namespace retimu

#endif
