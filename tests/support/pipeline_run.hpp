// SPDX-License-Identifier: Apache-2.0
// A pipeline run in this process on real files, and what it left: digests, scores.csv,
// alerts.jsonl.
#ifndef TESTS_SUPPORT_PIPELINE_RUN_HPP
#define TESTS_SUPPORT_PIPELINE_RUN_HPP

#include "retimu/engine/inspection.hpp"
#include "retimu/engine/service.hpp"
#include "retimu/storage/storage_test_tools.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

namespace retimu {

struct PipelineText {
  std::vector<std::string> paths = {};  // of the source's files
  std::size_t shards = 1;
  std::string data_dir = {};                         // empty: none
  std::string pipeline_keys = {}, source_keys = {};  // lines of their own
  std::string sections = {};                         // [alerts], [limits] ...
  std::string alerts_path = {};                      // empty: no sink
  std::string time = "ts", entity = "host";          // empty: not given
};

inline std::string to_toml(const PipelineText& from) {
  std::string text = fmt::format("[pipeline]\nshards = {}\n", from.shards);
  if (!from.data_dir.empty()) text += fmt::format("data_dir = \"{}\"\n", from.data_dir);
  text += from.pipeline_keys + "\n[[source]]\ntype = \"file\"\npath = [";
  for (const std::string& path : from.paths) text += fmt::format("\"{}\", ", path);
  text += "]\n";
  if (!from.time.empty()) text += fmt::format("time = \"{}\"\n", from.time);
  if (!from.entity.empty()) text += fmt::format("entity = \"{}\"\n", from.entity);
  text += from.source_keys + "\n" + from.sections + "\n";
  if (!from.alerts_path.empty()) {
    text += fmt::format("[[sink]]\ntype = \"jsonl\"\npath = \"{}\"\n", from.alerts_path);
  }
  return text;
}

struct PipelineRun {
  ServiceSummary summary;
  std::string scores, alerts;
};

// Writes scores.csv and alerts.jsonl into `folder`; both begin anew unless there is a data_dir.
inline Result<PipelineRun> try_pipeline(const TemporaryFolder& folder, PipelineText text,
                                        ServiceOptions options = {}) {
  text.alerts_path = folder / "alerts.jsonl";
  if (text.data_dir.empty()) std::filesystem::remove(text.alerts_path);
  const Result<Configuration> configuration = parse_configuration(to_toml(text), "pipeline.toml");
  if (!configuration) return tl::unexpected(configuration.error());
  options.scores_path = folder / "scores.csv";
  options.describes_entities = true;
  Result<ServiceSummary> summary = run_service(*configuration, options);
  if (!summary) return tl::unexpected(summary.error());
  return PipelineRun{std::move(*summary), read_file(options.scores_path),
                     read_file(text.alerts_path)};
}

inline PipelineRun run_pipeline(const TemporaryFolder& folder, const PipelineText& text,
                                const ServiceOptions& options = {}) {
  Result<PipelineRun> run = try_pipeline(folder, text, options);
  if (run) return std::move(*run);
  ADD_FAILURE() << run.error().message;
  return {};
}

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// Lines with `"change":"raised"` and the like.
inline std::size_t count_changes(const std::string& alerts, std::string_view change) {
  const std::string wanted = fmt::format("\"change\":\"{}\"", change);
  std::size_t count = 0;
  for (const std::string& line : lines_of(alerts)) {
    count += line.find(wanted) != std::string::npos ? 1 : 0;
  }
  return count;
}

// "host1 400 0123456789abcdef 3" an entity, ordered by name: what the laws compare.
inline std::vector<std::string> digests(std::vector<EntityReport> entities) {
  std::ranges::sort(entities, {}, &EntityReport::name);
  std::vector<std::string> lines;
  for (const EntityReport& entity : entities) {
    lines.push_back(fmt::format("{} {} {:016x} {}", entity.name, entity.events, entity.digest,
                                entity.episodes));
  }
  return lines;
}

inline std::vector<std::string> digests(const PipelineRun& run) {
  return digests(run.summary.entities);
}

// A field of a line without quotes, such as those of scores.csv up to the column `lead`.
inline std::string field(const std::string& line, std::size_t index) {
  std::istringstream stream(line);
  std::string text;
  for (std::size_t i = 0; i <= index; ++i) std::getline(stream, text, ',');
  return text;
}

// Columns of scores.csv.
enum ScoreColumn : std::size_t {
  score_source,
  score_row,
  score_time,
  score_entity,
  score_score,
  score_p_value,
  score_anomalous,
  score_alert,
  score_change,
  score_lead,
  score_reason
};

}  // namespace retimu

#endif
