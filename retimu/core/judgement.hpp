// SPDX-License-Identifier: Apache-2.0
// What was thought of one event that was unusual: kept for `retimu why`, and for nothing else.
#ifndef RETIMU_CORE_JUDGEMENT_HPP
#define RETIMU_CORE_JUDGEMENT_HPP

#include "retimu/core/decision.hpp"
#include "retimu/core/result.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace retimu {

struct DetectorJudgement {
  std::string detector;
  double score = 0;
  Rating rating;
  std::optional<double> own;  // evidence of its own over the threshold of its own, decades
  // Decades by which its evidence was lowered, as a person had said it was a false alarm, and when.
  double tolerated = 0;
  Time tolerated_since = time_none;
};

struct Judgement {
  std::string entity;
  Time time = 0;
  std::uint64_t sequence = 0;
  Modality modality{};
  bool is_tick = false;  // no event came
  bool is_late = false;
  Change change = Change::none;
  std::string held_back;  // what kept the change from being told; empty: nothing did
  // As decided: phase, evidence, threshold, ground, hold and the like.
  Decision decision;
  double others = 0;                         // of other modalities shortly before, decades
  std::vector<DetectorJudgement> detectors;  // that spoke, in the pipeline's order
};

// One line of JSON without the newline.
std::string to_json(const Judgement& judgement);

// Where they are kept. Called by the committing thread.
struct Judgements : Interface {
  virtual Result<void> add(std::span<const Judgement> judgements) = 0;
};

}  // namespace retimu

#endif
