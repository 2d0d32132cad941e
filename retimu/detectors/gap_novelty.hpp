// SPDX-License-Identifier: Apache-2.0
// How far is a reading from anything ever seen? Seven plain views of a column (its value; the mean
// of its last 4 and 64 readings and its deviation from levels as slow; what is left of it beside
// its usual value at this hour of the day and of the week) each remember the values they took. With
// all_views it has 15: windows of 16 readings, too, and a spread and a roughness of each window. A
// view's evidence for strangeness, in decades, is how large the gap to the nearest remembered value
// is in usual steps, plus how rare a gap of that size is among the view's own (rank, and a
// generalised Pareto tail). The sharp views count by their strongest, all by half their mean; a
// seasonal view may speak only as far as it explains the column.
//
// Evidence, not a p-value: 6 decades raise an alert, about 1 to 8 in 10,000 readings at rest; above
// 288 readings a day over all columns of an entity 3 more for every ten times as many. Rows rank by
// the evidence held: it halves in 32 readings. It learns from everything: what is new is told once
// and then known, unless a person confirms that it was a fault: then it is unlearned (the last 16
// novelties of a column). Speaks after 50 readings, calm after some hundreds. A reading that lies
// 10,000 of its steps and of its deviations away is told and known like others, but enters neither
// levels nor ranks, so that it hides nothing that comes after it; the fourth in a row does.
//
// Constants were chosen once for all data. With all_views, in double precision and while no memory
// is full, the evidence is that of the study's prototype within 1e-9, relative; in single precision
// within 1e-4 in 99 of 100 readings (tests/data/detectors/gap_novelty_prototype.py). By design it
// differs in that a full memory drops its most crowded value in place of every other, which moves
// one reading in 100 by half a decade or more, one change counts as at most 20 usual steps, and
// hours are those of the pipeline's time zone.
//
// Cost: 0.5 us a reading (score + learn), 1.1 us with all_views. Memory a column: 5.7 KB with 96
// remembered values, 3.9 KB with 32; 12 KB with all_views.
// Blind to: what was seen before, stuck values, less noise, slow drift, absence of what is usual,
// an anomaly among the first 50 readings.
#ifndef RETIMU_DETECTORS_GAP_NOVELTY_HPP
#define RETIMU_DETECTORS_GAP_NOVELTY_HPP

#include "retimu/core/detector_of.hpp"
#include "retimu/core/time.hpp"
#include "retimu/stats/rank_histogram.hpp"
#include "retimu/stats/remembered_values.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace retimu {

// Which views: the lengths of the windows, how many views each has (level and deviation, then
// spread and roughness), and how finely they rank their gaps.
struct SevenViews {
  static constexpr std::array<std::size_t, 2> window_sizes = {4, 64};
  static constexpr std::size_t per_window = 2, bins_per_decade = 8;
};
struct AllViews {
  static constexpr std::array<std::size_t, 3> window_sizes = {4, 16, 64};
  static constexpr std::size_t per_window = 4, bins_per_decade = 16;
};

// `capacity`: values that a view remembers, and one. Number and Count: how they are stored. Used
// through ColumnDetector.
template <std::size_t capacity, class Number, class Count, class Views = SevenViews>
struct GapNovelty {
  static constexpr std::uint32_t version = 5;
  static constexpr auto window_sizes = Views::window_sizes;
  static constexpr std::size_t windows = window_sizes.size(), per_window = Views::per_window;
  static constexpr std::size_t seasons = 2, first_season = 1 + windows * per_window;
  static constexpr std::size_t views = first_season + seasons;
  static constexpr std::size_t hours_of_day = 24, hours_of_week = 168;
  using Ranks = RankHistogram<Count, Views::bins_per_decade>;

  double change_most = 20;  // usual steps; a larger change counts as that

