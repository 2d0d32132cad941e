// SPDX-License-Identifier: Apache-2.0
// What is known of how a pipeline is doing now, gathered from those who know.
#ifndef RETIMU_ENGINE_HEALTH_FACTS_HPP
#define RETIMU_ENGINE_HEALTH_FACTS_HPP

#include "retimu/engine/configuration.hpp"
#include "retimu/engine/health_watch.hpp"
#include "retimu/engine/intake.hpp"
#include "retimu/engine/self_check.hpp"
#include "retimu/engine/vitals.hpp"

#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace retimu {

// Tries every detector of a pipeline on its specimen, once and on a thread of its own.
class SelfTesting {
 public:
  // `done` (may be empty) is called on that thread.
  SelfTesting(const Configuration& configuration,
              std::function<void(const std::vector<SelfTest>&)> done);
  ~SelfTesting();
  SelfTesting(const SelfTesting&) = delete;
  SelfTesting& operator=(const SelfTesting&) = delete;

  // Those that failed; empty as long as they are tried.
  std::vector<std::string> failed() const;

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> failed_;
  std::thread thread_;
};

// `intake` and `tests` may be null. From any thread.
HealthFacts gather_health(const Intake* intake, const Vitals& vitals, const SelfTesting* tests);

// Why the pipeline does not do its work; empty: it does. It does not where its reading or its
// committing thread has not gone on for 30 s, or where nothing can be kept. `now`: steady.
std::string why_not_alive(const Vitals& vitals, Time now);
// Why it does not do it yet.
std::string why_not_ready(const Vitals& vitals);

}  // namespace retimu

#endif
