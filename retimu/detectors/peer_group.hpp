// SPDX-License-Identifier: Apache-2.0
// Does an entity leave its peers, while they stay together? Peers are all entities that send a
// column of the same name: 40 web servers whose latency follows the same load. Each reading is
// compared with the median of the others' latest ones, the entity itself left out. What is usual
// for it is learned as a line, own reading = a + b * the peers' median, so that an entity that is
// always slower, or that follows the load more strongly, is usual; score: the distance from that
// line in usual distances, tamed. Idea: peer group analysis (Bolton and Hand, "Unsupervised
// profiling methods for fraud detection", 2001), here with medians and a line of our own.
//
// A difference counts when it was there twice in a row, to the same side: then it is the smaller
// one of both. A reading is compared once the peers have been told of after it, and not more often
// than most of them send, so that none looks strange who only reports a move of all earlier or
// later than the others. Where the peers move beyond where they have been (two standard
// deviations), how the entity follows is unknown by as much: it stays silent. Where the peers
// themselves part, the unit grows as their spread has. The line begins with a median of 16
// differences and a slope of 1, and forgets over the window; what is more than 8 usual distances
// away is not learned, but 256 of that in a row are a new usual, and it starts anew. So it does
// when a fifth of the peers came or went for 64 comparisons. It learns during alerts, too. It
// abstains for 64 comparisons, with fewer than `peers_min` others, and between comparisons, unless
// the last difference is still large.
//
// Cost: 60 ns a reading that is compared and 20 ns of others (score + learn), and that of
// fleet_readings.hpp. Memory a column: 304 bytes.
// Blind to: what happens to all or to half of the peers at once, what lasts for one comparison,
// entities that leave in the course of the window, peers of the same column name that have little
// in common (they are learned as noise), and what it does while the peers come and go. Fewer than 9
// others: a second one that leaves at the same time hides both.
#ifndef RETIMU_DETECTORS_PEER_GROUP_HPP
#define RETIMU_DETECTORS_PEER_GROUP_HPP

#include "retimu/core/detector_of.hpp"
#include "retimu/stats/baseline.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace retimu {

// Used through ColumnDetector.
struct PeerGroup {
  static constexpr std::uint32_t version = 1;
  static constexpr bool learns_always = true;
  static constexpr std::uint32_t warm = 64;            // comparisons
  static constexpr std::uint32_t strangers_max = 256;  // comparisons in a row, then they are usual
  static constexpr std::uint32_t odd_max = 64;         // the same of comparisons with other peers
  static constexpr double reach = 8;                   // usual distances that are still learned

  // What a comparison found.
  struct Found {
    double own = 0, low = 0, high = 0;  // the entity, and where most of its peers lie
    double away = 0;                    // usual distances from the line; its sign is the side
    double strength = 0;                // that was there twice in a row
    std::uint32_t others = 0;
  };
  // How the entity usually follows. Moments by forgetting means.
  struct Line {
    double peers = 0, own = 0;       // the means of both
    double variance = 0, joint = 0;  // of the peers' median, and of both together
    double distance = 0;             // mean distance from the line
    double width = 0;                // from low to high of the peers
    double others = 0;               // how many
    std::uint32_t count = 0;         // comparisons behind it, at most the window
  };
  struct State {
    double previous = 0;       // the last reading
    std::uint64_t number = 0;  // of the table as it came
    Time compared = time_none;
    Found last;
    Baseline start;  // of the difference, while no line is known
    Line line;
    std::uint32_t strangers = 0, odd = 0;  // in a row
    std::uint8_t has_previous = 0;
  };
  struct Work {
    Found found;
    double centre, expected, unit;
    Time time;
    std::uint64_t number;
    bool is_compared, is_odd;
  };

  std::uint32_t peers_min = 4;   // others
  std::uint32_t window = 8'192;  // comparisons, 256 or more

  double score(const State& state, double /*value*/, const Peers& peers, Work& work) const {
    constexpr double none = std::numeric_limits<double>::quiet_NaN();
    work = {};
    work.number = peers.number;
    work.time = peers.time;
    work.found = state.last;
    if (!is_due(state, peers)) {
      return state.last.strength >= lasting ? tame(state.last.strength) : none;
    }
    const OtherPeers others = peers.column->without(state.previous);
    if (others.count < peers_min) return none;
    work.is_odd = state.line.count >= warm &&
                  5 * std::fabs(others.count - state.line.others) > state.line.others;
    work.is_compared = true;
    compare(state, others, work);
    return state.line.count < warm || work.is_odd ? none : tame(work.found.strength);
  }

