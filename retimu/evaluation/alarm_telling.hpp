// SPDX-License-Identifier: Apache-2.0
// Which alarms of a stream a person is told, and how they rank; and the simple ways of doing so
// that a detector must beat. Causal: what is said of an alarm rests on it and those before it.
#ifndef RETIMU_EVALUATION_ALARM_TELLING_HPP
#define RETIMU_EVALUATION_ALARM_TELLING_HPP

#include "retimu/evaluation/alarm_streams.hpp"

#include <functional>
#include <span>

namespace retimu {

// One entry a record in both; scores are any numbers, the higher the more unusual, none NaN.
struct Telling {
  std::vector<std::uint8_t> is_told;  // 0 or 1
  std::vector<double> scores;
};

struct NamedTeller {
  std::string name;
  std::function<Result<Telling>(const AlarmStream&)> tell;
};

// Every alarm, all alike.
Telling tell_all(const AlarmStream& stream);

// Every alarm, ranked by -ln of the share of its code among the alarms so far, itself counted.
Telling tell_rare(const AlarmStream& stream);

// An alarm is told if its code on its host was not told within a wait: of `first` seconds, doubled
// with each telling up to `most` while the code keeps coming, and `first` again where it was not
// told for more than twice the wait. The score is whether it is told.
struct Fold {
  std::int64_t first = 600, most = 3'600;  // seconds
};
Telling tell_folded(const AlarmStream& stream, const Fold& fold);

// These three: "all", "rare code", "fold".
std::vector<NamedTeller> reference_tellers();

}  // namespace retimu

#endif
