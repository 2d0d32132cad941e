// SPDX-License-Identifier: Apache-2.0
// Does a reading leave the range that was seen so far? What plant operators expect of a limit, with
// the limit learned: beyond the largest of n readings lies, in the extreme-value limit of light
// tails (Gumbel, "Statistics of Extremes", 1958), a share of 1 / (n + 1) of all readings, and it
// falls by e for each tail spread beyond. Score: log10(n + 1) plus the excess in spreads / ln 10,
// in decades and tamed; 0 within the range. So the margin around the range shrinks as n grows.
//
// Kept are the two largest and the two smallest readings of at most 16 blocks of equal length,
// which double until they cover the window, then the oldest leaves. The spread of a tail is the
// median distance of a block's two extremes / ln 2: for any n these distances are exponential with
// the tail's spread as mean (Renyi, "On the theory of order statistics", 1953). A reading extends
// the range by at most 8 spreads; 64 in a row that lie further out are the new normal, and it
// starts anew. It abstains for the first 64 readings.
//
// Cost: 20 ns a reading (score + learn). Memory a column: 592 bytes.
// Blind to: all that happens within the range, columns that wander and so leave it every day (each
// record counts as one, however slow).
#ifndef RETIMU_DETECTORS_RANGE_LEARNED_HPP
#define RETIMU_DETECTORS_RANGE_LEARNED_HPP

#include "retimu/core/detector_of.hpp"
#include "retimu/stats/elementary.hpp"
#include "retimu/stats/scale.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numbers>

namespace retimu {

// Used through ColumnDetector.
struct RangeLearned {
  static constexpr std::uint32_t version = 1;
  static constexpr std::size_t blocks_max = 16;
  static constexpr std::uint32_t first_length = 16;  // readings of a block
  static constexpr std::size_t spoken_min = 4;       // whole blocks before it speaks
  static constexpr std::uint32_t strangers_max = 64;
  static constexpr double reach = 8;  // spreads that a reading extends the range by at most

  // The two highest of some values. The lowest are kept as the highest of the negated ones.
  struct Extremes {
    double first = -std::numeric_limits<double>::max();
    double second = -std::numeric_limits<double>::max();
    void take(double value) {
      second = larger(second, smaller(first, value));
      first = larger(first, value);
    }
    void take(const Extremes& other) {
      take(other.first);
      take(other.second);
    }
  };
  // One end of the range; the lower one upside down.
  struct End {
    std::array<Extremes, blocks_max> blocks{};  // the oldest first
    Extremes now;                               // of the block that is not whole yet
    double limit = 0, spread = 0;               // of the whole blocks
  };
  struct State {
    End high, low;
    std::uint32_t length = first_length;  // of a block
    std::uint32_t count = 0;              // readings of the block that is not whole yet
    std::uint32_t blocks = 0;             // whole
    std::uint32_t strangers = 0;          // in a row
  };
  struct Work {};

  std::size_t window = 65'536;  // readings, blocks_max * first_length or more

  double score(const State& state, double value, Work& /*work*/) const {
    if (state.blocks < spoken_min) return std::numeric_limits<double>::quiet_NaN();
    const double above = excess(state.high, value), below = excess(state.low, -value);
    const bool is_below = below > above;
    const double beyond = is_below ? below : above;
    if (!(beyond > 0)) return 0;
    const double spread = spread_of(is_below ? state.low : state.high);
    const double spreads = smaller(beyond / spread, 1e9);
    return tame(elementary::log10(readings(state) + 1) + spreads / std::numbers::ln10);
  }

  void learn(State& state, double value, const Work& /*work*/) const {
    if (state.blocks >= spoken_min) {
      const double most = finite(top(state.high) + reach * spread_of(state.high));
      const double least = finite(-top(state.low) - reach * spread_of(state.low));
      const bool is_stranger = value > most || value < least;
      state.strangers = is_stranger ? state.strangers + 1 : 0;
      if (state.strangers == strangers_max) state = State();
      if (is_stranger && state.blocks > 0) value = value > most ? most : least;
    }
    state.high.now.take(value);
    state.low.now.take(-value);
    if (++state.count < state.length) return;
    end_block(state);
  }

  // Lowest and highest, as far as they count.
  Range expected(const State& state) const {
    return {finite(-top(state.low)), finite(top(state.high))};
  }

  void visit(State& state, StateVisitor& visitor) const;

 private:
  static double top(const End& end) { return larger(end.limit, end.now.first); }
  static double excess(const End& end, double value) {
    const double limit = top(end);
    return larger(distance(value, limit) - resolution(value, limit), 0.0) *
           (value > limit ? 1.0 : 0.0);
  }
  static double spread_of(const End& end) {
    return larger(end.spread, resolution(end.limit, end.limit));
  }
  static double readings(const State& state) {
    return static_cast<double>(state.blocks) * state.length + state.count;
  }

  void end_block(State& state) const {
    for (End* end : {&state.high, &state.low}) {
      end->blocks[state.blocks] = end->now;
      end->now = Extremes();
    }
    state.count = 0;
    ++state.blocks;
    for (End* end : {&state.high, &state.low}) {
      measure(*end, state.blocks);
      if (state.blocks == spoken_min) moderate(*end);
    }
    const double width = distance(state.high.limit, -state.low.limit);
    for (End* end : {&state.high, &state.low}) {
      // Where readings come in steps the two extremes are often equal.
      end->spread = larger(end->spread, width / spread_parts);
    }
    if (state.blocks == blocks_max) make_room(state);
  }
  static void measure(End& end, std::size_t blocks) {
    std::array<double, blocks_max> apart{};
    end.limit = -std::numeric_limits<double>::max();
    for (std::size_t i = 0; i < blocks; ++i) {
      end.limit = larger(end.limit, end.blocks[i].first);
      apart[i] = distance(end.blocks[i].first, end.blocks[i].second);
    }
    const auto used = std::span<double>(apart).first(blocks);
    std::ranges::nth_element(used, used.begin() + static_cast<std::ptrdiff_t>(blocks / 2));
    end.spread = finite(used[blocks / 2] / std::numbers::ln2);
  }
  // Of the first blocks, whose readings nothing bound yet, one may hold an absurd reading: it
  // counts as far beyond the others' as a reading may later.
  static void moderate(End& end) {
    Extremes tops;
    for (const Extremes& block : std::span(end.blocks).first(spoken_min)) tops.take(block.first);
    const double spread = larger(end.spread, resolution(tops.second, tops.second));
    const double most = finite(tops.second + reach * spread);
    for (Extremes& block : end.blocks) {
      block = {smaller(block.first, most), smaller(block.second, most)};
    }
    measure(end, spoken_min);
  }
  // Blocks of twice the length, or without the oldest.
  void make_room(State& state) const {
    const bool may_double = 2 * std::size_t{state.length} * blocks_max <= window;
    for (End* end : {&state.high, &state.low}) {
      if (may_double) {
        for (std::size_t i = 0; i < blocks_max / 2; ++i) {
          Extremes both = end->blocks[2 * i];
          both.take(end->blocks[2 * i + 1]);
          end->blocks[i] = both;
        }
      } else {
        std::ranges::copy(std::span(end->blocks).subspan(1), end->blocks.begin());
      }
    }
    state.blocks = may_double ? blocks_max / 2 : blocks_max - 1;
    if (may_double) state.length *= 2;
  }

  static constexpr double spread_parts = 64;  // of the range's width, that a spread is at least
};

DetectorEntry range_learned_entry();

}  // namespace retimu

#endif
