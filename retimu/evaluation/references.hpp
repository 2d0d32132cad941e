// SPDX-License-Identifier: Apache-2.0
// Plain scorers that stand in every table, to know what a figure is worth. They only rank. A
// missing value counts as the column's last one.
#ifndef RETIMU_EVALUATION_REFERENCES_HPP
#define RETIMU_EVALUATION_REFERENCES_HPP

#include "retimu/evaluation/scorer.hpp"

namespace retimu {

// Uniform noise, seeded by the series' name.
std::unique_ptr<Scorer> make_random_scorer();

// Mean over the columns of the squared distance from the mean of the last 100 rows, in their
// standard deviations, at most 30 a column. Online.
std::unique_ptr<Scorer> make_moving_z();

// Squared error of the reconstruction by principal components that keep 90 % of the variance of the
// standardised columns (Q, Jackson and Mudholkar 1979). Fitted on the train rows, else on the first
// 15 %, at most 750; then frozen.
std::unique_ptr<Scorer> make_pca();

// Isolation forest (Liu, Ting and Zhou 2008), 100 trees of 256 rows. Fitted on the train rows;
// without them on the whole series, so it then has seen what it judges.
std::unique_ptr<Scorer> make_isolation_forest();

// The last 16 readings of a column against 128 windows of it that are remembered, every 13th at
// first in place of one drawn at random: their distance from the third nearest (Ramaswamy, Rastogi
// and Shim 2000), level kept, in usual deviations of the column, and how far above its usual that
// is; the largest of the columns. Online. 8.7 KB a column.
std::unique_ptr<Scorer> make_nearest_windows();

// All of them, in this order. No name is that of a detector, or JSON would have the key twice.
std::vector<NamedScorer> reference_scorers();

}  // namespace retimu

#endif
