// SPDX-License-Identifier: Apache-2.0
// The folder of a simulated world: its files, and a pipeline that reads them.
#include "retimu/simulator/faults.hpp"
#include "retimu/simulator/output_file.hpp"
#include "retimu/simulator/world_labels.hpp"
#include "retimu/simulator/world_simulation.hpp"

#include <filesystem>
#include <fmt/format.h>
#include <map>

namespace retimu {

namespace {

constexpr std::size_t bytes_held_max = 1 << 18;

// A file that lines are put into, some at a time.
class LineFile {
 public:
  static Result<LineFile> create(std::string path) {
    Result<OutputFile> file = OutputFile::create(std::move(path));
    if (!file) return tl::unexpected(file.error());
    return LineFile(std::move(*file));
  }
  Result<void> take(std::string_view line) {
    held_ += line;
    return held_.size() < bytes_held_max ? Result<void>() : flush();
  }
  Result<void> finish() {
    return flush().and_then([&] { return file_.finish(); });
  }

 private:
  explicit LineFile(OutputFile file) : file_(std::move(file)) {}
  Result<void> flush() {
    Result<void> written = file_.append(held_);
    held_.clear();
    return written;
  }

  OutputFile file_;
  std::string held_;
};

std::string edges_csv(const WorldSimulation& simulation) {
  std::string text = "from,to\n";
  for (const auto& [from, to] : simulation.edges) text += fmt::format("{},{}\n", from, to);
  return text;
}

std::string pipeline_toml(const WorldOptions& options) {
  std::string text =
      fmt::format("# The world of `retimu simulate faults --seed {} --entities {} --faults {}`.\n",
                  options.seed, options.entities, options.faults);
  text +=
      "[pipeline]\n"
      "data_dir = \"state\"\n\n"
      "[[source]]\n"
      "type = \"file\"\n"
      "path = \"metrics.jsonl\"\n"
      "entity = \"host\"\n"
      "time = \"ts\"\n\n"
      "[[source]]\n"
      "type = \"file\"\n"
      "path = \"system.log\"\n"
      "format = \"log\"\n"
      "entity = \"host\"\n\n"
      "[[source]]\n"
      "type = \"file\"\n"
      "path = \"alarms.jsonl\"\n"
      "entity = \"host\"\n"
      "time = \"ts\"\n"
      "alarm = \"alarm_code\"\n\n"
      "[columns]\n";
  std::map<std::string_view, std::string_view> units;
  for (const WorldKind& kind : world_kinds()) {
    for (const ColumnKind& column : kind.readings.columns) units.emplace(column.name, column.unit);
  }
  for (const auto& [column, unit] : units) {
    text += fmt::format("{} = {{ unit = \"{}\" }}\n", column, unit);
  }
  return text +
         "\n[topology]\n"
         "file = \"edges.csv\"\n\n"
         "[[sink]]\n"
         "type = \"console\"\n\n"
         "[[sink]]\n"
         "type = \"jsonl\"\n"
         "path = \"alerts.jsonl\"\n";
}

}  // namespace

Result<WorldSimulation> write_world(const WorldOptions& options, const std::string& folder) {
  if (Result<void> fresh = check_fresh_folder(folder); !fresh) {
    return tl::unexpected(fresh.error());
  }
  Result<LineFile> readings = LineFile::create(folder + "/metrics.jsonl");
  if (!readings) return tl::unexpected(readings.error());
  Result<LineFile> logs = LineFile::create(folder + "/system.log");
  if (!logs) return tl::unexpected(logs.error());
  Result<LineFile> alarms = LineFile::create(folder + "/alarms.jsonl");
  if (!alarms) return tl::unexpected(alarms.error());
  const WorldTakers takers{[&](std::string_view line) { return readings->take(line); },
                           [&](std::string_view line) { return logs->take(line); },
                           [&](std::string_view line) { return alarms->take(line); }};
  Result<WorldSimulation> simulation = simulate_world(options, takers);
  if (!simulation) return simulation;
  const Recording recording{options.seed, options.entities, simulation->counts.readings,
                            simulation->begin, simulation->end};
  const auto write = [&](std::string_view name, const std::string& text) {
    return [&folder, name, text] { return write_file(fmt::format("{}/{}", folder, name), text); };
  };
  const Result<void> written =
      readings->finish()
          .and_then([&] { return logs->finish(); })
          .and_then([&] { return alarms->finish(); })
          .and_then(write("labels.csv", world_labels_csv(simulation->labels)))
          .and_then(write("recording.csv", recording_csv(recording)))
          .and_then(write("edges.csv", edges_csv(*simulation)))
          .and_then(write("pipeline.toml", pipeline_toml(options)));
  if (!written) return tl::unexpected(written.error());
  return simulation;
}

}  // namespace retimu
