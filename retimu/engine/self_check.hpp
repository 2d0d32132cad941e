// SPDX-License-Identifier: Apache-2.0
// No detector is silently dead: each catalogue entry brings a specimen that it must flag, tried
// through the judge.
#ifndef RETIMU_ENGINE_SELF_CHECK_HPP
#define RETIMU_ENGINE_SELF_CHECK_HPP

#include "retimu/core/detector.hpp"
#include "retimu/engine/configuration.hpp"

#include <string>
#include <vector>

namespace retimu {

struct SelfTest {
  std::string detector;
  std::size_t usual = 0;       // events it learned from
  std::size_t warm_after = 0;  // of them; 0: it spoke at once, or never
  double usual_p_min = 0;      // log10, smallest among the last half of the usual events
  double anomaly_p = 0;        // log10
  bool has_passed = false;     // the anomaly stood out by at least a decade and less than 1 in 100
};

// Every detector of the configuration alone, with its parameters, on its own specimen.
Result<std::vector<SelfTest>> run_self_tests(const Configuration& configuration);

}  // namespace retimu

#endif
