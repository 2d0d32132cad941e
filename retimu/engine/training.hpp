// SPDX-License-Identifier: Apache-2.0
// Reads files that only teach, to a model. What `retimu train` does.
#ifndef RETIMU_ENGINE_TRAINING_HPP
#define RETIMU_ENGINE_TRAINING_HPP

#include "retimu/engine/configuration.hpp"
#include "retimu/engine/model.hpp"
#include "retimu/engine/reading_tally.hpp"

#include <atomic>
#include <functional>
#include <string>
#include <vector>

namespace retimu {

struct TrainingOptions {
  std::string program;                      // version, kept in the model
  const std::atomic<bool>* stop = nullptr;  // then there is no model
  std::function<void(const SourceReport&)> progress;
};

struct Trained {
  Model model;  // its id and bytes are not known before it is written
  SourceReport source;
  std::vector<RejectedReason> rejected_reasons;  // the three commonest
  double seconds = 0;                            // of reading and learning
};

// The configuration's files teach; its sinks, data_dir and shards do not matter to the model. All
// its detectors learn, and calibrations with them. Fault::usage: more entities than entities_max.
// Fault::input: files that cannot be read, or without anything to learn.
Result<Trained> train(const Configuration& configuration, const TrainingOptions& options);

}  // namespace retimu

#endif
