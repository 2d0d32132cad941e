// SPDX-License-Identifier: Apache-2.0
// BATADAL: a year of a simulated water network to learn from, half a year with attacks to judge.
#include "retimu/evaluation/case_parts.hpp"
#include "retimu/evaluation/numbers.hpp"
#include "retimu/evaluation/set_files.hpp"
#include "retimu/evaluation/set_readers.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace retimu {

namespace {

// "06/01/14 00": day, month, year of this century, hour.
std::optional<Time> parse_hour(std::string_view text) {
  if (text.size() != 11 || text[2] != '/' || text[5] != '/' || text[8] != ' ') return std::nullopt;
  return parse_iso_time(fmt::format("20{}-{}-{}T{}:00", text.substr(6, 2), text.substr(3, 2),
                                    text.substr(0, 2), text.substr(9, 2)));
}

struct Hours {
  TablePart part;
  std::vector<Time> times;
  std::vector<double> flags;
};

Result<Hours> read_hours(const std::string& folder, const std::string& name) {
  Result<std::string> path = need_file(folder, name);
  if (!path) {
    const auto original = find_file(folder, "BATADAL_" + name);
    if (!original) return tl::unexpected(path.error());
    path = *original;
  }
  Result<Numbers> numbers = read_numbers(*path, {.text = {"DATETIME"}});
  if (!numbers) return tl::unexpected(numbers.error());
  Result<std::vector<Time>> times = as_times(numbers->text[0], *path, parse_hour);
  if (!times) return tl::unexpected(times.error());
  Result<std::vector<double>> flags = take_column(*numbers, "ATT_FLAG", *path);
  if (!flags) return tl::unexpected(flags.error());
  return Hours{{*path, std::move(numbers->columns), std::move(numbers->table)},
               std::move(*times),
               std::move(*flags)};
}

}  // namespace

Result<std::vector<Case>> read_batadal(const std::string& folder) {
  static constexpr std::string_view below[] = {"batadal", "BATADAL", "data", "aeed/data"};
  static constexpr std::string_view marks[] = {"dataset04.csv", "BATADAL_dataset04.csv"};
  constexpr double not_labelled = -999;
  const Result<std::string> found = find_folder(folder, below, marks);
  if (!found) return tl::unexpected(found.error());
  Result<Hours> train = read_hours(*found, "dataset03.csv");
  if (!train) return tl::unexpected(train.error());
  Result<Hours> test = read_hours(*found, "dataset04.csv");
  if (!test) return tl::unexpected(test.error());
  std::ranges::replace(test->flags, not_labelled, 0.0);
  Result<std::vector<std::uint8_t>> labels = as_labels(test->flags, test->part.path);
  if (!labels) return tl::unexpected(labels.error());
  const std::string path = test->part.path;
  Result<Case> one = make_case("dataset04", std::move(train->part), std::move(test->part),
                               {path, std::move(*labels)}, hour);
  if (!one) return tl::unexpected(one.error());
  one->series.train_times = std::move(train->times);
  one->series.times = std::move(test->times);
  std::vector<Case> cases;
  cases.push_back(std::move(*one));
  return cases;
}

}  // namespace retimu
