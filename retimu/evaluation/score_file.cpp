// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/score_file.hpp"

#include "retimu/evaluation/numbers.hpp"
#include "retimu/evaluation/set_files.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace retimu {

namespace {

constexpr std::size_t header_bytes_max = 1024 * 1024;

// Names without quotes, as RETIMU writes them; of a packed file all of it is unpacked for them.
Result<std::vector<std::string>> read_header(const std::string& path) {
  const bool is_packed = path.ends_with(".gz");
  const Result<std::string> text =
      is_packed ? read_unpacked(path) : read_beginning(path, header_bytes_max);
  if (!text) return tl::unexpected(text.error());
  std::string line = text->substr(0, text->find('\n'));
  if (line.ends_with('\r')) line.pop_back();
  if (line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);
  std::vector<std::string> names(1);
  for (const char c : line) {
    if (c == ',') {
      names.emplace_back();
    } else {
      names.back() += c;
    }
  }
  return names;
}

bool has(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

// The file with the columns of `numbers` as numbers and its others as text.
struct Columned {
  Numbers numbers;
  std::vector<std::string> texts;  // names of the others
};

Result<Columned> read_columns(const std::string& path, std::vector<std::string> header,
                              std::span<const std::string_view> wanted) {
  Columned columned;
  NumbersLayout layout;
  for (const std::string& name : header) {
    if (std::ranges::find(wanted, name) == wanted.end()) layout.text.push_back(name);
  }
  if (layout.text.size() == header.size()) {
    return failure(Fault::input, "{}: has no column \"{}\"; its header is {}", path, wanted[0],
                   fmt::join(header, ","));
  }
  Result<Numbers> numbers = read_numbers(path, layout);
  if (!numbers) return tl::unexpected(numbers.error());
  return Columned{std::move(*numbers), std::move(layout.text)};
}

// By the column `time`, where all of it is ISO-8601; else a second a row.
std::vector<Time> times_of(const Numbers& numbers, const std::vector<std::string>& text_columns) {
  std::vector<Time> times;
  const auto at = std::ranges::find(text_columns, "time");
  if (at != text_columns.end()) {
    for (const std::string& text :
         numbers.text[static_cast<std::size_t>(at - text_columns.begin())]) {
      const std::optional<Time> time = parse_iso_time(text);
      if (!time) break;
      times.push_back(*time);
    }
  }
  if (times.size() == numbers.table.rows()) return times;
  times.clear();
  for (std::size_t i = 0; i < numbers.table.rows(); ++i) {
    times.push_back(static_cast<Time>(i) * second);
  }
  return times;
}

Result<void> read_scores(const std::string& path, ScoredCase& to) {
  static constexpr std::string_view wanted[] = {"score", "anomalous", "alert", "change"};
  Result<std::vector<std::string>> header = read_header(path);
  if (!header) return tl::unexpected(header.error());
  Result<Columned> read = read_columns(path, std::move(*header), wanted);
  if (!read) return tl::unexpected(read.error());
  Numbers& numbers = read->numbers;
  to.one.series.name = path;
  to.one.series.times = times_of(numbers, read->texts);
  const std::pair<const char*, std::vector<std::uint8_t>*> decisions[] = {
      {"anomalous", &to.scores.anomalous},
      {"alert", &to.scores.alert},
      {"change", &to.scores.change}};
  const bool decides = std::ranges::all_of(
      decisions, [&](const auto& one) { return has(numbers.columns, one.first); });
  for (const auto& [name, flags] : decisions) {
    if (!decides) break;
    const Result<std::vector<double>> column = take_column(numbers, name, path);
    if (!column) return tl::unexpected(column.error());
    Result<std::vector<std::uint8_t>> labels = as_labels(*column, path);
    if (!labels) return tl::unexpected(labels.error());
    *flags = std::move(*labels);
  }
  Result<std::vector<double>> score = take_column(numbers, "score", path);
  if (!score) return tl::unexpected(score.error());
  to.scores.score = std::move(*score);
  const auto bad =
      std::ranges::find_if(to.scores.score, [](double one) { return std::isnan(one); });
  if (bad != to.scores.score.end()) {
    return failure(Fault::input, "{}: row {} has no finite score", path,
                   bad - to.scores.score.begin() + 1);
  }
  return {};
}

Result<void> read_labels(const std::string& path, Truth& to) {
  Result<std::vector<std::string>> header = read_header(path);
  if (!header) return tl::unexpected(header.error());
  const std::string name = has(*header, "label") || header->size() > 1 ? "label" : (*header)[0];
  const std::string_view wanted[] = {name};
  Result<Columned> read = read_columns(path, std::move(*header), wanted);
  if (!read) return tl::unexpected(read.error());
  const Result<std::vector<double>> column = take_column(read->numbers, name, path);
  if (!column) return tl::unexpected(column.error());
  Result<std::vector<std::uint8_t>> labels = as_labels(*column, path);
  if (!labels) return tl::unexpected(labels.error());
  to.labels = std::move(*labels);
  to.windows = spans_of(to.labels);
  return {};
}

}  // namespace

Result<ScoredCase> read_scored(const std::string& scores, const std::string& labels) {
  ScoredCase scored;
  if (Result<void> read = read_scores(scores, scored); !read) return tl::unexpected(read.error());
  if (Result<void> read = read_labels(labels, scored.one.truth); !read) {
    return tl::unexpected(read.error());
  }
  const std::size_t rows = scored.scores.score.size();
  if (rows != scored.one.truth.labels.size()) {
    return failure(Fault::input, "{} has {} rows, {} has {}: a label is needed for every row",
                   scores, rows, labels, scored.one.truth.labels.size());
  }
  return scored;
}

}  // namespace retimu
