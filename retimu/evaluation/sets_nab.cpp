// SPDX-License-Identifier: Apache-2.0
// NAB, the Numenta Anomaly Benchmark: streams of one metric, with windows around what is anomalous.
#include "retimu/evaluation/case_parts.hpp"
#include "retimu/evaluation/numbers.hpp"
#include "retimu/evaluation/pairs.hpp"
#include "retimu/evaluation/set_files.hpp"
#include "retimu/evaluation/set_readers.hpp"

#include <algorithm>

namespace retimu {

namespace {

// The first 15 % of a stream, of 5,000 rows at most, do not count.
std::size_t probation_of(std::size_t rows) { return std::min<std::size_t>(rows * 15 / 100, 750); }

std::optional<std::size_t> row_at(const std::vector<Time>& times, const std::string& text) {
  const std::optional<Time> time = parse_iso_time(text);
  const auto found = time ? std::ranges::find(times, *time) : times.end();
  if (found == times.end()) return std::nullopt;
  return static_cast<std::size_t>(found - times.begin());
}

// A window begins and ends at the first rows of its two times, as NAB has it.
Result<void> add_windows(const Pairs& pairs, const std::string& path, Case& to) {
  to.truth.labels.assign(to.series.times.size(), 0);
  std::size_t free_from = 0;
  for (const auto& [first, last] : pairs) {
    const auto begin = row_at(to.series.times, first), end = row_at(to.series.times, last);
    if (!begin || !end || *begin < free_from || *end < *begin) {
      return failure(Fault::input,
                     "{}: the window from {} to {} of {} lies outside its rows, or before another",
                     path, first, last, to.series.name);
    }
    free_from = *end + 1;
    to.truth.windows.push_back({*begin, free_from});
    std::fill(to.truth.labels.begin() + static_cast<std::ptrdiff_t>(*begin),
              to.truth.labels.begin() + static_cast<std::ptrdiff_t>(free_from), std::uint8_t{1});
  }
  return {};
}

Result<Case> read_stream(const std::string& path, const NamedPairs& windows,
                         const std::string& windows_path) {
  Result<Numbers> numbers = read_numbers(path, {.text = {"timestamp"}});
  if (!numbers) return tl::unexpected(numbers.error());
  Result<std::vector<Time>> times = as_times(numbers->text[0], path, parse_iso_time);
  if (!times) return tl::unexpected(times.error());
  Case one;
  one.series.name = windows.name.substr(0, windows.name.rfind(".csv"));
  one.series.columns = std::move(numbers->columns);
  one.series.train.columns = numbers->table.columns;
  one.series.rows = std::move(numbers->table);
  one.series.times = std::move(*times);
  one.truth.judged_from = probation_of(one.series.rows.rows());
  Result<void> added = add_windows(windows.pairs, windows_path, one);
  if (!added) return tl::unexpected(added.error());
  return one;
}

}  // namespace

Result<std::vector<Case>> read_nab(const std::string& folder) {
  static constexpr std::string_view below[] = {"nab", "NAB"};
  static constexpr std::string_view marks[] = {"labels/combined_windows.json"};
  const Result<std::string> found = find_folder(folder, below, marks);
  if (!found) return tl::unexpected(found.error());
  const Result<std::string> path = need_file(*found, std::string(marks[0]));
  if (!path) return tl::unexpected(path.error());
  const Result<std::string> text = read_unpacked(*path);
  if (!text) return tl::unexpected(text.error());
  const auto windows = parse_named_pairs(*text);
  if (!windows) {
    return failure(Fault::input, "{}: is not a JSON object of lists of windows", *path);
  }
  std::vector<Case> cases;
  for (const NamedPairs& of_stream : *windows) {
    const std::optional<std::string> data = find_file(*found + "/data", of_stream.name);
    if (!data) continue;  // a part of the set
    Result<Case> one = read_stream(*data, of_stream, *path);
    if (!one) return tl::unexpected(one.error());
    cases.push_back(std::move(*one));
  }
  if (cases.empty()) return failure(Fault::input, "{}/data: holds no stream of NAB", *found);
  std::ranges::sort(cases, {}, [](const Case& one) { return one.series.name; });
  return cases;
}

}  // namespace retimu
