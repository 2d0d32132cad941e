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

// A score beyond what is expected once in so many times n counts as one just there: a single fault
// must not bend the tail. Exact extremes of honest scores are rarely cut, and what comes often
// moves the limit.
constexpr double clip_times = 32;
constexpr double clip_total_min = 32;  // before, the tail is too rough to tell
constexpr double clip_step = 0.01;     // of the highest score, at least: the limit can always move

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
constexpr double shape_min = -0.3, shape_max = 0.6;
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
  if (count_ == 0) {  // about 1/2
    const double nats = elementary::log1p(std::abs(score));
    return score < 0 ? -0.3 / (1 - score) : -0.3 * (1 + nats / (1 + nats));
  }
  if (score > tail_from_) {
    const double distance = score - tail_from_;
    double y = distance / tail_scale_;
    double further = 0;  // ln of how much further than far_tail
    if (!(y < far_tail)) {
      further =
          elementary::log(distance) - elementary::log(tail_scale_) - elementary::log(far_tail);
      y = far_tail;
    }
    const bool is_heavy = tail_shape_ > 0;
    const double grown =
        is_heavy ? tail_shape_ * y : y * (1.0 - 0.5 * tail_shape_ * y) / tail_points_;
    const double power = is_heavy ? 1.0 / tail_shape_ : tail_points_;
    const double nats = power * (elementary::log1p(grown) + (is_heavy ? 1.0 : 2.0) * further);
    return tail_log10_p_ - lg_e * nats;
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
  const double value = std::clamp(score, -score_max, clip_);
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

void ScoreSketch::fit_tail() {
  const double rank = std::min(rank_scores, total_ / 4);
  const double fitted = std::min(std::max(2 * rank, tail_share * total_), total_ / 2);
  std::size_t anchor = count_ - 1U;  // ranks decide up to here
  while (anchor > 0 && above_[anchor] + weight_[anchor] < rank) --anchor;
  const std::size_t first = index_above(fitted, anchor);
  const std::size_t median = index_above(total_ / 2, first);
  const double from = position_[first];

  // First and rank-weighted mean of the excesses over `from`, whose upper half of a mixed centroid
  // counts.
  double scores = above_[first];
  double sum = 0;
  double ranked = 0;
  if (((mixed_ >> first) & 1U) != 0 && first + 1U < count_) {
    const double half = 0.5 * weight_[first];
    const double width = 0.5 * (position_[first + 1] - from);
    scores += half;
    sum = half * 0.5 * width;
    ranked = sum * (above_[first] + 0.5 * half) - half * half * width / 12;
  }
  for (std::size_t i = first + 1; i < count_; ++i) {
    const double weight = weight_[i];
    const double excess = position_[i] - from;
    sum += weight * excess;
    ranked += weight * excess * (above_[i] + 0.5 * weight);
    if (((mixed_ >> i) & 1U) != 0) {  // what the centroid's own spread adds
      const double next = position_[std::min<std::size_t>(i + 1, count_ - 1U)];
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

  const double nats_from_median =
      std::max(elementary::log((0.5 * total_) / (mass_beyond(first) + 0.5)), 0.3);
  const double prior_mean = (from - position_[median]) / nats_from_median;
  const double points = scores + prior_scale_scores;
  double mean = (sum + prior_scale_scores * prior_mean) / points;
  if (!(mean > 0)) mean = position_[count_ - 1U] - position_[0];
  if (!(mean > 0)) mean = std::abs(from);  // all scores so far are equal
  if (!(mean > 0)) mean = 1;

  // From the fit's threshold to where ranks end.
  const double scale = std::max(mean * (1 - shape), 1e-300);
  const double distance = position_[anchor] - from;
  if (shape >= 0) {
    tail_scale_ = scale + shape * distance;
    tail_shape_ = shape + 1 / points;
  } else {
    const double hazard = 1 - shape * (distance / scale);
    tail_scale_ = scale / hazard;
    tail_shape_ = shape / (hazard * hazard);
  }
  tail_points_ = points;
  tail_from_ = position_[anchor];
  tail_log10_p_ = log10_p_of_mass(mass_beyond(anchor));
  fit_clip(mass_beyond(anchor) + 0.5);
}

// The inverse of the tail, at 1 / clip_times of a score; `mass` is expected beyond its start.
void ScoreSketch::fit_clip(double mass) {
  clip_ = score_max;
  if (total_ < clip_total_min) return;
  const double nats = elementary::log(mass * clip_times);
  double y = 0;
  if (tail_shape_ > 0) {
    y = elementary::expm1(nats * tail_shape_) / tail_shape_;
  } else {
    const double grown = tail_points_ * elementary::expm1(nats / tail_points_);
    y = 2 * grown / (1 + std::sqrt(1 - 2 * tail_shape_ * grown));
  }
  const double highest = position_[count_ - 1U];
  clip_ = std::min(score_max,
                   std::max(tail_from_ + y * tail_scale_, highest + clip_step * std::abs(highest)));
}

// What log10_p and learn rely on.
bool ScoreSketch::is_valid() const {
  if (count_ == 0) return true;
  for (std::size_t i = 0; i < count_; ++i) {
    if (!(std::abs(position_[i]) <= score_max) || !(weight_[i] >= 0)) return false;
    if (i > 0 && !(position_[i - 1] < position_[i])) return false;
  }
  return tail_from_ <= position_[count_ - 1U] && std::isfinite(total_) && total_ > 0 &&
         std::isfinite(tail_log10_p_) && tail_scale_ > 0 && std::isfinite(tail_shape_) &&
         tail_points_ > 0 && std::abs(clip_) <= score_max;
}

void ScoreSketch::visit(StateVisitor& visitor) {
  visitor.version(1);
  count_ = static_cast<std::uint16_t>(visitor.count("centroids", count_, centroids_max));
  pending_count_ =
      static_cast<std::uint16_t>(visitor.count("pending", pending_count_, pending_max - 1));
  visitor.cells("position", std::span(position_).first(count_));
  visitor.cells("weight", std::span(weight_).first(count_));
  visitor.cells("above", std::span(above_).first(count_));
  visitor.cells("pending", std::span(pending_).first(pending_count_));
  visitor.cell("mixed", mixed_);
  std::array<double, 7> numbers{total_,      tail_from_,   tail_log10_p_, tail_scale_,
                                tail_shape_, tail_points_, clip_};
  visitor.cells("numbers", std::span<double>(numbers));
  total_ = numbers[0];
  tail_from_ = numbers[1];
  tail_log10_p_ = numbers[2];
  tail_scale_ = numbers[3];
  tail_shape_ = numbers[4];
  tail_points_ = numbers[5];
  clip_ = numbers[6];
  if (!is_valid()) visitor.refuse();
}

}  // namespace retimu
