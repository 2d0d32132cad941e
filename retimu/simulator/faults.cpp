// SPDX-License-Identifier: Apache-2.0
#include "retimu/simulator/faults.hpp"

#include "retimu/core/hash.hpp"
#include "retimu/simulator/output_file.hpp"
#include "retimu/simulator/span.hpp"
#include "retimu/stats/elementary.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <map>

namespace retimu {

namespace {

constexpr double missing_share = 0.002;  // of the readings lack a column
constexpr double lost_share = 0.001;     // of the readings never came
constexpr std::size_t bytes_held_max = 1 << 20;

Result<void> check(const FaultsOptions& options) {
  if (options.entities < 1 || options.entities > 100'000) {
    return failure(Fault::usage, "entities must be 1 to 100000, not {}", options.entities);
  }
  return check_span(options.hours, options.interval);
}

// What a telemetry system loses on the way, drawn apart from the readings.
class Losses {
 public:
  explicit Losses(std::uint64_t seed) : noise_(mix(seed, hash("losses"))) {}
  bool is_lost() { return noise_.uniform() < lost_share; }
  // Index of the missing column; `columns` if none is.
  std::size_t missing(std::size_t columns) {
    return noise_.uniform() < missing_share ? noise_.below(columns) : columns;
  }

 private:
  Noise noise_;
};

void append_line(std::string& to, Time time, const EntityModel& model, std::span<const double> row,
                 std::size_t missing) {
  const auto out = std::back_inserter(to);
  fmt::format_to(out, "{{\"ts\":{},\"host\":\"{}\"", time / second, model.name());
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (i == missing) continue;
    const ColumnKind& column = model.kind().columns[i];
    fmt::format_to(out, ",\"{}\":{:.{}f}", column.name, model.limited(i, row[i]), column.decimals);
  }
  to += "}\n";
}

std::string pipeline_toml(const FaultsOptions& options) {
  std::string text = fmt::format(
      "# Readings of `retimu simulate readings --seed {} --entities {} --faults {}`.\n"
      "[pipeline]\n"
      "data_dir = \"state\"\n\n"
      "[[source]]\n"
      "type = \"file\"\n"
      "path = \"events.jsonl\"\n"
      "entity = \"host\"\n"
      "time = \"ts\"\n\n"
      "[columns]\n",
      options.seed, options.entities, options.faults);
  std::map<std::string_view, std::string_view> units;
  for (const EntityKind& kind : entity_kinds()) {
    for (const ColumnKind& column : kind.columns) units.emplace(column.name, column.unit);
  }
  for (const auto& [column, unit] : units) {
    text += fmt::format("{} = {{ unit = \"{}\" }}\n", column, unit);
  }
  text +=
      "\n[[sink]]\n"
      "type = \"console\"\n\n"
      "[[sink]]\n"
      "type = \"jsonl\"\n"
      "path = \"alerts.jsonl\"\n";
  return text;
}

}  // namespace

Result<void> check_fresh_folder(const std::string& folder) {
  for (const std::string_view left_over : {"state", "alerts.jsonl"}) {
    const std::string path = fmt::format("{}/{}", folder, left_over);
    std::error_code error;
    if (std::filesystem::exists(path, error)) {
      return failure(Fault::usage,
                     "{} is of a run with other readings: remove {}, or choose another folder",
                     path, folder);
    }
  }
  return make_folder(folder);
}

Result<FaultsSimulation> simulate_faults(
    const FaultsOptions& options, const std::function<Result<void>(std::string_view line)>& call) {
  if (Result<void> checked = check(options); !checked) return tl::unexpected(checked.error());
  const Time begin = simulation_begin;
  const Time end = begin + static_cast<Duration>(options.hours * 3'600) * second;
  std::vector<EntityModel> plant =
      make_plant(options.entities, options.seed, begin, options.interval);
  Result<std::vector<FaultPlan>> plans = plan_faults(plant, {.faults = options.faults,
                                                             .seed = options.seed,
                                                             .begin = begin,
                                                             .end = end,
                                                             .interval = options.interval});
  if (!plans) return tl::unexpected(plans.error());
  std::vector<std::vector<PlannedFault*>> faults_of(plant.size());
  for (FaultPlan& plan : *plans) faults_of[plan.entity].push_back(&plan.fault);

  FaultsSimulation simulation;
  simulation.recording = {options.seed, options.entities, 0, begin, end};
  Losses losses(options.seed);
  std::array<double, plant_columns_max> values{};
  std::string line;
  for (Time round = begin; round < end; round += options.interval) {
    for (std::size_t i = 0; i < plant.size(); ++i) {
      EntityModel& model = plant[i];
      const Time time = model.next_time();
      const std::span<double> row(values.data(), model.kind().columns.size());
      model.next(row);
      for (PlannedFault* fault : faults_of[i]) fault->apply(time, row);
      const std::size_t missing = losses.missing(row.size());
      if (losses.is_lost() || time >= end) continue;
      line.clear();
      append_line(line, time, model, row, missing);
      if (Result<void> taken = call(line); !taken) return tl::unexpected(taken.error());
      ++simulation.recording.readings;
    }
  }
  for (const FaultPlan& plan : *plans) simulation.labels.push_back(plan.fault.label());
  return simulation;
}

Result<FaultsSimulation> write_faults(const FaultsOptions& options, const std::string& folder) {
  const Result<void> checked = check(options).and_then([&] { return check_fresh_folder(folder); });
  if (!checked) return tl::unexpected(checked.error());
  Result<OutputFile> events = OutputFile::create(folder + "/events.jsonl");
  if (!events) return tl::unexpected(events.error());
  std::string held;
  const auto flush = [&]() -> Result<void> {
    Result<void> written = events->append(held);
    held.clear();
    return written;
  };
  Result<FaultsSimulation> simulation =
      simulate_faults(options, [&](std::string_view line) -> Result<void> {
        held += line;
        return held.size() < bytes_held_max ? Result<void>() : flush();
      });
  if (!simulation) return simulation;
  const Result<void> written =
      flush()
          .and_then([&] { return events->finish(); })
          .and_then(
              [&] { return write_file(folder + "/labels.csv", labels_csv(simulation->labels)); })
          .and_then([&] {
            return write_file(folder + "/recording.csv", recording_csv(simulation->recording));
          })
          .and_then([&] { return write_file(folder + "/pipeline.toml", pipeline_toml(options)); });
  if (!written) return tl::unexpected(written.error());
  return simulation;
}

}  // namespace retimu
