// SPDX-License-Identifier: Apache-2.0
// The records of a simulated day by the way they travel, and what `retimu` prints of it, read back.
#ifndef TESTS_DAY_DAY_WORLD_HPP
#define TESTS_DAY_DAY_WORLD_HPP

#include "retimu/connectors/connectors_test_tools.hpp"
#include "retimu/simulator/world_labels.hpp"
#include "retimu/simulator/world_simulation.hpp"
#include "tests/day/day_clock.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <sstream>

namespace retimu {

// What stands behind "KEY": in a line of JSON, without quotes; empty: nothing.
inline std::string json_value(std::string_view line, std::string_view key) {
  const std::string quoted = fmt::format("\"{}\":", key);
  const std::size_t at = line.find(quoted);
  if (at == std::string_view::npos) return {};
  line.remove_prefix(at + quoted.size());
  if (!line.starts_with('"')) return std::string(line.substr(0, line.find_first_of(",}")));
  line.remove_prefix(1);
  return std::string(line.substr(0, line.find('"')));
}

inline Time json_time(std::string_view line, std::string_view key) {
  const std::string text = json_value(line, key);
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error == std::errc() && end == text.data() + text.size()) return seconds * second;
  return parse_iso_time(text).value_or(0);
}

struct ToldAlert {
  std::string id, change, entity, lead;
  Time time = 0;
};
// Of an incident, the id is that of its first alert: of these feedback is given.
inline ToldAlert told_alert(const std::string& line) {
  ToldAlert told{json_value(line, "id"), json_value(line, "change"), json_value(line, "entity"),
                 json_value(line, "lead"), json_time(line, "time")};
  constexpr std::string_view first = "\"first_alerts\":[\"";
  const std::size_t at = line.find(first);
  if (at != std::string::npos) told.id = line.substr(at + first.size(), 32);
  return told;
}

// Events of each entity, of `inspect --json`.
inline Counts judged_of(std::string_view json) {
  Counts counts;
  constexpr std::string_view begins = "{\"entity\":\"";
  for (std::size_t at = json.find(begins); at != std::string_view::npos;
       at = json.find(begins, at + 1)) {
    const std::string_view entity = json.substr(at, json.find('}', at) - at);
    const std::string records = json_value(entity, "records");
    if (!records.empty()) counts[json_value(entity, "entity")] = std::stoi(records);
  }
  return counts;
}

struct DayWorld {
  Time begin = 0, end = 0;
  std::vector<DayRecord> posted;    // readings of pumps and links, all alarms
  std::vector<DayRecord> readings;  // of hosts and services
  std::vector<DayRecord> lines;     // of the log of all
  std::vector<DayRecord> messages;  // of two more entities, as syslog
  WorldLabel confirmed;             // the first fault
  WorldLabel maintained;            // a worn bearing

  double hours_at(Time time) const { return static_cast<double>(time - begin) / 3'600e9; }
};

inline std::vector<DayRecord> json_records(const std::string& text) {
  std::vector<DayRecord> records;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    records.push_back({json_time(line, "ts"), json_value(line, "host"), line + "\n"});
  }
  return records;
}

// A record begins with <PRIORITY>TIME HOST; what follows without one belongs to it.
inline std::vector<DayRecord> log_records(const std::string& text) {
  std::vector<DayRecord> records;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('<')) {
      std::istringstream words(line.substr(line.find('>') + 1));
      std::string time, host;
      words >> time >> host;
      records.push_back({parse_iso_time(time).value_or(0), host, ""});
    }
    records.back().text += line + "\n";
  }
  return records;
}

inline std::vector<DayRecord> syslog_records(Time begin, Time end) {
  std::vector<DayRecord> records;
  for (Time time = begin; time < end; time += 30 * second) {
    const std::string entity = records.size() % 2 == 0 ? "ups1" : "ups2";
    records.push_back(
        {time, entity,
         fmt::format("<14>1 {} {} upsd 411 - - battery at {} percent, {} volt\n", format_time(time),
                     entity, 95 + records.size() % 4, 228 + records.size() % 5)});
  }
  return records;
}

// Leaves labels.csv, recording.csv and edges.csv in `folder`/world.
inline DayWorld make_day(const TemporaryFolder& folder, std::uint64_t seed) {
  const Result<WorldSimulation> simulation =
      write_world({.seed = seed, .interval = 30 * second}, folder.path("world"));
  EXPECT_TRUE(simulation) << simulation.error().message;
  DayWorld world;
  world.begin = simulation->begin;
  world.end = simulation->end;
  world.posted = json_records(folder.read("world/alarms.jsonl"));
  for (DayRecord& record : json_records(folder.read("world/metrics.jsonl"))) {
    const bool is_posted = record.entity.starts_with("pump") || record.entity.starts_with("link");
    (is_posted ? world.posted : world.readings).push_back(std::move(record));
  }
  std::ranges::stable_sort(world.posted, {}, &DayRecord::time);
  world.lines = log_records(folder.read("world/system.log"));
  world.messages = syslog_records(world.begin, world.end);
  world.confirmed = simulation->labels.front();
  for (const WorldLabel& label : simulation->labels) {
    if (label.fault == "bearing_worn") world.maintained = label;
  }
  EXPECT_FALSE(world.maintained.entities.empty());
  return world;
}

}  // namespace retimu

#endif
