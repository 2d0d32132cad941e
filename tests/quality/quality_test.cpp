// SPDX-License-Identifier: Apache-2.0
// The floor of detection quality: what the default configuration and each detector reached on a
// made set and three short real ones may not fall. All is seeded, so the figures are exact.
// RETIMU_REGENERATE=1 writes tests/data/evaluation/floor.csv anew; what it changes is for a person
// to look at.
#include "retimu/core/random.hpp"
#include "retimu/evaluation/evaluate.hpp"
#include "retimu/evaluation/numbers.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>

namespace retimu {
namespace {

constexpr std::array<std::string_view, 3> ranking = {"vus_pr", "auc_pr", "f1"};
constexpr std::array<std::string_view, 3> decided = {"composite_f1", "event_f1", "affiliation_f1"};
constexpr double unchanged = 1e-9;

std::string folder() {
  const char* root = std::getenv("RETIMU_SOURCE_DIR");
  return std::string(root == nullptr ? "." : root) + "/tests/data/evaluation/";
}

// Roughly normal, standard deviation 1.
double bell(Random& random) {
  double sum = -6;
  for (int i = 0; i < 12; ++i) sum += random.uniform();
  return sum;
}

// Three columns with a daily wave, a reading a minute for a week; every fault is another kind.
Case make_made() {
  constexpr std::size_t rows = 7 * 24 * 60, first_fault = 2'500, between = 900;
  Random random(5);
  Case one;
  one.series.name = "made";
  one.series.columns = {"load", "flow", "heat"};
  one.series.rows.columns = 3;
  double drift = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    const std::size_t fault = i < first_fault ? 0 : (i - first_fault) / between;
    const std::size_t within = i < first_fault ? between : (i - first_fault) % between;
    drift = 0.95 * drift + 0.3 * bell(random);
    const double minute_of_day = static_cast<double>(i % 1'440) / 1'440;
    const double wave = 4 * (minute_of_day < 0.5 ? minute_of_day : 1 - minute_of_day);
    std::array<double, 3> row{50 + 6 * wave + bell(random), 20 + drift + 0.5 * bell(random),
                              30 + 2 * wave + 0.3 * bell(random)};
    bool is_fault = false;
    switch (fault % 4) {
      case 0:
        is_fault = within < 3;
        row[0] += is_fault ? 14 : 0;
        break;  // spike
      case 1:
        is_fault = within < 60;
        row[1] += is_fault ? 9 : 0;
        break;  // level
      case 2:
        is_fault = within < 30;
        row[2] = is_fault ? 0 : row[2];
        break;                                                                     // dropout
      default: is_fault = within < 40; row[2] += is_fault ? 3 * bell(random) : 0;  // noise
    }
    one.series.rows.append(row);
    one.series.times.push_back(static_cast<Time>(i) * minute);
    one.truth.labels.push_back(is_fault ? 1 : 0);
  }
  return one;
}

// A floor_*.csv: the last column is the label, -1 of a row to learn from.
Case read_extract(const std::string& name) {
  std::ifstream file(folder() + "floor_" + name + ".csv");
  EXPECT_TRUE(file) << name << ": set RETIMU_SOURCE_DIR to the root of the repository";
  std::string header;
  std::getline(file, header);
  file.close();
  NumbersLayout layout;
  if (header.starts_with("time,")) layout.text = {"time"};
  Result<Numbers> numbers = read_numbers(folder() + "floor_" + name + ".csv", layout);
  EXPECT_TRUE(numbers) << numbers.error().message;
  const Result<std::vector<double>> labels = take_column(*numbers, "label", name);
  EXPECT_TRUE(labels) << labels.error().message;
  Case one;
  one.series.name = name;
  one.series.columns = numbers->columns;
  one.series.train.columns = one.series.rows.columns = numbers->columns.size();
  for (std::size_t i = 0; i < labels->size(); ++i) {
    const Time time = layout.text.empty() ? static_cast<Time>(i) * minute
                                          : parse_iso_time(numbers->text[0][i]).value_or(0);
    const bool teaches = (*labels)[i] < 0;
    (teaches ? one.series.train : one.series.rows).append(numbers->table.row(i));
    (teaches ? one.series.train_times : one.series.times).push_back(time);
    if (!teaches) one.truth.labels.push_back((*labels)[i] > 0 ? 1 : 0);
  }
  return one;
}

using Floor = std::map<std::string, double>;

Floor measure() {
  const std::vector<Case> cases = {make_made(), read_extract("ec2_network_in_257a54"),
                                   read_extract("speed_7578"), read_extract("machine-1-7")};
  const auto rows = evaluate(nullptr, cases, retimu_scorers({}), {.jobs = 2});
  EXPECT_TRUE(rows) << rows.error().message;
  Floor floor;
  for (const JudgedSet& row : *rows) {
    for (std::size_t i = 0; i < cases.size(); ++i) {
      const std::string begin = cases[i].series.name + "," + row.scorer + ",";
      const JudgedSeries& one = row.series[i];
      for (const std::string_view name : ranking) {
        floor[begin + std::string(name)] = one.best[measure_index(name)].value_or(0);
      }
      for (const std::string_view name : decided) {
        floor[begin + "own " + std::string(name)] = one.own[measure_index(name)].value_or(0);
      }
    }
  }
  return floor;
}

Floor read_floor() {
  Floor floor;
  std::ifstream file(folder() + "floor.csv");
  for (std::string line; std::getline(file, line);) {
    const std::size_t comma = line.rfind(',');
    floor[line.substr(0, comma)] = std::stod(line.substr(comma + 1));
  }
  return floor;
}

TEST(QualityFloor, IsKept) {
  const Floor now = measure();
  if (std::getenv("RETIMU_REGENERATE") != nullptr) {
    std::ofstream file(folder() + "floor.csv");
    for (const auto& [name, value] : now) file << fmt::format("{},{:.12g}\n", name, value);
  }
  const Floor floor = read_floor();
  EXPECT_EQ(floor.size(), now.size());
  for (const auto& [name, least] : floor) {
    ASSERT_TRUE(now.contains(name)) << name << " is not measured any more";
    EXPECT_GE(now.at(name), least - unchanged) << name;
    if (now.at(name) > least + unchanged) {
      fmt::print("{} rose from {} to {}: raise the floor with RETIMU_REGENERATE=1\n", name, least,
                 now.at(name));
    }
  }
}

// The floor says something: the scorer that looks at the data beats the one that does not.
TEST(QualityFloor, IsAboveChance) {
  const Floor floor = read_floor();
  EXPECT_GT(floor.at("made,RETIMU,vus_pr"), 0.4);
  EXPECT_GT(floor.at("made,RETIMU,own event_f1"), 0.5);
}

}  // namespace
}  // namespace retimu
