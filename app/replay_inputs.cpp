// SPDX-License-Identifier: Apache-2.0
#include "app/replay_inputs.hpp"

#include "retimu/connectors/file_paths.hpp"
#include "retimu/rules/glob.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace retimu::app {

namespace {

namespace fs = std::filesystem;

RecordFormat format_by_ending(fs::path path) {
  if (path.extension() == ".gz") path.replace_extension();
  const std::string ending = path.extension().string();
  if (ending == ".jsonl" || ending == ".ndjson" || ending == ".json") return RecordFormat::jsonl;
  if (ending == ".csv" || ending == ".tsv") return RecordFormat::csv;
  return ending == ".log" ? RecordFormat::log : RecordFormat::automatic;
}

RecordFormat format_of(const FileInput& input) {
  if (input.format != RecordFormat::automatic || input.paths.empty()) return input.format;
  return format_by_ending(input.paths[0]);
}

bool is_file_of(const std::string& path, const std::string& file) {
  std::error_code error;
  if (fs::equivalent(path, file, error)) return true;
  return matches_glob(fs::absolute(path).lexically_normal().string(),
                      fs::absolute(file).lexically_normal().string());
}

bool has_name_of(const std::string& path, const std::string& file) {
  return matches_glob(fs::path(path).filename().string(), fs::path(file).filename().string());
}

// How well a file fits a source: the more the better.
int fit(const FileInput& input, const std::string& file) {
  const auto is_any = [&](auto fits) {
    return std::ranges::any_of(input.paths, [&](const auto& path) { return fits(path, file); });
  };
  if (is_any(is_file_of)) return 3;
  if (is_any(has_name_of)) return 2;
  const RecordFormat format = format_by_ending(file);
  return format != RecordFormat::automatic && format == format_of(input) ? 1 : 0;
}

}  // namespace

Result<std::vector<FileInput>> inputs_of(const Configuration& configuration,
                                         const std::vector<std::string>& files) {
  const Result<std::vector<std::string>> found = find_paths(files);
  if (!found) return tl::unexpected(found.error());
  std::vector<FileInput> sources = configuration.files;
  for (const LiveSource& live : configuration.live) sources.push_back(live.reading);
  if (sources.empty()) sources.emplace_back();
  std::vector<std::vector<std::string>> read(sources.size());
  for (const std::string& file : *found) {
    const auto best = std::ranges::max_element(
        sources, {}, [&](const FileInput& source) { return fit(source, file); });
    read[static_cast<std::size_t>(best - sources.begin())].push_back(file);
  }
  std::vector<FileInput> inputs;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (read[i].empty()) continue;
    sources[i].paths = std::move(read[i]);
    inputs.push_back(std::move(sources[i]));
  }
  return inputs;
}

}  // namespace retimu::app
