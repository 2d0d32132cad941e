// SPDX-License-Identifier: Apache-2.0
#include "retimu/decision/score_sketch.hpp"

#include "retimu/stats/elementary.hpp"

#include <algorithm>
#include <cmath>

namespace retimu {

namespace {

constexpr double lg_e = 0.4342944819032518;

constexpr double score_max = 1e300;  // differences of two stay finite
constexpr double pending_share =
    1.0 / 16;  // of the total, that waits for a refresh: 4 to pending_max
constexpr double pending_min = 4;
constexpr double early_memory = 3;  // times the total, while that is less than the memory

// Faults must not bend the tail. So many of the highest scores are doubted, unless they are exactly
// alike: they count at most as what the others let expect once in `limit_times` n. Exact extremes
// of honest scores are rarely cut.
constexpr double doubted_share = 0.01, doubted_max = 9;
constexpr double alike_scores = 2.5;  // three, of which the first have faded a little
constexpr double limit_times = 1'000;
constexpr double limit_total_min = 32;  // before, the tail is too rough to tell
// What is not doubted is a fact: the tail gives the k-th highest score at least e^-(shortfall /
// sqrt(k)) of the chance that its rank says. Honest scores reach further 3 times in 1,000.
constexpr double shortfall = 4;

// A centroid holds at most this share of all at or above it, or a twelfth of everything, or one
// full score.
constexpr double share_of_mass = 0.3;
constexpr double share_of_total = 1.0 / 12;
constexpr double share_growth = 1.25;  // tried again with larger shares until the centroids fit

constexpr double rank_scores =
    10;  // ranks decide down to this many scores from the top, the tail beyond
constexpr double tail_share = 0.1;  // of all scores, that the tail is fitted to
constexpr double prior_shape = 0.1, prior_shape_scores = 30;
constexpr double prior_scale_scores = 3;
constexpr double shape_min = -0.3, shape_max = 0.9;
constexpr double far_tail =
    1e100;  // in scales: from here on by logarithms, so that nothing overflows

}  // namespace

// Descending by position.
struct ScoreSketch::Work {
  static constexpr std::size_t size_max = centroids_max + pending_max;
  std::array<double, size_max> position;
  std::array<double, size_max> weight;
  std::array<std::uint8_t, size_max> mixed;  // 0 or 1
  std::size_t count = 0;
  double total = 0;
};

// The part of a centroid's weight that lies half above and half below its position; of an atom all
// but one score stands on the position itself.
double ScoreSketch::shared(std::size_t i) const {
  const bool is_mixed = ((mixed_ >> i) & 1U) != 0;
  return is_mixed ? weight_[i] : std::min(weight_[i], 1.0F);
}

double ScoreSketch::mass_beyond(std::size_t i) const { return above_[i] + 0.5 * shared(i); }

double ScoreSketch::log10_p_of_mass(double mass) const {
  return elementary::log10((mass + 0.5) / (total_ + 1.0));
}

// The first centroid at or above a score that is not beyond the last one. From below, as most
// scores are low and low centroids hold most of them: fewer branches that the processor can't
// foresee than halving.
std::size_t ScoreSketch::index_of(double score) const {
  std::size_t i = 0;
  while (i + 1U < count_ && position_[i] < score) ++i;
  return i;
}

double ScoreSketch::log10_p(double score) const {
  // Most scores are low; that their lines come together with the counts, and learn's in time.
  __builtin_prefetch(position_.data());
  __builtin_prefetch(weight_.data());
  __builtin_prefetch(above_.data());
  __builtin_prefetch(&pending_[pending_count_]);
  if (count_ == 0) {  // about 1/2
    const double nats = elementary::log1p(std::abs(score));
    return score < 0 ? -0.3 / (1 - score) : -0.3 * (1 + nats / (1 + nats));
  }
  if (score > tail_.from) {
    const double distance = score - tail_.from;
    double y = distance / tail_.scale;
    double further = 0;  // ln of how much further than far_tail
    if (!(y < far_tail)) {
      further =
          elementary::log(distance) - elementary::log(tail_.scale) - elementary::log(far_tail);
      y = far_tail;
    }
    const bool is_heavy = tail_.shape > 0;
    const double grown =
        is_heavy ? tail_.shape * y : y * (1.0 - 0.5 * tail_.shape * y) / tail_.points;
    const double power = is_heavy ? 1.0 / tail_.shape : tail_.points;
    const double nats = power * (elementary::log1p(grown) + (is_heavy ? 1.0 : 2.0) * further);
    return tail_.log10_p - lg_e * nats;
  }
  const std::size_t i = index_of(score);
  if (score == position_[i]) return log10_p_of_mass(above_[i] + 0.5 * weight_[i]);
  const double at_next = above_[i] + weight_[i] - 0.5 * shared(i);  // just below centroid i
  if (i == 0) {
    const double spread =
        std::max({position_[count_ - 1U] - position_[0], 1e-3 * std::abs(position_[0]), 1e-300});
    return log10_p_of_mass(at_next) / (1.0 + (position_[0] - score) / spread);
  }
  const double at_last = mass_beyond(i - 1);  // just above centroid i - 1
  const double share = (score - position_[i - 1]) / (position_[i] - position_[i - 1]);
  return log10_p_of_mass(std::max(at_next, at_last + (at_next - at_last) * share));
}

void ScoreSketch::learn(double score, double memory) {
  if (std::isnan(score)) return;
  const double value = std::clamp(score, -score_max, score_max);
  std::size_t place = pending_count_++;
  for (; place > 0 && pending_[place - 1] > value; --place) pending_[place] = pending_[place - 1];
  pending_[place] = value;
  if (pending_count_ == pending_max ||
      pending_count_ >= std::max(pending_min, pending_share * total_)) {
    refresh(memory);
  }
}

void ScoreSketch::refresh(double memory) {
  Work work;
  const double fading = std::min(memory, early_memory * total_);
  gather(work, fading > pending_count_ ? 1.0 - pending_count_ / fading : 0.0);
  compress(work);
  count_ = static_cast<std::uint16_t>(work.count);
  mixed_ = 0;
  double above = 0;
  for (std::size_t i = count_, t = 0; i-- > 0; ++t) {
    position_[i] = work.position[t];
    weight_[i] = static_cast<float>(work.weight[t]);
    above_[i] = static_cast<float>(above);
    above += weight_[i];
    if (work.mixed[t]) mixed_ |= std::uint64_t{1} << i;
  }
  total_ = above;
  pending_count_ = 0;
  fit_tail();
}

void ScoreSketch::gather(Work& work, double kept) {
  std::size_t i = count_;
  std::size_t count = 0;
  double total = 0;
  const auto add_remembered = [&](double from) {  // those >= from
    for (; i > 0 && position_[i - 1] >= from; ++count) {
      --i;
      work.position[count] = position_[i];
      work.weight[count] = weight_[i] * kept;
      work.mixed[count] = static_cast<std::uint8_t>((mixed_ >> i) & 1U);
      total += work.weight[count];
    }
  };
  for (std::size_t j = pending_count_; j-- > 0;) {
    add_remembered(pending_[j]);
    total += 1;
    if (count > 0 && work.position[count - 1] == pending_[j]) {
      work.weight[count - 1] += 1;
      continue;
    }
    work.position[count] = pending_[j];
    work.weight[count] = 1;
    work.mixed[count] = 0;
    ++count;
  }
  add_remembered(-score_max);
  work.count = count;
  work.total = total;
}

// From the top down, a centroid takes in the next one as long as it stays small against what lies
// above.
void ScoreSketch::compress(Work& work) {
  for (double share = share_of_mass; work.count > centroids_max; share *= share_growth) {
    const double cap = work.total * share_of_total * (share / share_of_mass);
    std::size_t written = 0;
    double above = 0;
    double first = work.position[0];
    double weight = work.weight[0];
    double moment = 0;  // of the scores taken in, about `first`
    std::uint8_t mixed = work.mixed[0];
    for (std::size_t t = 1; t <= work.count; ++t) {
      const bool is_end = t == work.count;
      const double sum = is_end ? 0 : weight + work.weight[t];
      if (!is_end && sum <= std::max(1.0, std::min(share * (above + sum), cap))) {
        moment += (work.position[t] - first) * work.weight[t];
        weight = sum;
        mixed = 1;
        continue;
      }
      work.position[written] = first + moment / weight;
      work.weight[written] = weight;
      work.mixed[written] = mixed;
      ++written;
      if (is_end) break;
      above += weight;
      first = work.position[t];
      weight = work.weight[t];
      moment = 0;
      mixed = work.mixed[t];
    }
    work.count = written;
  }
}

// The highest centroid, from `i` down, with at least `mass` beyond it, else the lowest.
std::size_t ScoreSketch::index_above(double mass, std::size_t i) const {
  while (i > 0 && mass_beyond(i) < mass) --i;
  return i;
}

// The tail from position_[first] on, of scores that count as `limit` at most.
ScoreSketch::Tail ScoreSketch::fit(std::size_t first, std::size_t anchor, double limit) const {
  const double from = position_[first];
  const auto at = [&](std::size_t i) { return std::min(position_[i], limit); };

  // First and rank-weighted mean of the excesses over `from`, whose upper half of a mixed centroid
  // counts.
  double scores = above_[first];
  double sum = 0;
  double ranked = 0;
  if (((mixed_ >> first) & 1U) != 0 && first + 1U < count_) {
    const double half = 0.5 * weight_[first];
    const double width = 0.5 * (at(first + 1) - from);
    scores += half;
    sum = half * 0.5 * width;
    ranked = sum * (above_[first] + 0.5 * half) - half * half * width / 12;
  }
  for (std::size_t i = first + 1; i < count_; ++i) {
    const double weight = weight_[i];
    const double excess = at(i) - from;
    sum += weight * excess;
    ranked += weight * excess * (above_[i] + 0.5 * weight);
    if (((mixed_ >> i) & 1U) != 0) {  // what the centroid's own spread adds
      const double next = at(std::min<std::size_t>(i + 1, count_ - 1U));
      ranked -= weight * weight * (next - position_[i - 1]) / 24;
    }
  }

  double shape = 0;
  if (scores > 0 && sum > 0) {
    const double mean = sum / scores;
    const double spread = mean - 2 * ranked / (scores * scores);  // second L-moment
    shape = std::clamp(2 - mean / std::max(spread, 1e-9 * mean), -1.0, 1.0);
  }
  shape = (scores * shape + prior_shape_scores * prior_shape) / (scores + prior_shape_scores);
  shape = std::clamp(shape, shape_min, shape_max);

  const std::size_t median = index_above(total_ / 2, first);
  const double nats_from_median =
      std::max(elementary::log((0.5 * total_) / (mass_beyond(first) + 0.5)), 0.3);
  const double prior_mean = (from - position_[median]) / nats_from_median;
  const double points = scores + prior_scale_scores;
  double mean = (sum + prior_scale_scores * prior_mean) / points;
  if (!(mean > 0)) mean = at(count_ - 1U) - position_[0];
  if (!(mean > 0)) mean = std::abs(from);  // all scores so far are equal
  if (!(mean > 0)) mean = 1;

  // From the fit's threshold to where ranks end.
  const double scale = std::max(mean * (1 - shape), 1e-300);
  const double distance = position_[anchor] - from;
  Tail tail;
  if (shape >= 0) {
    tail.scale = scale + shape * distance;
    tail.shape = shape + 1 / points;
  } else {
    const double hazard = 1 - shape * (distance / scale);
    tail.scale = scale / hazard;
    tail.shape = shape / (hazard * hazard);
  }
  tail.points = points;
  tail.from = position_[anchor];
  tail.log10_p = log10_p_of_mass(mass_beyond(anchor));
  return tail;
}

// The score whose chance is that of one at the tail's begin over e^nats.
double ScoreSketch::Tail::score_at(double nats) const {
  double y = 0;
  if (shape > 0) {
    y = elementary::expm1(nats * shape) / shape;
  } else {
    const double grown = points * elementary::expm1(nats / points);
    y = 2 * grown / (1 + std::sqrt(1 - 2 * shape * grown));
  }
  return from + y * scale;
}

void ScoreSketch::fit_tail() {
  const double rank = std::min(rank_scores, total_ / 4);
  const double fitted = std::min(std::max(2 * rank, tail_share * total_), total_ / 2);
  std::size_t anchor = count_ - 1U;  // ranks decide up to here
  while (anchor > 0 && above_[anchor] + weight_[anchor] < rank) --anchor;
  const std::size_t first = index_above(fitted, anchor);
  if (total_ < limit_total_min) {
    tail_ = fit(first, anchor, score_max);
    return;
  }
  const double doubted = std::clamp(doubted_share * total_, 1.0, doubted_max);
  std::size_t trusted = count_ - 1U;
  const auto is_doubted = [&](std::size_t i) {
    return weight_[i] < alike_scores && above_[i] + weight_[i] < doubted + 0.5;
  };
  while (trusted > first && is_doubted(trusted)) --trusted;
  const double highest = position_[trusted];
  const double nats = elementary::log(mass_beyond(anchor) + 0.5);
  const Tail without = fit(first, anchor, highest);
  const double limit = without.score_at(nats + elementary::log(limit_times));
  tail_ = fit(first, anchor, std::max(highest, limit));
  for (std::size_t i = trusted; i > anchor; --i) {
    const double mass = above_[i] + weight_[i];
    const double fewer = shortfall / std::sqrt(mass);
    const double reach = tail_.score_at(std::max(nats - elementary::log(mass) + fewer, 0.1));
    if (position_[i] <= reach) continue;
    tail_.scale *= (position_[i] - tail_.from) / (reach - tail_.from);
  }
}

// What log10_p and learn rely on.
bool ScoreSketch::is_valid() const {
  if (count_ == 0) return true;
  for (std::size_t i = 0; i < count_; ++i) {
    if (!(std::abs(position_[i]) <= score_max) || !(weight_[i] >= 0)) return false;
    if (i > 0 && !(position_[i - 1] < position_[i])) return false;
  }
  return tail_.from <= position_[count_ - 1U] && std::isfinite(total_) && total_ > 0 &&
         std::isfinite(tail_.log10_p) && tail_.scale > 0 && std::isfinite(tail_.shape) &&
         tail_.points > 0;
}

void ScoreSketch::visit(StateVisitor& visitor) {
  visitor.version(2);
  count_ = static_cast<std::uint16_t>(visitor.count("centroids", count_, centroids_max));
  pending_count_ =
      static_cast<std::uint16_t>(visitor.count("pending", pending_count_, pending_max - 1));
  visitor.cells("position", std::span(position_).first(count_));
  visitor.cells("weight", std::span(weight_).first(count_));
  visitor.cells("above", std::span(above_).first(count_));
  visitor.cells("pending", std::span(pending_).first(pending_count_));
  visitor.cell("mixed", mixed_);
  std::array<double, 6> numbers{total_,      tail_.from,  tail_.log10_p,
                                tail_.scale, tail_.shape, tail_.points};
  visitor.cells("numbers", std::span<double>(numbers));
  total_ = numbers[0];
  tail_.from = numbers[1];
  tail_.log10_p = numbers[2];
  tail_.scale = numbers[3];
  tail_.shape = numbers[4];
  tail_.points = numbers[5];
  if (!is_valid()) visitor.refuse();
}

}  // namespace retimu
