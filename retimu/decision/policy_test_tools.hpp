// SPDX-License-Identifier: Apache-2.0
// One entity under a policy, for its tests.
#ifndef RETIMU_DECISION_POLICY_TEST_TOOLS_HPP
#define RETIMU_DECISION_POLICY_TEST_TOOLS_HPP

#include "retimu/decision/held.hpp"
#include "retimu/decision/policy.hpp"

#include <memory>

namespace retimu {

inline constexpr double calm = 0.3, strange = 4.6;

// One entity that sends a reading a minute; the threshold is 4 unless said otherwise.
struct Driver {
  explicit Driver(PolicyOptions options = {.threshold = 4})
      : policy(make_policy(options)), held(std::make_unique<Held>(*policy)) {}

  Decision send(double evidence, Duration after = minute, double samples = 1'000) {
    time += after;
    return policy->decide(held->get(), {time, {-evidence, samples}, false}, nullptr, sums);
  }
  Decision send_late(double evidence, Duration before) {
    return policy->decide(held->get(), {time - before, {-evidence, 1'000}, true}, nullptr, sums);
  }
  Decision send_many(int count, double evidence) {
    Decision last;
    for (int i = 0; i < count; ++i) last = send(evidence);
    return last;
  }
  std::unique_ptr<Policy> policy;
  std::unique_ptr<Held> held;
  FleetSums sums;
  Time time = 0;
};

}  // namespace retimu

#endif