  void learn(State& state, double value, const Work& work) const {
    if (work.is_compared) {
      state.compared = work.time;
      state.last = work.found;
      if (work.is_odd) {
        if (++state.odd == odd_max) begin_anew(state);
      } else {
        state.odd = 0;
        learn_line(state, work);
      }
    }
    state.previous = value;
    state.number = work.number;
    state.has_previous = 1;
  }

  Reason reason(const Work& work) const;
  void visit(State& state, StateVisitor& visitor) const;

 private:
  static constexpr double lasting = 4;      // a difference that holds until the next comparison
  static constexpr double octiles = 2.3;    // standard deviations from low to high
  static constexpr double least_share = 8;  // of the peers' deviation that the unit is at least
  static constexpr double known_range = 2;  // standard deviations of the peers' median
  static constexpr double others_share = 1.0 / 256;

  // The reading before is in the table, and most peers have sent another one.
  static bool is_due(const State& state, const Peers& peers) {
    if (peers.column == nullptr || state.has_previous == 0) return false;
    if (peers.number == state.number) return false;
    if (state.compared == time_none || peers.time < state.compared) return true;
    return between(state.compared, peers.time) >= peers.column->gap / 4 * 3;
  }

  void compare(const State& state, const OtherPeers& others, Work& work) const {
    const Line& line = state.line;
    Found& found = work.found;
    found = {state.previous, others.low, others.high, 0, 0, others.count};
    work.centre = others.centre;
    if (line.count == 0) return;
    const double beyond = distance(others.centre, line.peers);
    const double usual_deviation = line.width / octiles;
    const double doubt = larger(beyond - known_range * std::sqrt(line.variance), 0.0);
    work.expected = finite(line.own + slope(line) * (others.centre - line.peers));
    work.unit = finite(larger(1.2533 * line.distance, usual_deviation / least_share) + doubt);
    const double away =
        deviation_in_units(state.previous, work.expected, finite(work.unit * parted(line, others)));
    found.away = state.previous < work.expected ? -away : away;
    const double before = found.away < 0 ? -state.last.away : state.last.away;
    found.strength = larger(smaller(away, before), 0.0);
  }
  // Drawn towards 1 as far as the peers' median has moved no more than chance moves it.
  static double slope(const Line& line) {
    const double deviation = line.width / octiles;
    const double rest = finite(deviation * deviation) + 1e-300;
    const double slope = finite(line.joint + rest) / finite(line.variance + rest);
    return std::isfinite(slope) ? slope : 1;
  }
  // How many times as far apart as usual the peers are.
  static double parted(const Line& line, const OtherPeers& others) {
    const double noise = resolution(others.low, others.high);
    const double width = distance(others.low, others.high);
    return larger(finite(larger(width, noise) / larger(line.width, noise)), 1.0);
  }

  void learn_line(State& state, const Work& work) const {
    Line& line = state.line;
    if (line.count == 0) return learn_start(state, work);
    const bool is_strange = line.count >= warm && std::fabs(work.found.away) > reach;
    state.strangers = is_strange ? state.strangers + 1 : 0;
    if (state.strangers == strangers_max) return begin_anew(state);
    if (is_strange) return;
    if (line.count < window) ++line.count;
    const double share = 1.0 / line.count;
    const double most = finite(reach * larger(work.unit, resolution(line.own, line.own)));
    const double own =
        smaller(larger(work.found.own, finite(work.expected - most)), finite(work.expected + most));
    const double peers_moved = finite(work.centre - line.peers);
    const double own_moved = finite(own - line.own);
    line.variance = moved(line.variance, finite((1 - share) * peers_moved * peers_moved), share);
    line.joint = moved(line.joint, finite((1 - share) * peers_moved * own_moved), share);
    line.peers = moved(line.peers, work.centre, share);
    line.own = moved(line.own, own, share);
    line.distance = moved(line.distance, distance(own, work.expected), share);
    const double width = distance(work.found.low, work.found.high);
    line.width = moved(line.width, width, share);
    line.others = moved(line.others, work.found.others, larger(share, others_share));
  }
  // Of the first differences the median: one absurd reading must not be what is usual.
  void learn_start(State& state, const Work& work) const {
    state.start.learn(finite(work.found.own - work.centre), Baseline::first_values);
    if (!state.start.is_known()) return;
    Line& line = state.line;
    line.peers = work.centre;
    line.own = finite(work.centre + state.start.centre());
    line.distance = finite(state.start.deviation() / 1.2533);
    line.width = distance(work.found.low, work.found.high);
    line.others = work.found.others;
    line.count = Baseline::first_values;
    state.start = Baseline();
  }
  static void begin_anew(State& state) {
    state.line = Line();
    state.start = Baseline();
    state.last = Found();
    state.strangers = state.odd = 0;
  }
};

DetectorEntry peer_group_entry();

}  // namespace retimu

#endif
