// SPDX-License-Identifier: Apache-2.0
// Has an entity's behaviour changed, and stayed changed? A change point is the event from which on
// the events of late are another kind than those before: the onset of what lasts, where evidence
// rises, and the return from it, where it falls. A spike is none, nor is a fall without an onset:
// those are detectors that learn.
//
// Two windows that fade, on x = ln(strength + 0.05), where strength is what the event ranks by, in
// decades or a detector's own unit: the mean of the last 16 events or so, and of up to 256 before.
// So the evidence is smoothed; and as x is a logarithm, the difference of the means says by how
// many times it rose or fell, in any unit. A change point is where they lie apart by more than 0.4
// (a factor of 1.5) and by more than five times what is usual for the entity: the mean of that
// difference over about 1,024 events, to which none adds more than twice as much. Then `before`
// begins anew: what comes next is compared with what came since. The next change point is at least
// 64 events away, as the first is from the first event.
//
// The two-window test is that of Kifer, Ben-David and Gehrke, "Detecting change in data streams",
// VLDB 2004, with means that fade. The constants were chosen once over skab, smd, asd, nab and
// several detectors (docs/research/quality.md).
// Cost: 15 ns an event; 20 bytes.
// Blind to: what lasts fewer than about 10 events, a second change within 64 events of the first,
// drift slower than the windows, a change that detectors do not rate as stranger. It takes for a
// return, too, what is strange no more as detectors have learned it.
#ifndef RETIMU_DECISION_CHANGE_POINT_HPP
#define RETIMU_DECISION_CHANGE_POINT_HPP

#include "retimu/core/state.hpp"

#include <cstdint>

namespace retimu {

class ChangePoint {
 public:
  // Of the next event, >= 0; NaN counts as 0. True: a change point is told here.
  bool learn(double strength);
  // A change is told here otherwise: what comes next is compared with what comes from now on.
  void begin_anew() { since_ = 0; }
  void visit(StateVisitor& visitor);

 private:
  static constexpr float least = 0.4F, usual_times = 5;

  float recent_ = 0, before_ = 0;      // means of x
  float usual_ = least / usual_times;  // |recent - before|
  std::uint16_t events_ = 0;           // at most 1,024
  std::uint16_t since_ = 0;            // since the last change point; likewise
  bool has_onset_ = false;             // and no return from it yet
};

}  // namespace retimu

#endif
