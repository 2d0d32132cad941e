// SPDX-License-Identifier: Apache-2.0
// What two pipelines told of one recording, for people and for machines.
#ifndef APP_REPLAY_REPORT_HPP
#define APP_REPLAY_REPORT_HPP

#include "retimu/evaluation/labelled_spans.hpp"

#include <cstdint>
#include <span>
#include <string>

namespace retimu::app {

struct ComparedReplays {
  std::string a, b;  // the pipelines' files
  std::uint64_t records = 0;
  const ToldEpisodes* told_a = nullptr;
  const ToldEpisodes* told_b = nullptr;
  std::span<const LabelledSpan> labels{};  // none: what was wrong is not known
};

// A line an episode that differs, then the counts, and what each found of the labels.
std::string to_text(const ComparedReplays& compared);
// {"records":…,"a":{"pipeline":…,"episodes":…},"b":…,"gained":[…],"lost":[…],"earlier":[…],
// "later":[…],"same":…}; of an episode entity, onset, told, severity, reason, and of a pair
// later_s, the seconds by which B told it later. With labels a and b also have found, missed, false
// (counts) and delay_s (the median; null if none was found).
std::string to_json(const ComparedReplays& compared);

// A line a label, found or missed, a line a false episode, then the counts.
std::string to_text(std::span<const LabelledSpan> labels, const ToldEpisodes& told);

}  // namespace retimu::app

#endif
