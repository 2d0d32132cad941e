// SPDX-License-Identifier: Apache-2.0
// A pipeline in a folder of its own whose process is killed and started again, and what must be the
// same in the end however often that happened.
#ifndef TESTS_CRASH_VICTIM_HPP
#define TESTS_CRASH_VICTIM_HPP

#include "tests/support/fleet.hpp"
#include "tests/support/pipeline_run.hpp"
#include "tests/support/process.hpp"

#include <unistd.h>

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace retimu {

struct VictimOptions {
  std::string name;
  std::size_t shards = 1;
  std::string sections;       // [alerts], [limits]
  std::string pipeline_keys;  // snapshot_interval, delivery
  std::vector<std::string> paths = {"events.jsonl"};
};

// What an uninterrupted run and a tormented one must have in common.
struct Remains {
  std::string alerts, dead_letters;   // files, byte for byte
  std::vector<std::string> entities;  // name, records, digest, episodes
  std::uint64_t digest = 0, records = 0, held_back = 0;
  friend bool operator==(const Remains&, const Remains&) = default;
};

class Victim {
 public:
  // `input` is the first of its files.
  Victim(const VictimOptions& options, const std::string& input) {
    write_file(folder_ / options.paths[0], input);
    PipelineText text;
    text.paths = options.paths;
    text.shards = options.shards;
    text.data_dir = "state";
    text.pipeline_keys = options.pipeline_keys;
    text.sections = options.sections;
    text.alerts_path = "alerts.jsonl";
    write_file(folder_ / "pipeline.toml", to_toml(text));
  }

  const TemporaryFolder& folder() const { return folder_; }
  Command command(const std::map<std::string, std::string>& environment = {}) const {
    return {{"run", "pipeline.toml", "--json"}, folder_.path(), environment};
  }
  Outcome run(const std::map<std::string, std::string>& environment = {}) const {
    return run_program(command(environment));
  }
  // All of it is that user's from now on, who then runs the program from there. Only root can.
  Command give_to(uid_t user) const {
    std::filesystem::copy_file(program_path(), folder_ / "retimu");
    EXPECT_EQ(::chown(folder_.path().c_str(), user, user), 0);
    for (const auto& one : std::filesystem::recursive_directory_iterator(folder_.path())) {
      EXPECT_EQ(::chown(one.path().c_str(), user, user), 0);
    }
    Command as = command();
    as.user = user;
    as.program = folder_ / "retimu";
    return as;
  }
  // The alerts told so far are whole lines, none twice; a torn last line is allowed before the end.
  void expect_orderly(bool is_ended) const {
    const std::string alerts = read_file(folder_ / "alerts.jsonl");
    std::set<std::string> told;
    for (const std::string& line : lines_of(alerts.substr(0, alerts.rfind('\n') + 1))) {
      ASSERT_TRUE(line.starts_with("{\"id\":\"") && line.ends_with('}')) << line;
      const std::string key = line.substr(0, line.find(",\"change\""));
      ASSERT_TRUE(told.insert(key).second) << "told twice: " << key;
    }
    ASSERT_TRUE(!is_ended || alerts.empty() || alerts.back() == '\n');
  }
  Remains remains() const {
    expect_orderly(true);
    const Result<Inspection> found = inspect(folder_ / "state");
    EXPECT_TRUE(found) << (found ? "" : found.error().message);
    if (!found) return {};
    return {read_file(folder_ / "alerts.jsonl"),
            read_file(folder_ / "state/dead_letters.jsonl"),
            digests(found->entities),
            found->digest,
            found->sequence,
            found->held_back};
  }

 private:
  TemporaryFolder folder_;
};

// Rows of hosts with two spikes of each, a level shift, and a malformed line now and then. Clocks
// change in row 300.
inline std::string crash_input(std::size_t rows, std::size_t hosts = 60,
                               std::size_t malformed_every = 5'000) {
  const std::vector<std::string> lines =
      lines_of(to_jsonl(make_fleet({.entities = hosts,
                                    .rows = rows,
                                    .start = clock_change - 300 * minute,
                                    .interval = minute,
                                    .calm_rows = 300,
                                    .spike_every = 120,
                                    .shift_at = 400})));
  std::string text;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    text += lines[i] + "\n";
    if (i % malformed_every == malformed_every - 1) text += fmt::format("{{\"ts\": broken {}\n", i);
  }
  return text;
}

inline std::vector<VictimOptions> victims() {
  const std::string often = "snapshot_interval = \"20ms\"";
  const std::string budget = "[alerts]\nbudget = \"500 per day\"\n";
  const std::string few = "[limits]\nentities_max = 5\n";
  // Hosts 13 apart fail one minute after the other: each is fed by the one before.
  std::string chains = "[topology]\nedges = [";
  for (int host = 1; host + 13 <= 60; ++host) {
    chains += fmt::format("[\"host{}\", \"host{}\"], ", host, host + 13);
  }
  chains += "]\n";
  // Of small entities: each of them goes to the disk and back thousands of times.
  const std::string small = "\nprofile = \"light\"";
  return {{"plain, 1 shard", 1, "", often},
          {"local time, 2 shards", 2, "", fmt::format("{}\n{}", often, zone_of_the_change)},
          {"budget, 2 shards", 2, budget, often},
          {"eviction, 2 shards", 2, few, often + small},
          {"budget and eviction, 1 shard, exactly once", 1, budget + few,
           often + small + "\ndelivery = \"exactly_once\""},
          {"incidents, 2 shards", 2, chains, often},
          {"peers, 2 shards", 2,
           "[detectors]\nuse = [\"linear_prediction\", \"rolling_deviation\", \"peer_group\"]\n",
           often}};
}

}  // namespace retimu

#endif
