// SPDX-License-Identifier: Apache-2.0
#include "retimu/decision/policy.hpp"

#include "retimu/decision/budget.hpp"
#include "retimu/decision/policy_state.hpp"
#include "retimu/stats/elementary.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <new>

namespace retimu {

namespace {

constexpr double decades_beyond_a_day = 1;
constexpr double threshold_min = 3.5, threshold_max = 6;
constexpr double fatigue_of_episode = 0.2;  // decades
constexpr double fatigue_kept = 1 - 1.0 / 4'000;
constexpr double louder = 2;                              // decades
constexpr double unusual_share = 0.5, unusual_below = 1;  // of the threshold; decades below it
constexpr std::uint32_t calm_events = 16;
constexpr std::uint32_t held_back_max = 8;
constexpr std::uint32_t relearn_shifts = 4;  // times shift_after, then calibrations learn, too
constexpr double silent_intervals = 64;
constexpr Duration silent_min = minute, silent_max = day;
constexpr double numbered_interval = 1'000;  // ns; nearer events are numbered and have no time
constexpr double interval_outage = 8;        // a longer interval counts as so many usual ones

struct BudgetedState {
  EntityState entity;
  BudgetTail tail;
};

// Evidence that is unusual if the threshold is this.
double unusual_from(double threshold) {
  return std::max(unusual_share * threshold, threshold - unusual_below);
}

// Evidence of `count` independent p-values whose evidence adds up to `sum`: the chance of a product
// so small (Fisher 1932), x (1 + (-ln x) + (-ln x)^2 / 2! + ...).
double together(double sum, unsigned count) {
  constexpr double ln_10 = 2.302585092994045684;
  double term = 1, chances = 1;
  for (unsigned i = 1; i < count; ++i) {
    term *= sum * ln_10 / i;
    chances += term;
  }
  return std::max(sum - elementary::log10(chances), 0.0);
}

void count(std::uint32_t& counter) {
  if (counter < UINT32_MAX) ++counter;
}

Severity severity_of(const EntityState& state) {
  const double doublings = state.anomalous > 1 ? std::bit_width(state.anomalous) - 1 : 0;
  const double strength = state.peak - state.raised_at + 0.5 * doublings;
  if (strength < 1.5) return Severity::warning;
  if (strength < 3) return Severity::minor;
  return strength < 6 ? Severity::major : Severity::critical;
}

class PhasePolicy final : public Policy {
 public:
  explicit PhasePolicy(const PolicyOptions& options) : options_(options) {}

  std::size_t bytes(std::size_t /*columns*/) const override {
    return has_budget() ? sizeof(BudgetedState) : sizeof(EntityState);
  }
  void create(void* at, std::size_t /*columns*/, std::uint64_t /*seed*/) const override {
    if (has_budget()) {
      new (at) BudgetedState();
    } else {
      new (at) EntityState();
    }
  }
  void destroy(void* /*at*/, std::size_t /*columns*/) const override {}
  void grow(void* to, std::size_t /*columns_to*/, void* from,
            std::size_t /*columns_from*/) const override {
    if (has_budget()) {
      new (to) BudgetedState(*static_cast<BudgetedState*>(from));
    } else {
      new (to) EntityState(*static_cast<EntityState*>(from));
    }
  }
  void visit(void* at, std::size_t /*columns*/, StateVisitor& visitor) const override {
    entity(at).visit(visitor);
    if (has_budget()) tail(at).visit(visitor);
  }

