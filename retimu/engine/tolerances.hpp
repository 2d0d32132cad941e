// SPDX-License-Identifier: Apache-2.0
// What people said was a false alarm: so much of a detector's evidence about a subject of an entity
// is tolerated. By name, so that an entity which was evicted or forgotten keeps it.
#ifndef RETIMU_ENGINE_TOLERANCES_HPP
#define RETIMU_ENGINE_TOLERANCES_HPP

#include "retimu/core/request.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace retimu {

struct Tolerance {
  std::string detector, subject;
  double decades = 0;  // > 0, at most Tolerances::decades_max
  Time since = 0;      // event time at which it was last raised
};

class Tolerances {
 public:
  // What exceeds an alert by more than this is told again, whatever was said.
  static constexpr double decades_max = 12;
  static constexpr std::size_t of_entity_max = 16;     // of more the oldest goes
  static constexpr std::size_t entities_max = 10'000;  // of more no new one is taken

  bool is_empty() const { return of_.empty(); }
  // Null: none. Stays where it is until the entity's next take().
  const std::vector<Tolerance>* of(std::string_view entity) const;
  // The larger of what was and is tolerated; an alarm without parts takes all back.
  void take(const FalseAlarm& alarm, Time now);
  const std::map<std::string, std::vector<Tolerance>, std::less<>>& all() const { return of_; }
  void visit(StateVisitor& visitor);

 private:
  std::map<std::string, std::vector<Tolerance>, std::less<>> of_;
};

// What is left of evidence, decades: above one it is lowered, and not below that.
double tolerated(double evidence, double decades);

}  // namespace retimu

#endif
