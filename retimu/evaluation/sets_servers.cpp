// SPDX-License-Identifier: Apache-2.0
// Metrics of servers and services: a table to learn from, one to judge, and a file of labels each.
// Times are counted: the sets have none, only a stated distance of rows.
#include "retimu/evaluation/case_parts.hpp"
#include "retimu/evaluation/causes.hpp"
#include "retimu/evaluation/numbers.hpp"
#include "retimu/evaluation/set_files.hpp"
#include "retimu/evaluation/set_readers.hpp"

#include <fmt/format.h>

namespace retimu {

namespace {

struct ServerFiles {
  std::string folder;
  std::string prefix;    // of the cases' names
  bool is_flat = false;  // name_train.csv rather than train/name.csv
  std::string_view end;  // ".csv"
  bool has_header = false;
  Duration step = 0;     // of the rows
  std::string causes{};  // folder of NAME.txt; empty: the set has none

  std::string file(std::string_view kind, std::string_view name) const {
    return is_flat ? fmt::format("{}_{}{}", name, kind, end)
                   : fmt::format("{}/{}{}", kind, name, end);
  }
  std::vector<std::string> names() const {
    return is_flat ? list_files(folder, fmt::format("_test_label{}", end))
                   : list_files(folder + "/test_label", end);
  }
};

Result<TablePart> read_part(const ServerFiles& files, std::string_view kind,
                            std::string_view name) {
  const Result<std::string> path = need_file(files.folder, files.file(kind, name));
  if (!path) return tl::unexpected(path.error());
  Result<Numbers> numbers = read_numbers(*path, {.has_header = files.has_header, .text = {}});
  if (!numbers) return tl::unexpected(numbers.error());
  return TablePart{*path, std::move(numbers->columns), std::move(numbers->table)};
}

Result<LabelPart> read_labels(const ServerFiles& files, std::string_view name) {
  const Result<TablePart> part = read_part(files, "test_label", name);
  if (!part) return tl::unexpected(part.error());
  if (part->table.columns != 1) {
    return failure(Fault::input, "{}: has {} columns; a file of labels has one", part->path,
                   part->table.columns);
  }
  Result<std::vector<std::uint8_t>> labels = as_labels(part->table.values, part->path);
  if (!labels) return tl::unexpected(labels.error());
  return LabelPart{part->path, std::move(*labels)};
}

Result<void> read_servers(const ServerFiles& files, std::vector<Case>& cases) {
  for (const std::string& name : files.names()) {
    Result<TablePart> train = read_part(files, "train", name);
    if (!train) return tl::unexpected(train.error());
    Result<TablePart> test = read_part(files, "test", name);
    if (!test) return tl::unexpected(test.error());
    Result<LabelPart> labels = read_labels(files, name);
    if (!labels) return tl::unexpected(labels.error());
    Result<Case> one = make_case(files.prefix + name, std::move(*train), std::move(*test),
                                 std::move(*labels), files.step);
    if (!one) return tl::unexpected(one.error());
    const std::string causes_name = name + ".txt";
    if (const auto path =
            files.causes.empty() ? std::nullopt : find_file(files.causes, causes_name);
        path) {
      Result<std::vector<Cause>> causes =
          read_causes(*path, one->series.rows.rows(), one->series.columns.size());
      if (!causes) return tl::unexpected(causes.error());
      one->truth.causes = std::move(*causes);
    }
    cases.push_back(std::move(*one));
  }
  return {};
}

Result<std::vector<Case>> not_empty(std::vector<Case> cases, const std::string& folder) {
  if (cases.empty()) return failure(Fault::input, "{}: holds no series with labels", folder);
  return cases;
}

constexpr std::string_view how_to_write_csv = R"(
python3 -c '
import glob, numpy, pickle
for path in glob.glob("omi-*.pkl"):
    x = pickle.load(open(path, "rb"))
    x = x.reshape(len(x), -1)
    header = ",".join(f"m{i + 1}" for i in range(x.shape[1]))
    numpy.savetxt(path[:-3] + "csv", x, "%.9g", ",", header=header, comments="")'
)";

}  // namespace

Result<std::vector<Case>> read_smd(const std::string& folder) {
  static constexpr std::string_view below[] = {"smd", "ServerMachineDataset",
                                               "OmniAnomaly/ServerMachineDataset"};
  static constexpr std::string_view marks[] = {"test_label"};
  const Result<std::string> found = find_folder(folder, below, marks);
  if (!found) return tl::unexpected(found.error());
  std::vector<Case> cases;
  const ServerFiles files{.folder = *found,
                          .prefix = "",
                          .end = ".txt",
                          .step = minute,
                          .causes = *found + "/interpretation_label"};
  if (Result<void> read = read_servers(files, cases); !read) return tl::unexpected(read.error());
  return not_empty(std::move(cases), *found);
}

Result<std::vector<Case>> read_asd(const std::string& folder) {
  static constexpr std::string_view below[] = {"asd", "processed", "data/processed",
                                               "InterFusion/data/processed"};
  static constexpr std::string_view marks[] = {"*_test_label.csv", "*_test_label.pkl"};
  const Result<std::string> found = find_folder(folder, below, marks);
  if (!found) return tl::unexpected(found.error());
  // Upstream it lies beside the folder of the tables.
  std::string causes = *found + "/interpretation_label";
  if (!is_folder(causes)) causes = *found + "/../interpretation_label";
  const ServerFiles files{.folder = *found,
                          .prefix = "",
                          .is_flat = true,
                          .end = ".csv",
                          .has_header = true,
                          .step = 5 * minute,
                          .causes = causes};
  if (files.names().empty()) {
    return failure(Fault::input,
                   "{}: holds the pickles of InterFusion, which only Python reads; write them as "
                   "CSV: in that folder run{}",
                   *found, how_to_write_csv);
  }
  std::vector<Case> cases;
  if (Result<void> read = read_servers(files, cases); !read) return tl::unexpected(read.error());
  return not_empty(std::move(cases), *found);
}

Result<std::vector<Case>> read_app_services(const std::string& folder) {
  static constexpr std::string_view below[] = {"app-services", "dataset", "JumpStarter/dataset"};
  static constexpr std::string_view marks[] = {"Dataset2", "Dataset3"};
  const Result<std::string> found = find_folder(folder, below, marks);
  if (!found) return tl::unexpected(found.error());
  std::vector<Case> cases;
  for (const std::string_view set : marks) {
    const ServerFiles files{.folder = fmt::format("{}/{}", *found, set),
                            .prefix = fmt::format("{}/", set),
                            .end = ".csv",
                            .step = 5 * minute};
    if (Result<void> read = read_servers(files, cases); !read) return tl::unexpected(read.error());
  }
  return not_empty(std::move(cases), *found);
}

}  // namespace retimu