  Decision decide(void* at, const Assessment& assessment, const BudgetControl* fleet,
                  FleetSums& sums) const override {
    EntityState& state = entity(at);
    if (!state.is_counted) {
      state.is_counted = true;
      ++sums.entities;
    }
    const bool moves = !assessment.is_late && !assessment.is_tick;
    if (moves) move_clocks(state, assessment.time);
    Decision decision;
    const bool is_warming = assessment.rating.samples < warm_samples;
    const double usual = usual_threshold(state, is_warming);
    decision.threshold = is_warming     ? std::numeric_limits<double>::infinity()
                         : has_budget() ? tail(at).threshold(fleet)
                                        : usual + fatigue_of_episode * state.fatigue;
    const double tail_threshold = decision.threshold;
    if (assessment.is_sure) decision.threshold = std::min(decision.threshold, usual);
    if (!is_warming || !assessment.is_sure) decision.evidence = -assessment.rating.log10_p;
    // Only what is sure has opened an episode while warming.
    if (assessment.own_excess && (!is_warming || assessment.is_sure || state.is_open())) {
      consider(usual + *assessment.own_excess, Ground::own, decision);
    }
    if (const std::optional<Rating>& ranking = assessment.ranking;
        ranking && ranking->samples >= warm_samples && moves) {
      state.disturbance.add(-ranking->log10_p);
      const double ends = state.phase == Phase::shifted ? Disturbance::raises : Disturbance::ends;
      if (!is_warming && state.disturbance.level >= ends) {
        consider(usual + state.disturbance.excess(), Ground::lasting, decision);
      }
    }
    decision.alone = decision.evidence;
    if (!is_warming && assessment.others_count > 0 &&
        decision.evidence >= unusual_share * decision.threshold) {
      decision.evidence =
          std::max(decision.evidence,
                   together(decision.evidence + assessment.others, assessment.others_count + 1));
    }
    decision.may_calibrate_ranking = state.disturbance.may_calibrate();
    if (!is_warming && moves) {
      decision.is_change_point = state.change_point.learn(assessment.strength);
    }
    if (state.is_open() && decision.evidence >= decision.threshold) decision.hold = Hold::open;
    if (is_warming) decision.hold = Hold::warming;
    if (state.is_open()) {
      go_on(state, assessment, decision.evidence, decision);
    } else {
      watch(state, assessment, decision.evidence, decision);
    }
    if (decision.change == Change::raised) {
      if (!assessment.is_joined) ++sums.episodes;
      if (has_budget() && fleet != nullptr && !assessment.is_joined) {
        tail(at).note_episode(*fleet);
      }
    }
    if (has_budget() && moves) {
      tail(at).learn(decision.evidence, assessment.time, tail_threshold, options_.budget_per_day,
                     fleet, sums);
    }
    conclude(state, decision);
    return decision;
  }

  Decision wake(void* at, Time now) const override {
    const std::optional<Time> due = wake_time(at);
    return conclude_or_close(entity(at), due && now >= *due);
  }

  Decision end(void* at, Time now) const override {
    EntityState& state = entity(at);
    if (state.is_open()) state.ended = std::max(state.ended, now);
    return conclude_or_close(state, state.is_open());
  }

  std::optional<Time> wake_time(const void* at) const override {
    const EntityState& state = *static_cast<const EntityState*>(at);
    if (!state.is_open() || state.is_silent) return std::nullopt;
    const Time latest = std::max(state.latest, state.raised);
    if (options_.resolve_after > 0) return add_saturated(latest, options_.resolve_after);
    const double silent =
        std::clamp(silent_intervals * state.interval, static_cast<double>(silent_min),
                   static_cast<double>(silent_max));
    return add_saturated(latest, static_cast<Duration>(silent));
  }

  std::optional<double> events_a_day(const void* at) const override {
    const EntityState& state = *static_cast<const EntityState*>(at);
    if (state.intervals == 0 || state.interval < numbered_interval) return std::nullopt;
    return static_cast<double>(day) / state.interval;
  }

 private:
  bool has_budget() const { return options_.budget_per_day > 0; }
  // A BudgetedState begins with its EntityState.
  static EntityState& entity(void* at) { return *static_cast<EntityState*>(at); }
  static BudgetTail& tail(void* at) { return static_cast<BudgetedState*>(at)->tail; }

  // What reaches a threshold of its own counts as what reaches the usual one; the largest decides.
  static void consider(double evidence, Ground ground, Decision& decision) {
    if (evidence <= decision.evidence) return;
    decision.evidence = evidence;
    decision.ground = ground;
  }

  static Decision conclude_or_close(EntityState& state, bool is_over) {
    Decision decision;
    if (is_over) {
      close(state);
      decision.change = Change::resolved;
    }
    conclude(state, decision);
    return decision;
  }

  // The decision takes what the state now says.
  static void conclude(EntityState& state, Decision& decision) {
    decision.phase = state.phase;
    decision.is_open = state.is_open();
    decision.severity = state.severity;
    decision.onset = state.onset;
    decision.ended = state.ended;
    if (decision.change != Change::resolved) return;
    state.severity = Severity::cleared;
    state.onset = time_none;
  }

  static void move_clocks(EntityState& state, Time time) {
    if (state.latest != time_none && time >= state.latest) {
      double gap = static_cast<double>(time) - static_cast<double>(state.latest);
      if (state.intervals < EntityState::intervals_max) ++state.intervals;
      if (state.intervals > 1 && state.interval > 0) {
        gap = std::min(gap, interval_outage * state.interval);
      }
      state.interval += (gap - state.interval) / state.intervals;
    } else if (state.latest != time_none) {
      // The clock is set back: what it said before must not hold up what comes now.
      state.raised = std::min(state.raised, time);
      state.ended = std::min(state.ended, time);
    }
    state.latest = time;
    state.is_silent = false;
    state.fatigue *= fatigue_kept;
    count(state.since);
  }

