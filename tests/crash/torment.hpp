// SPDX-License-Identifier: Apache-2.0
// Victims that are killed wherever something is kept, one place each.
#ifndef TESTS_CRASH_TORMENT_HPP
#define TESTS_CRASH_TORMENT_HPP

#include "retimu/core/fail_point.hpp"
#include "tests/crash/victim.hpp"

#include <functional>
#include <string>
#include <vector>

namespace retimu {

struct Torment {
  std::vector<int> passings;  // of a place: it dies at this one
  std::function<VictimOptions(int passing)> options;
  std::string input;
  std::function<void(const Victim&)> prepare;  // up to where the process is killed
};

// Each of the victims is killed twice, if it comes by its place so often, then left alone until it
// ends and shown to `expect`. Gives how often a process was killed.
inline std::size_t kill_everywhere(const Torment& torment,
                                   const std::function<void(const Victim&)>& expect) {
  std::vector<std::string_view> places(storage_fail_points.begin(), storage_fail_points.end());
  places.push_back("request.before_done");
  std::size_t kills = 0;
  for (const std::string_view place : places) {
    for (const int passing : torment.passings) {
      const std::string point = fmt::format("{}:{}", place, passing);
      SCOPED_TRACE(point);
      const Victim victim(torment.options(passing), torment.input);
      torment.prepare(victim);
      for (int i = 0; i < 2; ++i) {
        kills += victim.run({{"RETIMU_FAIL_POINT", point}}).was_killed ? 1 : 0;
      }
      EXPECT_EQ(victim.run().code, 0);
      expect(victim);
    }
  }
  fmt::print("killed {} times\n", kills);
  return kills;
}

}  // namespace retimu

#endif
