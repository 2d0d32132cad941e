// SPDX-License-Identifier: Apache-2.0
// When something that comes again and again has been away for too long: the longest gap of each of
// the last eight days on which something came is kept, and it is silent once nothing came for
// `times` the longest of them, ten seconds at least. 64 gaps must be known. So pauses of every
// night and of every week are usual. A silence that was told is no usual gap, unless another comes
// within eight such days.
// The rule is our own. Cost: 15 ns an event; 128 bytes.
#ifndef RETIMU_DETECTORS_EVENT_STREAM_HPP
#define RETIMU_DETECTORS_EVENT_STREAM_HPP

#include "retimu/core/detector.hpp"

#include <array>
#include <cstdint>
#include <optional>

namespace retimu {

struct EventStream {
  static constexpr std::size_t days = 8;  // on which something came
  static constexpr std::uint32_t gaps_min = 64, gaps_most = 1'000'000;

  Time last = time_none;
  std::array<Duration, days> longest{};  // gap of a day, newest at `day`
  std::int64_t date = INT64_MIN;         // days since 1970, of the newest
  std::uint32_t day = 0;                 // counts days on which gaps ended
  std::uint32_t gaps = 0;                // known, up to gaps_most
  double mean = 0;                       // of the last 64 or so, ns
  Duration told = 0;                     // the last silence that was told, 0: none
  std::uint32_t told_day = 0;            // the count of days then
  std::uint8_t is_silent = 0;            // told, and nothing came since

  // Something came. What is late, or of the same time, is no gap.
  void come(Time now);
  // When it is silent, if nothing comes; none: too little is known, or it was told.
  std::optional<Time> due(double times) const;
  // Time that is not counted: of a source that was told, else if it is half of what would be told.
  void stand_still(const Standstill& still, double times);
  Duration longest_gap() const;
  bool visit(StateVisitor& visitor);  // false: what was read can't be
};

}  // namespace retimu

#endif