  // Without fatigue. Nothing is known of the rate of an entity that is new.
  double usual_threshold(const EntityState& state, bool is_warming) const {
    if (options_.threshold > 0) return options_.threshold;
    if (is_warming && state.intervals == 0) return threshold_min;
    const double a_day = static_cast<double>(day) / std::max(state.interval, 1.0);
    return std::clamp(elementary::log10(a_day) + decades_beyond_a_day, threshold_min,
                      threshold_max);
  }

  // No episode is open.
  void watch(EntityState& state, const Assessment& assessment, double evidence,
             Decision& decision) const {
    // A detector that is new to the entity may lead with few samples behind it.
    if (!std::isinf(decision.threshold)) state.phase = Phase::usual;
    if (evidence < unusual_from(decision.threshold)) {
      if (assessment.is_late || assessment.is_tick) return;
      state.onset = time_none;
      state.held_back = 0;
      return;
    }
    if (state.onset == time_none && !assessment.is_late) state.onset = assessment.time;
    if (evidence < decision.threshold) return;
    if (!may_raise(state, assessment, evidence)) {
      decision.hold = is_cool(state, assessment.time) ? Hold::quiet : Hold::cooldown;
      count(state.held_back);
      decision.may_learn = state.held_back > options_.shift_after;
      decision.may_calibrate = state.held_back <= held_back_max;
      return;
    }
    state.phase = Phase::anomalous;
    state.peak = evidence;
    state.raised_at = decision.threshold;
    if (state.onset == time_none || assessment.is_late) state.onset = assessment.time;
    state.raised = state.ended = assessment.time;
    if (state.since > options_.quiet_events) state.fatigue += 1;
    state.since = state.calm = state.held_back = state.shifted = 0;
    state.anomalous = 1;
    state.is_silent = assessment.is_tick;
    state.severity = std::max(severity_of(state), assessment.severity);
    decision.change = Change::raised;
    decision.may_learn = false;
  }

  bool is_cool(const EntityState& state, Time time) const {
    return state.raised == time_none || time >= add_saturated(state.raised, options_.cooldown);
  }
  bool may_raise(const EntityState& state, const Assessment& assessment, double evidence) const {
    const bool cool = is_cool(state, assessment.time);
    const bool is_quiet = state.since > options_.quiet_events || assessment.is_sure;
    if (is_quiet && cool) return true;
    if (evidence >= state.peak + louder) return true;
    return cool && state.held_back + 1 >= held_back_max;
  }

  // An episode is open.
  void go_on(EntityState& state, const Assessment& assessment, double evidence,
             Decision& decision) const {
    Severity severity = Severity::cleared;
    if (evidence >= unusual_from(state.raised_at)) {
      state.calm = 0;
      severity = assessment.severity;
      count(state.anomalous);
      if (assessment.is_tick) state.is_silent = true;
      state.ended = std::max(state.ended, assessment.time);
      state.peak = std::max(state.peak, evidence);
    } else if (!assessment.is_late && !assessment.is_tick) {
      ++state.calm;
    }
    if (state.phase == Phase::shifted) count(state.shifted);
    if (state.calm >= calm_events) {
      close(state);
      decision.change = Change::resolved;
      return;
    }
    if (state.phase == Phase::anomalous && state.anomalous >= options_.shift_after) {
      state.phase = Phase::shifted;
      decision.is_change_point = true;
      state.change_point.begin_anew();
      decision.change = Change::updated;
    }
    if (assessment.is_sure && evidence >= decision.threshold) {
      decision.is_news = true;
      decision.change = Change::updated;
    }
    severity = std::max(severity, severity_of(state));
    if (severity > state.severity) {
      state.severity = severity;
      decision.change = Change::updated;
    }
    decision.may_learn = state.phase == Phase::shifted;
    decision.may_calibrate = state.shifted > relearn_shifts * options_.shift_after;
  }

  static void close(EntityState& state) {
    state.phase = Phase::usual;
    state.calm = state.anomalous = state.shifted = state.held_back = 0;
  }

  PolicyOptions options_;
};

}  // namespace

std::unique_ptr<Policy> make_policy(const PolicyOptions& options) {
  return std::make_unique<PhasePolicy>(options);
}

}  // namespace retimu
