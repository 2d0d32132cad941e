// SPDX-License-Identifier: Apache-2.0
// A small fleet that sends readings and log lines in one stream of JSON, with faults that show in
// both.
#ifndef TESTS_SUPPORT_MIXED_FLEET_HPP
#define TESTS_SUPPORT_MIXED_FLEET_HPP

#include "retimu/core/random.hpp"
#include "tests/support/fleet.hpp"

#include <array>

namespace retimu {

struct MixedRecord {
  std::string entity;
  Time time = 0;
  std::string json;
};

// Of the readings of `options` each is followed by three log lines of its entity, within a second.
// A spike comes with an error that the entity has not logged before. Names of users vary, so that
// templates merge on the way.
inline std::vector<MixedRecord> make_mixed_fleet(const FleetOptions& options) {
  static constexpr std::array users = {"anna", "ben",   "carla", "dora", "emil", "fritz",
                                       "gus",  "hilda", "ida",   "jan",  "karl", "lena"};
  Random random(options.seed + 1);
  std::vector<MixedRecord> records;
  std::size_t row = 0;
  for (const FleetRecord& reading : make_fleet(options)) {
    const std::span<const FleetRecord> one(&reading, 1);
    std::string line = to_jsonl(one);
    line.pop_back();
    records.push_back({reading.entity, reading.time, line});
    const auto say = [&](std::string_view level, const std::string& message) {
      records.push_back({reading.entity, reading.time,
                         fmt::format(R"({{"ts":{},"host":"{}","level":"{}","message":"{}"}})",
                                     reading.time / second, reading.entity, level, message)});
    };
    say("INFO",
        fmt::format("request {} served in {} ms", random.below(100'000), 3 + random.below(20)));
    say("INFO", fmt::format("session opened for operator {}", users[random.below(12)]));
    say("INFO", random.below(20) == 0 ? "cache was emptied" : "heartbeat sent to the gateway");
    const std::size_t at = row++ / options.entities;
    const std::size_t entity = (row - 1) % options.entities;
    const bool is_spike = options.spike_every > 0 && at >= options.calm_rows &&
                          (at + 37 * entity) % options.spike_every == 0;
    if (is_spike) {
      say("ERROR", fmt::format("valve group {} does not answer",
                               std::string(1, static_cast<char>('a' + at / options.spike_every))));
    }
  }
  return records;
}

inline std::string to_text(std::span<const MixedRecord> records) {
  std::string text;
  for (const MixedRecord& record : records) text += record.json + "\n";
  return text;
}

}  // namespace retimu

#endif
