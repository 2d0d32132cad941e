// SPDX-License-Identifier: Apache-2.0
// All measures of a scorer over the series of a set: a row of the table.
#ifndef RETIMU_EVALUATION_JUDGED_SET_HPP
#define RETIMU_EVALUATION_JUDGED_SET_HPP

#include "retimu/evaluation/measures.hpp"
#include "retimu/evaluation/series.hpp"
#include "retimu/evaluation/sets.hpp"

#include <optional>
#include <string>
#include <vector>

namespace retimu {

using Values = std::vector<std::optional<double>>;

// Of one series, by measure in the order of measures(). `best`: rows are flagged by the threshold
// that has the best point F1 in hindsight. `own`: by the scorer's decisions; empty if it has none,
// and without what needs the score alone.
struct JudgedSeries {
  Values best, own;
};
// Scores have one number a row of the series.
JudgedSeries judge_series(const Case& one, const Scores& scores);

struct JudgedSet {
  std::string scorer;
  double seconds = 0;                // of scoring by the clock, all series together
  std::vector<Scores> scores;        // by series, in the set's order
  std::vector<JudgedSeries> series;  // likewise
  std::vector<Figure> figures;       // of the whole set

  bool decides() const { return !series.empty() && !series[0].own.empty(); }
  // Of one measure, by series.
  Values best(std::size_t measure) const;
  Values own(std::size_t measure) const;
};

// Over the series that have the measure; none if none has.
std::optional<double> mean_of(const Values& values);

}  // namespace retimu

#endif
