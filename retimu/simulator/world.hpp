// SPDX-License-Identifier: Apache-2.0
// A plant and its network operations centre: links, the hosts behind them, the services that run on
// those, and pumps. Who they are, who feeds whom, and what they write when nothing is wrong.
#ifndef RETIMU_SIMULATOR_WORLD_HPP
#define RETIMU_SIMULATOR_WORLD_HPP

#include "retimu/core/severity.hpp"
#include "retimu/simulator/plant.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace retimu {

// A line of a log, with {n}, {ip}, {user}, {ms}, {id}, {file} and {peer} in place of what varies.
struct LogText {
  Severity level = Severity::indeterminate;
  std::string_view program, text;
};

// What a kind of entity writes, and how often an hour, whether anything is wrong or not.
struct UsualLine {
  LogText line;
  double an_hour = 0;
};
struct UsualAlarm {
  std::string_view code, text;
  double an_hour = 0;
};
struct WorldKind {
  EntityKind readings;
  std::span<const UsualLine> lines;
  std::span<const UsualAlarm> alarms;  // warnings that nobody minds
};
std::span<const WorldKind> world_kinds();  // link, host, service, pump
const WorldKind& world_kind(std::string_view name);

struct World {
  std::vector<EntityModel> entities;
  // What fails at the first is felt at the second: indices.
  std::vector<std::pair<std::size_t, std::size_t>> edges;

  // Indices of what the entity feeds, itself not among them; `hops` away, exactly.
  std::vector<std::size_t> behind(std::size_t entity, std::size_t hops) const;
};

// Of every ten entities one is a link, three are hosts behind it, three services, one on each host,
// three pumps. Readings begin at `first`, spread over the interval as those of a plant are.
World make_world(std::size_t count, std::uint64_t seed, Time first, Duration interval);

// The text with something in place of each {name}; `peer` for {peer}.
void append_log_text(std::string& to, std::string_view text, std::string_view peer, Noise& noise);

}  // namespace retimu

#endif
