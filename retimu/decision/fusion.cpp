// SPDX-License-Identifier: Apache-2.0
#include "retimu/decision/fusion.hpp"

#include "retimu/stats/elementary.hpp"

#include <algorithm>
#include <array>

namespace retimu {

namespace {

constexpr double samples_half = 50;  // behind a p that counts about half

// Added up in ascending order: the same bits in whatever order they came.
class SortedSum {
 public:
  void add(double term) {
    std::size_t place = count_++;
    for (; place > 0 && terms_[place - 1] > term; --place) terms_[place] = terms_[place - 1];
    terms_[place] = term;
  }
  double sum() const {
    double sum = 0;
    for (std::size_t i = 0; i < count_; ++i) sum += terms_[i];
    return sum;
  }

 private:
  std::array<double, opinions_max> terms_;
  std::size_t count_ = 0;
};

}  // namespace

double fuse(std::span<const Opinion> opinions) {
  RETIMU_ASSERT(opinions.size() <= opinions_max);
  if (opinions.empty()) return 0;
  if (opinions.size() == 1) return opinions[0].rating.log10_p;
  double smallest = 0;
  for (const Opinion& opinion : opinions) smallest = std::min(smallest, opinion.rating.log10_p);
  SortedSum weights, terms;
  for (const Opinion& opinion : opinions) {
    const double samples = std::max(opinion.rating.samples, 0.0);
    const double weight = (samples + 1) / (samples + 1 + samples_half);
    weights.add(weight);
    terms.add(weight * elementary::pow10(smallest - opinion.rating.log10_p));
  }
  return std::min(0.0, smallest - elementary::log10(terms.sum() / weights.sum()));
}

Opinion lead(std::span<const Opinion> opinions) {
  RETIMU_ASSERT(!opinions.empty());
  const auto before = [](const Opinion& a, const Opinion& b) {
    if (a.rating.log10_p != b.rating.log10_p) return a.rating.log10_p < b.rating.log10_p;
    return a.detector < b.detector;
  };
  return *std::ranges::min_element(opinions, before);
}

}  // namespace retimu