  struct View {
    RememberedValues<capacity, Number> seen;
    Ranks gaps;
    double step = 0, last = 0;  // usual |change| from reading to reading, and the value before
  };
  // What a reading moves beside the views: plain numbers, so that score can prepare the next.
  struct Levels {
    std::array<double, windows> sum{}, level{};
    double slow_mean = 0, slow_variance = 0;
    std::array<double, seasons> season_variance{};
  };
  // A reading of so much evidence that it may be a fault's, and the gap of a sharp view that it
  // fell into: what a fault taught can be unlearned.
  struct Novelty {
    Time time = time_none;
    typename RememberedValues<capacity, Number>::Gap gap{};
    std::uint8_t view = 0;
  };
  static constexpr std::size_t novelties_max = 16;
  struct State {
    std::array<View, views> view;
    std::array<Number, window_sizes[windows - 1]> ring{};  // last readings, less origin
    // At each hour of the day, then of the week: usual value less origin, readings up to 255.
    std::array<Number, hours_of_day + hours_of_week> usual{};
    std::array<std::uint8_t, hours_of_day + hours_of_week> count{};
    Levels levels;
    double origin = 0;  // first reading
    double held = 0;    // evidence
    std::uint64_t readings = 0;
    std::array<Novelty, novelties_max> novelty{};  // the last ones
    std::uint8_t novelty_next = 0;
    std::uint8_t left_out = 0;     // readings that were far away, in a row
    Time novel_since = time_none;  // the first novel reading of those that are held together
  };
  struct Work {
    Time time;
    Levels next;
    std::array<double, views> value, gap, size;
    double taken;  // the reading, or the level in place of one that is left out
    bool is_far, is_left_out;
    std::array<std::uint8_t, views> bin;
    double evidence, held;
    std::array<std::uint8_t, seasons> hour;  // places in `usual`
  };

  double score(const State& state, double value, Moment moment, Work& work) const {
    work.time = moment.time;
    look(state, bounded(value), moment.local, work);
    const auto readings = static_cast<double>(state.readings);
    typename Ranks::Rarity all;
    std::array<Candidate, views> sharp;
    std::size_t sharp_count = 0;
    for (std::size_t j = 0; j < views; ++j) {
      const View& view = state.view[j];
      work.gap[j] = view.seen.gap(place_of(state, j, work));
      const double unit = view.step + 1e-6 * std::fabs(work.value[j]) + 1e-12;
      work.size[j] = readings > 10 ? std::min(work.gap[j] / unit, 1e4) : 0;
      work.bin[j] = static_cast<std::uint8_t>(Ranks::bin_of(work.size[j]));
      if (readings < warm) continue;
      const auto found = view.gaps.rarity(work.size[j], work.bin[j], 1e3 * work.size[j] + 1);
      all.times *= found.times;
      all.decades += found.decades;
      if (is_sharp(j)) {
        sharp[sharp_count++] = {found.times, found.decades - handicap_of(state, j)};
      }
    }
    const double sum = elementary::log10(all.times) + all.decades;
    work.evidence = largest(std::span(sharp).first(sharp_count)) + consensus * sum / views;
    work.held = std::max(work.evidence, state.held * held_kept);
    return readings < warm ? std::numeric_limits<double>::quiet_NaN() : work.evidence;
  }

  // At rest evidence is ten times as rare only every three decades or so.
  double own_threshold(double readings_a_day) const {
    constexpr double at_most_of_a_day = 288, decades_of_tenfold = 3;
    const double tenfold = elementary::log10(readings_a_day / at_most_of_a_day);
    return threshold + decades_of_tenfold * std::max(tenfold, 0.0);
  }
  double evidence(const Work& work) const { return work.evidence; }
  double rank(const Work& work) const { return work.held; }

  void learn(State& state, double value, const Work& work) const {
    value = bounded(value);
    if (state.readings == 0) state.origin = value;
    note_novelty(state, work);
    for (std::size_t j = 0; j < views; ++j) learn_view(state, j, work, change_most);
    const std::size_t place = state.readings % state.ring.size();
    state.ring[place] = static_cast<Number>(work.taken - state.origin);
    learn_seasons(state, work);
    state.levels = work.next;
    // Sums that are moved on for ever drift, and an absurd reading takes digits with it.
    if (place == state.ring.size() - 1) add_up(state);
    state.held = work.held;
    if (!work.is_far) state.left_out = 0;
    if (work.is_left_out) ++state.left_out;
    ++state.readings;
  }

  // The gaps that novel readings of that time fell into are gaps again.
  void unlearn(State& state, Time from, Time to) const {
    for (Novelty& one : state.novelty) {
      if (one.time == time_none || one.time < from || one.time > to) continue;
      state.view[one.view].seen.forget(one.gap);
      one = {};
    }
  }

  // Between the lowest and highest value ever seen.
  Range expected(const State& state) const {
    const RememberedValues<capacity, Number>& seen = state.view[0].seen;
    if (seen.size() == 0) return {0, 0};
    return {state.origin + seen.lowest(), state.origin + seen.highest()};
  }

  void visit(State& state, StateVisitor& visitor) const;  // gap_novelty_visit.hpp

