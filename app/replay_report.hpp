// SPDX-License-Identifier: Apache-2.0
// What two pipelines told of one recording, for people and for machines.
#ifndef APP_REPLAY_REPORT_HPP
#define APP_REPLAY_REPORT_HPP

#include "retimu/evaluation/episode_difference.hpp"

#include <cstdint>
#include <string>

namespace retimu::app {

struct ComparedReplays {
  std::string a, b;  // the pipelines' files
  std::uint64_t records = 0;
  const ToldEpisodes* told_a = nullptr;
  const ToldEpisodes* told_b = nullptr;
};

// A line an episode that differs, then the counts.
std::string to_text(const ComparedReplays& compared);
// {"records":…,"a":{"pipeline":…,"episodes":…},"b":…,"gained":[…],"lost":[…],"earlier":[…],
// "later":[…],"same":…}; of an episode entity, onset, told, severity, reason, and of a pair
// later_s, the seconds by which B told it later.
std::string to_json(const ComparedReplays& compared);

}  // namespace retimu::app

#endif
