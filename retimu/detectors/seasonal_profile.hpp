// SPDX-License-Identifier: Apache-2.0
// Is a reading usual for this hour of the day and of the week? A level and a mean deviation for
// each of 24 hours and each of 168, learned by exponential means that forget by event time, against
// which a reading is measured in usual deviations. A profile with what is little known drawn
// towards what is known better (empirical Bayes: Efron and Morris, "Stein's estimation rule and its
// competitors", JASA 1973): an hour of the week towards its hour of the day, that towards its two
// neighbours and the level of all readings, each with the weight of 8 readings. Seasonal baselines
// of this kind: Taylor and Letham, "Forecasting at scale", The American Statistician 2018.
//
// Hours are those of the pipeline's time zone. A reading counts as at most 8 usual deviations away.
// A bucket that is entered again has half its weight after each half-life. It abstains until 16
// readings fell into the hour of the week (`weekly` off: of the day), and for the first 16 of a
// column.
//
// Cost: 130 ns a reading (score + learn). Memory a column: 6.3 KB.
// Blind to: anything that is usual at this hour, seasons of months or other periods,
// holidays.
#ifndef RETIMU_DETECTORS_SEASONAL_PROFILE_HPP
#define RETIMU_DETECTORS_SEASONAL_PROFILE_HPP

#include "retimu/core/detector_of.hpp"
#include "retimu/core/time.hpp"
#include "retimu/stats/baseline.hpp"
#include "retimu/stats/elementary.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numbers>

namespace retimu {

// Used through ColumnDetector.
struct SeasonalProfile {
  static constexpr std::uint32_t version = 2;
  static constexpr std::size_t hours_of_day = 24, hours_of_week = 168;
  static constexpr double seen_min = 15.5;  // 16 readings, less what was forgotten between them

  // Usual level and mean distance from it; weight: readings behind them, less what is forgotten.
  struct Bucket {
    double level = 0, distance = 0, weight = 0;
    Time entered = time_none;  // the hour of the last reading began
  };
  struct State {
    std::array<Bucket, hours_of_day> day;
    std::array<Bucket, hours_of_week> week;  // from Thursday on, as the epoch
    Baseline all;
  };
  struct Usual {
    double level, distance;
  };
  struct Work {
    Time local;
    Usual day, week;  // before this reading
  };

  bool weekly = true;
  Duration half_life = 28 * day_;  // hour or more

  double score(const State& state, double value, Moment moment, Work& work) const {
    work.local = moment.local;
    if (!state.all.is_known()) return std::numeric_limits<double>::quiet_NaN();
    work.day = usual_of_day(state, hour_of(work.local, hours_of_day));
    const std::size_t place = hour_of(work.local, hours_of_week);
    work.week = weekly ? drawn(state.week[place], work.day) : work.day;
    const Bucket& bucket = weekly ? state.week[place] : state.day[place % hours_of_day];
    if (bucket.weight < seen_min) return std::numeric_limits<double>::quiet_NaN();
    return tame(deviation_in_units(value, work.week.level, work.week.distance));
  }

  void learn(State& state, double value, const Work& work) const {
    const Time now = work.local;
    if (state.all.is_known()) {
      learn_bucket(state.day[hour_of(now, hours_of_day)], value, now, work.day);
      if (weekly) learn_bucket(state.week[hour_of(now, hours_of_week)], value, now, work.week);
    }
    state.all.learn(value, window);
  }

  // Nearly all readings of this hour: three standard deviations.
  Range expected(const State& state, Moment moment) const {
    const Usual of_day = usual_of_day(state, hour_of(moment.local, hours_of_day));
    const std::size_t place = hour_of(moment.local, hours_of_week);
    const Usual usual = weekly ? drawn(state.week[place], of_day) : of_day;
    const double most = finite(3.76 * usual.distance);
    return {finite(usual.level - most), finite(usual.level + most)};
  }

  void visit(State& state, StateVisitor& visitor) const;

 private:
  static constexpr Duration day_ = retimu::day;
  static constexpr std::size_t window = 4'096;    // of the level of all readings
  static constexpr double weight_of_prior = 8;    // readings
  static constexpr double weight_most = 100'000;  // readings
  static constexpr double reach = 8;              // usual distances, less than deviations

  // Which hour of the day or the week it is.
  static std::size_t hour_of(Time local, std::size_t hours) {
    const Time passed = local / hour - (local % hour < 0 ? 1 : 0);
    const auto of = static_cast<Time>(hours);
    return static_cast<std::size_t>((passed % of + of) % of);
  }

  // The bucket's own, drawn towards what is expected of it.
  static Usual drawn(const Bucket& bucket, Usual prior) {
    const double share = bucket.weight / (bucket.weight + weight_of_prior);
    return {moved(prior.level, bucket.level, share), moved(prior.distance, bucket.distance, share)};
  }
  static Usual usual_of_day(const State& state, std::size_t place) {
    const Usual all{state.all.centre(), finite(state.all.deviation() / 1.2533)};
    const Usual before = drawn(state.day[(place + hours_of_day - 1) % hours_of_day], all);
    const Usual after = drawn(state.day[(place + 1) % hours_of_day], all);
    const Usual between{moved(before.level, after.level, 0.5),
                        moved(before.distance, after.distance, 0.5)};
    return drawn(state.day[place], between);
  }

  void learn_bucket(Bucket& bucket, double value, Time now, Usual usual) const {
    const Time began = add_saturated(now, -(((now % hour) + hour) % hour));
    if (bucket.entered != time_none && began > bucket.entered) {
      const auto passed =
          static_cast<std::uint64_t>(began) - static_cast<std::uint64_t>(bucket.entered);
      const double lives = static_cast<double>(passed) / static_cast<double>(half_life);
      bucket.weight *= elementary::exp(-std::numbers::ln2 * lives);
    }
    bucket.entered = std::max(bucket.entered, began);
    bucket.weight = smaller(bucket.weight + 1, weight_most);
    const double most =
        finite(reach * larger(usual.distance, resolution(usual.level, usual.level)));
    const double kept =
        smaller(larger(value, finite(usual.level - most)), finite(usual.level + most));
    const double share = 1 / bucket.weight;
    // Around its own level: what it was drawn to is no part of how far its readings stray.
    const bool is_new = bucket.weight == 1;
    const double away = is_new ? usual.distance : retimu::distance(kept, bucket.level);
    bucket.distance = moved(bucket.distance, away, share);
    bucket.level = moved(bucket.level, kept, share);
  }
};

DetectorEntry seasonal_profile_entry();

}  // namespace retimu

#endif