 private:
  static constexpr double threshold = 6;    // decades that raise an alert of a slow column
  static constexpr double novel_size = 1;   // usual steps, of a gap that is noted
  static constexpr double warm = 50;        // readings before a view may testify
  static constexpr double grain = 0.01;     // usual steps; smaller gaps are not remembered
  static constexpr double handicap = 1;     // decades, of a deviation
  static constexpr double gate = 3;         // decades, of a season that explains nothing
  static constexpr double consensus = 0.5;  // weight of the mean of all views
  static constexpr double slow = 1.0 / 20'000;
  static constexpr double slower_mean = 1.0 / 2'000;
  static constexpr double far_away = 1e4;           // usual steps and spreads, from the level
  static constexpr std::uint8_t left_out_most = 3;  // readings in a row
  static constexpr double lg2 = 0.30102999566398120;
  static constexpr double held_kept = 0x1.f50765b6e4540p-1;  // 2^(-1/32)

  // So large that no column has it; squares and single precision still hold it.
  static double bounded(double value) { return std::clamp(value, -1e30, 1e30); }
  static constexpr bool is_of_window(std::size_t j, std::size_t which) {
    return j > 0 && j < first_season && (j - 1) % per_window == which;
  }
  static constexpr bool is_level(std::size_t j) { return is_of_window(j, 0); }
  static constexpr bool is_deviation(std::size_t j) { return is_of_window(j, 1); }
  static constexpr bool is_sharp(std::size_t j) {
    return j == 0 || j >= first_season || is_deviation(j);
  }
  // Where a view's value stands among the remembered: readings and levels are stored less origin.
  static double place_of(const State& state, std::size_t j, const Work& work) {
    return j == 0 || is_level(j) ? work.value[j] - state.origin : work.value[j];
  }
  // Evidence of a view: log10(times) + decades.
  struct Candidate {
    double times = 1, decades = 0;
    double roughly() const { return lg2 * elementary::log2_roughly(times) + decades; }
  };
  // 0 at least. A logarithm is taken of those only that may be the largest.
  static double largest(std::span<const Candidate> candidates) {
    constexpr double too_small_most = 0.09 * lg2;
    double reached = 0, best = 0;
    for (const Candidate& one : candidates) reached = std::max(reached, one.roughly());
    for (const Candidate& one : candidates) {
      if (one.roughly() + too_small_most < reached) continue;
      best = std::max(best, elementary::log10(one.times) + one.decades);
    }
    return best;
  }
  // Share of the column's variance that the season explains.
  static double skill(const State& state, std::size_t season) {
    if (!(state.levels.slow_variance > 0)) return 0;
    const double left = state.levels.season_variance[season] / state.levels.slow_variance;
    return std::clamp(1 - left, 0.0, 1.0);
  }
  static double handicap_of(const State& state, std::size_t j) {
    if (is_deviation(j)) return handicap;
    return j >= first_season ? gate * (1 - skill(state, j - first_season)) : 0;
  }

  // So far away that it is hardly a reading of this column: by its steps, its spread and its size.
  // Of one that always was 0 none is.
  static bool is_far(const State& state, double value) {
    if (static_cast<double>(state.readings) < warm) return false;
    const double level = state.levels.level[windows - 1];
    const double distance = std::fabs(value - level);
    if (distance <= far_away * state.view[0].step) return false;
    const double spread = std::sqrt(state.levels.slow_variance) + 1e-3 * std::fabs(level);
    return spread > 0 && distance > far_away * spread;
  }

