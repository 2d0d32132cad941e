// SPDX-License-Identifier: Apache-2.0
#include "retimu/decision/budget.hpp"

#include "retimu/core/hash.hpp"
#include "retimu/decision/budget_reach.hpp"
#include "retimu/stats/elementary.hpp"

#include <algorithm>
#include <cmath>

namespace retimu {

namespace {

constexpr double tail_share = 0.2;   // of blocks, while the list is not full
constexpr double prior_scale = 0.5;  // decades a nat; honest p-values have 0.43
constexpr double scale_min = 0.2;
constexpr double prior_scale_points = 4;
constexpr double lean_scale = 10, lean_shape = 40;  // points that the fleet counts for
constexpr double fleet_points_min = 30;             // before the fleet says a shape
constexpr double own_points_min = 4;                // before the entity does
constexpr double shape_min = -0.35;
constexpr double relief_of_episode = 0.25, relief_max = 6;  // nats
constexpr double storm_full = 4;  // episodes, after which a storm buys no more relief
constexpr double tokens_max = 4;
// What a block that was told may teach: it may have been a true fault.
constexpr double clip_early = 1, clip_late = 3, late_blocks = 160;

constexpr double evidence_max =
    300;  // decades; keeps the sums of a million entities within 64 bits
constexpr double fixed_point = 1'048'576;  // 2^20
constexpr double block_days_min = 0.01 / 86'400;
constexpr double outage = 8;            // a block longer than so many usual ones counts as that
constexpr double duration_blocks = 64;  // over which the usual duration fades

std::int64_t to_fixed(double value) { return static_cast<std::int64_t>(value * fixed_point + 0.5); }
double days_of(Duration duration) {
  return static_cast<double>(duration) / static_cast<double>(day);
}
double days_between(Time from, Time to) {  // may be more than a Duration holds
  return (static_cast<double>(to) - static_cast<double>(from)) / static_cast<double>(day);
}

std::uint64_t key_of(const FleetSums& sums) {
  std::uint64_t key = mix(1, static_cast<std::uint64_t>(sums.excess));
  key = mix(key, static_cast<std::uint64_t>(sums.excess_squared));
  return mix(key, static_cast<std::uint64_t>(sums.points));
}

}  // namespace

double BudgetTail::threshold(const BudgetControl* control) const {
  if (control == nullptr) return std::numeric_limits<double>::infinity();
  const double own = control->fleet.episodes == episodes_then_ ? own_relief_ : 0;
  return base_ + scale_ * std::min(relief_max, control->relief + own);
}

void BudgetTail::note_episode(const BudgetControl& control) {
  if (control.fleet.episodes != episodes_then_) own_relief_ = 0;
  episodes_then_ = control.fleet.episodes;
  const double own_storm = own_relief_ / relief_of_episode;
  if (control.storm + own_storm < storm_full) own_relief_ += relief_of_episode;
}

void BudgetTail::learn(double evidence, Time time, double threshold, double per_day,
                       const BudgetControl* control, FleetSums& sums) {
  best_ = std::max(best_, static_cast<float>(std::min(evidence, evidence_max)));
  if (block_start_ == time_none) block_start_ = time;
  // The entity's clock was set back: the block goes on from there.
  if (latest_ != time_none && time < latest_) {
    block_start_ = add_saturated(time, -between(block_start_, latest_));
  }
  latest_ = time;
  if (++in_block_ < block_readings) return;
  end_block(threshold, per_day, control, sums);
}

void BudgetTail::end_block(double threshold, double per_day, const BudgetControl* control,
                           FleetSums& sums) {
  // The first block has one interval less than readings.
  const double intervals = blocks_ == 0 ? block_readings - 1 : block_readings;
  const double days =
      std::max(days_between(block_start_, latest_) * (block_readings / intervals), block_days_min);
  if (blocks_ == 0) {
    block_days_ = days;
  } else {
    const double gain = std::max(1 / duration_blocks, 1 / (blocks_ + 1));
    block_days_ += gain * (std::min(days, outage * block_days_) - block_days_);
  }
  block_start_ = latest_;

  double maximum = best_;
  if (maximum >= threshold) {
    maximum = std::min(maximum, threshold + clip_early * scale_);
    if (blocks_ >= late_blocks) maximum = std::min(maximum, quantile_ + clip_late * scale_);
  }
  best_ = 0;
  in_block_ = 0;
  blocks_ += 1;
  const auto value = static_cast<float>(maximum);
  if (kept_ < kept_max || value > top_[kept_ - 1]) {
    std::size_t place = kept_ < kept_max ? kept_++ : kept_ - 1;
    for (; place > 0 && top_[place - 1] < value; --place) top_[place] = top_[place - 1];
    top_[place] = value;
  }
  if (blocks_ > blocks_max) {
    blocks_ *= 0.5;
    for (std::size_t i = 1; i < kept_; i += 2) top_[i / 2] = top_[i];
    kept_ /= 2;
  }
  if (blocks_ >= blocks_min) fit(per_day, control, sums);
}

double BudgetTail::share_of_block(double per_day, const BudgetControl& control) const {
  const auto entities = static_cast<double>(std::max<std::int64_t>(control.fleet.entities, 1));
  return aim * per_day / entities * block_days_;
}

// Own sums change only in fit(), so a control that is new here was cut while they were what they
// are now.
void BudgetTail::note_control(const BudgetControl* control) {
  if (control == nullptr) return;
  const std::uint64_t key = key_of(control->fleet);
  if (key == control_key_) return;
  control_key_ = key;
  own_in_control_ = own_;
}

void BudgetTail::fit(double per_day, const BudgetControl* control, FleetSums& sums) {
  note_control(control);
  const std::size_t points = std::min<std::size_t>(
      kept_ - 1, static_cast<std::size_t>(std::max(2.0, tail_share * blocks_)));
  quantile_ = top_[points];
  double excess = 0;
  double squared = 0;
  for (std::size_t i = 0; i < points; ++i) {
    const double above = top_[i] - quantile_;
    excess += above;
    squared += above * above;
  }
  const std::array<std::int64_t, 3> now{to_fixed(excess), to_fixed(squared),
                                        static_cast<std::int64_t>(points)};
  sums.excess += now[0] - own_[0];
  sums.excess_squared += now[1] - own_[1];
  sums.points += now[2] - own_[2];
  own_ = now;
  if (control == nullptr) return;

  const auto rest = [&](std::int64_t fleet, std::size_t i) {
    return static_cast<double>(std::max<std::int64_t>(fleet - own_in_control_[i], 0));
  };
  const double rest_excess = rest(control->fleet.excess, 0) / fixed_point;
  const double rest_squared = rest(control->fleet.excess_squared, 1) / fixed_point;
  const double rest_points = rest(control->fleet.points, 2);
  const auto k = static_cast<double>(points);

  // The curve E x^2 / (E x)^2 is 2 for an exponential tail, less for a shorter one.
  double fleet_curve = 2;
  if (rest_points >= fleet_points_min) {
    const double mean = std::max(rest_excess / rest_points, 1e-6);
    fleet_curve = rest_squared / rest_points / (mean * mean);
  }
  const double prior =
      (rest_excess + prior_scale_points * prior_scale) / (rest_points + prior_scale_points);
  scale_ = std::max((excess + lean_scale * prior) / (k + lean_scale), scale_min);
  const double mean = std::max(excess / k, 1e-9);
  const double own_curve = k > own_points_min ? squared / k / (mean * mean) : 2;
  const double curve = (k * own_curve + lean_shape * fleet_curve) / (k + lean_shape);
  const double shape = std::clamp(0.5 * (1 - 1 / std::max(curve - 1, 0.05)), shape_min, 0.0);

  const double share = share_of_block(per_day, *control);
  const double nats = elementary::log(k / (blocks_ * share));
  if (nats <= 0) {  // nothing to extrapolate
    const double place = std::min(share * blocks_, static_cast<double>(kept_ - 1));
    base_ = top_[static_cast<std::size_t>(place)];
    return;
  }
  const double m = k + lean_scale;  // the price of a scale known from m points only
  double far = m * elementary::expm1(nats / m);
  if (shape < -1e-4) far = (1 - shape) * elementary::expm1(shape * far) / shape;
  base_ = quantile_ + scale_ * far;
}

void BudgetTail::visit(StateVisitor& visitor) {
  visitor.version(1);
  kept_ = static_cast<std::uint32_t>(visitor.count("kept", kept_, kept_max));
  visitor.cells("top", std::span<float>(top_).first(kept_));
  visitor.cell("best", best_);
  visitor.cell("in_block", in_block_);
  std::array<double, 6> numbers{blocks_, quantile_, scale_, base_, block_days_, own_relief_};
  visitor.cells("numbers", std::span<double>(numbers));
  blocks_ = numbers[0];
  quantile_ = numbers[1];
  scale_ = numbers[2];
  base_ = numbers[3];
  block_days_ = numbers[4];
  own_relief_ = numbers[5];
  visitor.cells("own", std::span<std::int64_t>(own_));
  visitor.cells("own_in_control", std::span<std::int64_t>(own_in_control_));
  visitor.cell("control_key", control_key_);
  visitor.cell("block_start", block_start_);
  visitor.cell("latest", latest_);
  visitor.cell("episodes_then", episodes_then_);
  const bool is_valid = std::isfinite(blocks_) && blocks_ >= 0 && (blocks_ == 0 || kept_ > 0) &&
                        in_block_ < block_readings && std::isfinite(quantile_) && scale_ > 0 &&
                        std::isfinite(block_days_) && block_days_ >= 0 && !std::isnan(base_) &&
                        own_relief_ >= 0;
  if (!is_valid) visitor.refuse();
}

BudgetControl next_control(const BudgetControl& last, Duration elapsed, const FleetSums& now,
                           const FleetSums& at_last, double per_day) {
  BudgetControl next{now, last.relief, last.storm};
  for (std::int64_t episode = at_last.episodes; episode < now.episodes; ++episode) {
    if (next.storm < storm_full) {
      next.relief = std::min(relief_max, next.relief + relief_of_episode);
    } else if (next.storm == storm_full + 1) {
      break;  // further ones change nothing
    }
    next.storm = std::min(storm_full + 1, next.storm + 1);
  }
  const double days = days_of(elapsed);
  next.relief = std::max(0.0, next.relief - relief_of_episode * per_day * days);
  next.storm = std::max(0.0, next.storm - 2 * per_day * days);
  return next;
}

double extrapolation(double per_day, double entities, double days) {
  return -elementary::log10(aim * per_day / entities * days);
}

bool TokenBucket::take(Time time, double per_day) {
  if (time_ == time_none) time_ = time;
  if (time > time_) tokens_ = std::min(tokens_max, tokens_ + per_day * days_between(time_, time));
  time_ = time;
  if (tokens_ < 1) return false;
  tokens_ -= 1;
  return true;
}

void TokenBucket::visit(StateVisitor& visitor) {
  visitor.version(1);
  visitor.cell("tokens", tokens_);
  visitor.cell("time", time_);
}

}  // namespace retimu
