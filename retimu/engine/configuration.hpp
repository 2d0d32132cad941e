// SPDX-License-Identifier: Apache-2.0
// A pipeline as a person writes it in TOML. Defaults are good enough that a source alone is a valid
// pipeline.
#ifndef RETIMU_ENGINE_CONFIGURATION_HPP
#define RETIMU_ENGINE_CONFIGURATION_HPP

#include "retimu/connectors/file_source.hpp"
#include "retimu/core/columns.hpp"
#include "retimu/core/parameters.hpp"
#include "retimu/core/result.hpp"
#include "retimu/decision/topology.hpp"
#include "retimu/engine/maintenance.hpp"
#include "retimu/engine/pipeline.hpp"
#include "retimu/rules/rule_book.hpp"
#include "retimu/simulator/world_simulation.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace retimu {

// Where to listen; port 0: any that is free.
struct Endpoint {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

inline constexpr Duration silent_after_usual = 5 * minute;

// A source that cannot be asked again: what it sends goes through the journal.
struct LiveSource {
  std::string type;   // of the catalogue; file: with follow = true
  std::string name;   // no two have one
  FileInput reading;  // how its records are read; of a file its paths, too
  Endpoint listen;    // http
  std::string token_env, token_file;
  std::vector<Endpoint> udp, tcp, tls;  // syslog
  std::vector<std::string> allow;
  std::string tls_certificate, tls_key, tls_client_ca;
  // Without anything from it, before that is told; 0: it is not.
  Duration silent_after = silent_after_usual;
  friend bool operator==(const LiveSource&, const LiveSource&) = default;
};

// A world that is made while it is read, as `retimu simulate faults` writes it.
struct SimulatorSource {
  WorldOptions world;
  double speed = 0;    // seconds of event time that pass in one; 0: as fast as it is read
  std::string labels;  // where the ground truth is written; empty: nowhere
  std::vector<std::string> ignore_if_present;  // columns
  friend bool operator==(const SimulatorSource&, const SimulatorSource&) = default;
};

// How others look after the pipeline.
struct ServerConfiguration {
  bool is_listening = false;
  Endpoint listen;  // of /metrics, /healthz and /readyz
  std::string token_env, token_file;
  std::string heartbeat_url, heartbeat_file;  // asked for, and touched, while all is well
  Duration heartbeat_every = minute;
  friend bool operator==(const ServerConfiguration&, const ServerConfiguration&) = default;
};

struct SinkConfiguration {
  std::string type;  // of the catalogue
  std::string path;  // jsonl
  friend bool operator==(const SinkConfiguration&, const SinkConfiguration&) = default;
};

struct ColumnConfiguration {
  std::string unit;  // of a counter: of what it counts
  bool is_ignored = false;
  bool is_counter = false;  // only rises, and begins anew at 0; judged by its rate a second
};

struct DetectorConfiguration {
  std::string name;                          // of the catalogue
  std::map<std::string, double> parameters;  // those that were given
  std::size_t columns_min = 1;               // of the entities that it judges
};

// Which detectors a pipeline has that names none: those that find most, or those that cost least.
enum class Profile { automatic, light };

// What an incident may be told by. It changes nothing that is judged or kept, so that it may be
// another one with every start.
struct TopologyConfiguration {
  std::vector<TopologyEdge> edges;  // of the configuration and its file
  std::size_t hops = 2;
  Duration window = 5 * minute;
  friend bool operator==(const TopologyConfiguration&, const TopologyConfiguration&) = default;
};

struct Configuration {
  std::string file;  // where it was read from, for messages
  // [pipeline]
  std::string data_dir;    // empty: nothing is kept
  std::size_t shards = 0;  // 0: one a core, at most 8
  std::uint64_t seed = 0;
  Profile profile = Profile::automatic;
  bool is_exactly_once = false;  // delivery = "exactly_once", else "fast"
  Duration snapshot_interval = minute;
  std::string time_zone = "UTC";  // IANA name; of the hours of the day and the week
  // [[source]]
  std::vector<FileInput> files;  // that are read once
  std::optional<SimulatorSource> simulator;
  std::vector<LiveSource> live;
  std::size_t source_count() const {
    return files.size() + live.size() + (simulator.has_value() ? 1 : 0);
  }
  // [columns]
  std::map<std::string, ColumnConfiguration> columns;
  // [detectors]
  std::vector<DetectorConfiguration> detectors;  // empty: the catalogue's defaults
  // [[maintenance]]
  std::vector<MaintenanceWindow> maintenance;
  // [[rule]]
  std::vector<Rule> rules;  // they compile, and no two have one name
  // [alerts]
  double budget_per_day = 0;  // 0: none stated
  double threshold = 0;       // 0: the default; decades
  Duration cooldown = 0;
  std::size_t shift_after = 0;  // 0: the default; events
  bool tells_incidents = true;
  Duration stale_after = 15 * minute;  // of what comes live; 0: nothing is
  // [topology]
  TopologyConfiguration topology;
  // [limits]
  std::size_t entities_max = 1'000'000;
  std::size_t columns_max = 1'024;  // an entity
  Duration jump_max = hour;
  std::size_t journal_bytes = 1UL << 30U;  // of what live sources sent, on the disk
  // [server]
  ServerConfiguration server;
  // [[sink]]
  std::vector<SinkConfiguration> sinks;
};

// Messages name the file, line and column, and for an unknown key the nearest known one. Relative
// paths of sources, sinks and data_dir are meant from the current folder.
Result<Configuration> read_configuration(const std::string& path);
Result<Configuration> parse_configuration(std::string_view text, std::string_view name);

// Every key with its meaning, for `retimu list` and documentation: table, key, type, default,
// summary.
struct KeyDescription {
  std::string_view table, key, type, standard, summary;
};
std::span<const KeyDescription> configuration_keys();

// What a pipeline has that names no detectors. A stated budget bounds false alarms, so that there
// every detector judges entities of one column, too.
std::vector<DetectorConfiguration> detectors_of(Profile profile, bool has_budget);

// What the state depends on, as TOML: kept in data_dir, so that another pipeline is recognised and
// `retimu inspect` needs no configuration.
std::string judging_text(const Configuration& configuration);

// The immutable judging part. `columns` must outlive it.
Result<std::unique_ptr<Pipeline>> build_pipeline(const Configuration& configuration,
                                                 Columns& columns);

// The rules, compiled. `columns` must outlive them.
Result<std::unique_ptr<RuleBook>> build_rules(const Configuration& configuration, Columns& columns);

std::size_t shard_count(const Configuration& configuration);

}  // namespace retimu

#endif
