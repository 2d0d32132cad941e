// SPDX-License-Identifier: Apache-2.0
// One absurd reading hides no fault that comes shortly after: every detector of a default
// configuration that judges readings sees a step, or what else it is for, as one that was spared.
#include "retimu/core/random.hpp"
#include "retimu/detectors/catalogue.hpp"
#include "retimu/detectors/detectors_test_tools.hpp"
#include "retimu/detectors/specimen.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>

namespace retimu {
namespace {

constexpr int rows_before = 2'000, rows_between = 50, rows_of_fault = 8;
constexpr double sigma = 2, step = 12 * sigma;

struct Seen {
  double before = 0;  // the highest of the rows shortly before the fault
  double fault = 0;   // and of its rows
};

double usual(Random& random, double load, std::size_t column) {
  return 50 + 10 * static_cast<double>(column) + sigma * (0.7 * load + 0.7 * bell(random));
}

struct Absurd {
  double value = 0;
  int rows = 0;  // in a row
};

// Three columns that follow one load, a row a minute.
Seen watch(const Detector& detector, Absurd absurd, bool sticks, std::uint64_t seed) {
  Random random(seed);
  TestEntity entity(detector, 3);
  entity.between = minute;
  Seen seen;
  std::array<double, 3> row{};
  for (int i = 0; i < rows_before + rows_between + rows_of_fault; ++i) {
    const bool is_fault = i >= rows_before + rows_between;
    const double load = bell(random);
    const double last = row[0];
    for (std::size_t j = 0; j < row.size(); ++j) row[j] = usual(random, load, j);
    if (is_fault) row[0] = sticks ? last : row[0] + step;
    if (i < rows_before && i >= rows_before - absurd.rows) row[0] = absurd.value;
    const double score = entity.send(row).value_or(0);
    const double strength = entity.evidence.value_or(score);
    double& most = is_fault ? seen.fault : seen.before;
    if (i >= rows_before + rows_between / 2) most = std::max(most, strength);
  }
  return seen;
}

TEST(AbsurdReading, HidesNoFaultShortlyAfter) {
  for (const DetectorEntry& entry : detector_catalogue()) {
    if (entry.modality != Modality::metrics || !(entry.in_auto || entry.in_light)) continue;
    const auto detector = entry.make(ParameterValues(entry.parameters), 1);
    ASSERT_TRUE(detector) << entry.name;
    const double threshold = (*detector)->own_threshold(3 * 1'440);
    const bool sticks = entry.name == "stuck_at";
    for (const Absurd absurd : {Absurd{0, 0}, Absurd{1e308, 1}, Absurd{-1e308, 1}, Absurd{5e13, 1},
                                Absurd{-5e13, 1}, Absurd{1e308, 3}}) {
      for (const std::uint64_t seed : {1U, 2U, 3U}) {
        SCOPED_TRACE(std::string(entry.name) + " after " +
                     fmt::format("{}, {} times", absurd.value, absurd.rows));
        const Seen seen = watch(**detector, absurd, sticks, seed);
        EXPECT_GT(seen.fault, seen.before);
        EXPECT_GE(seen.fault, threshold);
      }
    }
  }
}

}  // namespace
}  // namespace retimu
