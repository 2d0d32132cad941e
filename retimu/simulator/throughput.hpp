// SPDX-License-Identifier: Apache-2.0
// Readings for measuring speed: many entities, four columns, lines of about 150 bytes, made faster
// than they are read.
#ifndef RETIMU_SIMULATOR_THROUGHPUT_HPP
#define RETIMU_SIMULATOR_THROUGHPUT_HPP

#include "retimu/core/random.hpp"
#include "retimu/core/result.hpp"
#include "retimu/core/time.hpp"

#include <string>

namespace retimu {

struct ThroughputOptions {
  std::uint64_t seed = 1;
  std::uint64_t entities = 1'000;  // 1 to 10,000,000
  Duration interval = second;      // between two readings of an entity: whole milliseconds
};

// Endless lines {"ts":<ms>,"host":"host-00000042","cpu_busy_percent":41.238,...}: the entities in
// turn, times in milliseconds that never fall, each jittering within its place in the turn. Every
// value is a level of its entity and column, a slow common wave and noise close to normal. Needs no
// memory an entity; the same options give the same bytes on every machine. About 0.15 microseconds
// a line.
class ThroughputGenerator {
 public:
  explicit ThroughputGenerator(const ThroughputOptions& options);

  void append(std::string& to, std::uint64_t lines);  // the next lines
  std::uint64_t lines() const { return lines_; }      // so far

 private:
  void append_line(std::string& to);

  ThroughputOptions options_;
  Random random_;
  std::uint64_t lines_ = 0, entity_ = 0;
  Time turn_;  // when this turn began
  double level_of_turn_ = 0;
};

// The first lines in a file, whole or not at all.
Result<void> write_throughput(const ThroughputOptions& options, std::uint64_t lines,
                              const std::string& path);

}  // namespace retimu

#endif
