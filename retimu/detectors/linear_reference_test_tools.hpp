// SPDX-License-Identifier: Apache-2.0
// What tests/data/detectors/linear_prediction.py says of rows of four columns. Included by tests
// only.
#ifndef RETIMU_DETECTORS_LINEAR_REFERENCE_TEST_TOOLS_HPP
#define RETIMU_DETECTORS_LINEAR_REFERENCE_TEST_TOOLS_HPP

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace retimu {

struct LinearReferenceRow {
  std::array<double, 4> row{};
  double prediction = 0, distance = 0;  // NaN: a row to learn from
  bool is_first = false;                // of a new entity
  bool is_compared = false;
  bool is_training = false;
};

// With the first row after the training a detector turns from that; what it says of it is not yet
// so, and the row is not compared.
inline std::vector<LinearReferenceRow> linear_reference_rows() {
  const char* root = std::getenv("RETIMU_SOURCE_DIR");
  std::ifstream file(std::string(root == nullptr ? "." : root) +
                     "/tests/data/detectors/linear_prediction.txt");
  EXPECT_TRUE(file) << "set RETIMU_SOURCE_DIR to the root of the repository";
  std::vector<LinearReferenceRow> rows;
  bool is_trained = false, is_first = false;
  for (std::string line; std::getline(file, line);) {
    if (line == "online" || line == "trained") {
      is_trained = line == "trained";
      is_first = true;
      continue;
    }
    LinearReferenceRow one;
    std::istringstream fields(line);
    std::string prediction, distance;
    for (double& value : one.row) fields >> value;
    fields >> prediction >> distance;
    one.prediction = std::stod(prediction);
    one.distance = std::stod(distance);
    one.is_first = std::exchange(is_first, false);
    one.is_training = is_trained && std::isnan(one.distance);
    const bool was_training = !rows.empty() && rows.back().is_training;
    one.is_compared = !std::isnan(one.distance) && !was_training;
    rows.push_back(one);
  }
  return rows;
}

}  // namespace retimu

#endif
