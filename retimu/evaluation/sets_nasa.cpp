// SPDX-License-Identifier: Apache-2.0
// Telemetry of two spacecraft, SMAP and MSL, published with telemanom: a value to watch and the
// commands that were sent, without times (rows count as seconds).
#include "retimu/evaluation/case_parts.hpp"
#include "retimu/evaluation/npy.hpp"
#include "retimu/evaluation/numbers.hpp"
#include "retimu/evaluation/pairs.hpp"
#include "retimu/evaluation/set_files.hpp"
#include "retimu/evaluation/set_readers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

namespace retimu {

namespace {

std::vector<std::string> column_names(std::size_t columns) {
  std::vector<std::string> names = {"telemetry"};
  for (std::size_t i = 1; i < columns; ++i) names.push_back(fmt::format("cmd{}", i));
  return names;
}

// The channel's file, wherever telemanom's archive or a copy in CSV has it.
std::optional<std::string> find_channel(const std::string& folder, const std::string& spacecraft,
                                        std::string_view kind, const std::string& channel) {
  for (const std::string& place :
       {spacecraft, std::string("data"), std::string("data/data"), std::string(".")}) {
    for (const std::string_view end : {".npy", ".csv"}) {
      const auto path = find_file(fmt::format("{}/{}/{}", folder, place, kind),
                                  fmt::format("{}{}", channel, end));
      if (path) return path;
    }
  }
  return std::nullopt;
}

Result<TablePart> read_channel(const std::string& path) {
  if (path.ends_with(".npy") || path.ends_with(".npy.gz")) {
    Result<Table> table = read_npy(path);
    if (!table) return tl::unexpected(table.error());
    const std::size_t columns = table->columns;
    return TablePart{path, column_names(columns), std::move(*table)};
  }
  Result<Numbers> numbers = read_numbers(path, {.text = {}});
  if (!numbers) return tl::unexpected(numbers.error());
  return TablePart{path, std::move(numbers->columns), std::move(numbers->table)};
}

std::optional<std::size_t> parse_row(const std::string& text) {
  std::size_t row = 0;
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), row);
  if (error != std::errc() || at != text.data() + text.size()) return std::nullopt;
  return row;
}

// From the first and last rows of what is anomalous.
Result<LabelPart> make_labels(const Pairs& sequences, std::size_t rows, const std::string& channel,
                              const std::string& path) {
  LabelPart part{path, std::vector<std::uint8_t>(rows, 0)};
  for (const auto& [first, last] : sequences) {
    const auto begin = parse_row(first), end = parse_row(last);
    if (!begin || !end || *begin > *end || *end >= rows) {
      return failure(Fault::input, "{}: the sequence {} to {} of {} lies outside its {} rows", path,
                     first, last, channel, rows);
    }
    for (std::size_t row = *begin; row <= *end; ++row) part.labels[row] = 1;
  }
  return part;
}

// By channel. A channel may stand in several lines.
Result<std::map<std::string, Pairs>> read_sequences(const std::string& path,
                                                    const std::string& spacecraft) {
  const Result<Numbers> table =
      read_numbers(path, {.text = {"chan_id", "spacecraft", "anomaly_sequences", "class"}});
  if (!table) return tl::unexpected(table.error());
  std::map<std::string, Pairs> by_channel;
  for (std::size_t i = 0; i < table->text[0].size(); ++i) {
    if (table->text[1][i] != spacecraft) continue;
    const std::optional<Pairs> pairs = parse_pairs(table->text[2][i]);
    if (!pairs) {
      return failure(Fault::input, "{}: \"{}\" of {} is no list of pairs of rows", path,
                     table->text[2][i], table->text[0][i]);
    }
    Pairs& all = by_channel[table->text[0][i]];
    all.insert(all.end(), pairs->begin(), pairs->end());
  }
  return by_channel;
}

Result<std::vector<Case>> read_spacecraft(const std::string& folder,
                                          const std::string& spacecraft) {
  static constexpr std::string_view below[] = {"nasa-smap-msl", "telemanom"};
  static constexpr std::string_view marks[] = {"labeled_anomalies.csv"};
  const Result<std::string> found = find_folder(folder, below, marks);
  if (!found) return tl::unexpected(found.error());
  const Result<std::string> path = need_file(*found, std::string(marks[0]));
  if (!path) return tl::unexpected(path.error());
  const auto sequences = read_sequences(*path, spacecraft);
  if (!sequences) return tl::unexpected(sequences.error());
  std::vector<Case> cases;
  for (const auto& [channel, pairs] : *sequences) {
    const auto test_path = find_channel(*found, spacecraft, "test", channel);
    if (!test_path) continue;  // a part of the set
    const auto train_path = find_channel(*found, spacecraft, "train", channel);
    if (!train_path) {
      return failure(Fault::input, "{}: has no file in train beside it", *test_path);
    }
    Result<TablePart> train = read_channel(*train_path);
    if (!train) return tl::unexpected(train.error());
    Result<TablePart> test = read_channel(*test_path);
    if (!test) return tl::unexpected(test.error());
    Result<LabelPart> labels = make_labels(pairs, test->table.rows(), channel, *path);
    if (!labels) return tl::unexpected(labels.error());
    Result<Case> one =
        make_case(channel, std::move(*train), std::move(*test), std::move(*labels), second);
    if (!one) return tl::unexpected(one.error());
    cases.push_back(std::move(*one));
  }
  if (cases.empty()) {
    return failure(Fault::input, "{}: holds no channel of {} that has labels", *found, spacecraft);
  }
  return cases;
}

}  // namespace

Result<std::vector<Case>> read_smap(const std::string& folder) {
  return read_spacecraft(folder, "SMAP");
}

Result<std::vector<Case>> read_msl(const std::string& folder) {
  return read_spacecraft(folder, "MSL");
}

}  // namespace retimu