  // The views' values of a reading, and the levels after it.
  static void look(const State& state, double value, Time local, Work& work) {
    const std::uint64_t t = state.readings;
    const Levels& now = state.levels;
    Levels& next = work.next;
    next = now;
    const double first = t == 0 ? value : state.origin;
    work.is_far = is_far(state, value);
    work.is_left_out = work.is_far && state.left_out < left_out_most;
    // As it enters the levels.
    work.taken = work.is_left_out ? now.level[windows - 1] : value;
    const double stored = static_cast<double>(static_cast<Number>(work.taken - first));
    work.value[0] = value;
    for (std::size_t k = 0; k < windows; ++k) {
      const std::size_t size = window_sizes[k];
      const double share =
          std::max(1 / static_cast<double>(size), 1 / (static_cast<double>(t) + 1));
      const double oldest =
          t >= size ? static_cast<double>(state.ring[(t - size) % state.ring.size()]) : 0;
      next.sum[k] = now.sum[k] + (stored - oldest);
      const double level = t == 0 ? value : now.level[k];
      const double deviation = value - level;
      const double moved = work.taken - level;
      next.level[k] = level + share * moved;
      const auto count = static_cast<double>(std::min<std::uint64_t>(t + 1, size));
      double* view = &work.value[1 + k * per_window];
      view[0] = first + next.sum[k] / count;
      view[1] = deviation;
      if constexpr (per_window == 4) {
        const View* before = &state.view[1 + k * per_window];
        const double spread = before[2].last, rough = before[3].last;
        const double change = t == 0 ? 0 : std::fabs(value - state.view[0].last);
        view[2] = std::sqrt((1 - share) * (spread * spread + share * moved * moved));
        view[3] = rough + share * (change - rough);
      }
    }
    const Time hours = floor_to(local, hour) / hour % Time{hours_of_week};
    const auto of_week = static_cast<std::size_t>(hours < 0 ? hours + Time{hours_of_week} : hours);
    work.hour = {static_cast<std::uint8_t>(of_week % hours_of_day),
                 static_cast<std::uint8_t>(hours_of_day + of_week)};
    for (std::size_t q = 0; q < seasons; ++q) {
      const std::size_t place = work.hour[q];
      const double usual = first + static_cast<double>(state.usual[place]);
      work.value[first_season + q] = state.count[place] > 0 ? value - usual : 0;
    }
    const double share = std::max(slower_mean, 1 / (static_cast<double>(t) + 1));
    const double slow_mean = t == 0 ? value : now.slow_mean;
    const double from_mean = work.taken - slow_mean;
    next.slow_mean = slow_mean + share * from_mean;
    next.slow_variance = (1 - share) * now.slow_variance + share * from_mean * from_mean;
    for (std::size_t q = 0; q < seasons; ++q) {
      const std::size_t place = work.hour[q];
      const double usual = first + static_cast<double>(state.usual[place]);
      const double left = state.count[place] > 0 ? work.taken - usual : 0;
      next.season_variance[q] = (1 - share) * now.season_variance[q] + share * left * left;
    }
  }

  static void add_up(State& state) {
    for (std::size_t k = 0; k < windows; ++k) {
      double sum = 0;
      for (std::size_t i = 0; i < window_sizes[k]; ++i) {
        sum += static_cast<double>(state.ring[(state.readings - i) % state.ring.size()]);
      }
      state.levels.sum[k] = sum;
    }
  }

  // Before it is remembered. What falls into a gap of the same fault needs no note.
  void note_novelty(State& state, const Work& work) const {
    if (static_cast<double>(state.readings) < warm || work.evidence < threshold) return;
    if (state.held < threshold / 2) state.novel_since = work.time;
    for (std::size_t j = 0; j < views; ++j) {
      if (!is_sharp(j) || work.size[j] < novel_size) continue;
      const auto gap = state.view[j].seen.gap_around(place_of(state, j, work));
      const bool is_noted = std::ranges::any_of(state.novelty, [&](const Novelty& one) {
        return one.view == j && one.time >= state.novel_since && one.gap.low <= gap.low &&
               one.gap.high >= gap.high;
      });
      if (is_noted) continue;
      state.novelty[state.novelty_next] = {work.time, gap, static_cast<std::uint8_t>(j)};
      state.novelty_next = static_cast<std::uint8_t>((state.novelty_next + 1) % novelties_max);
    }
  }

  static void learn_view(State& state, std::size_t j, const Work& work, double change_most) {
    View& view = state.view[j];
    const double value = work.value[j];
    view.seen.learn(place_of(state, j, work), work.gap[j], grain * view.step);
    if (work.is_left_out) return;
    view.gaps.learn(work.bin[j]);
    if (state.readings > 0) {
      const double share = std::max(1 / static_cast<double>(state.readings), slow);
      double change = std::fabs(value - view.last);
      // One reading, or a hundred that are absurd, must not make everything else look small.
      if (static_cast<double>(state.readings) >= warm && view.step > 0) {
        change = std::min(change, change_most * view.step);
      }
      view.step += share * (change - view.step);
    }
    view.last = value;
  }

  static void learn_seasons(State& state, const Work& work) {
    constexpr std::array<double, seasons> share_least = {0.1, 0.2};
    for (std::size_t q = 0; q < seasons; ++q) {
      std::uint8_t& count = state.count[work.hour[q]];
      Number& usual = state.usual[work.hour[q]];
      if (count < 255) ++count;
      const double share = std::max(share_least[q], 1 / static_cast<double>(count));
      const double known = static_cast<double>(usual);
      usual = static_cast<Number>(known + share * ((work.taken - state.origin) - known));
    }
  }
};

DetectorEntry gap_novelty_entry();

}  // namespace retimu

#endif
