// SPDX-License-Identifier: Apache-2.0
// How a pipeline is doing, in the text format 0.0.4 of Prometheus. docs/operating-health.md has
// what each name means; names stay.
#ifndef RETIMU_ENGINE_METRICS_HPP
#define RETIMU_ENGINE_METRICS_HPP

#include "retimu/engine/configuration.hpp"
#include "retimu/engine/intake.hpp"
#include "retimu/engine/vitals.hpp"

#include <string>

namespace retimu {

struct StatusFacts {
  const Configuration& configuration;
  const Vitals& vitals;
  const Intake* intake = nullptr;  // null: nothing comes live
};

inline constexpr const char* metrics_type = "text/plain; version=0.0.4; charset=utf-8";

// From any thread. Cost: some 100 us, nearly all of it asking the system.
std::string metrics_text(const StatusFacts& facts);

}  // namespace retimu

#endif
