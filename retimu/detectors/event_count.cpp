// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/event_count.hpp"

#include "retimu/detectors/specimen.hpp"
#include "retimu/stats/elementary.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

namespace retimu {

namespace {

using State = EventCount::State;
using Usual = EventCount::Usual;

constexpr double decades_a_deviation = 0.6142;  // sqrt(2) / ln 10
constexpr double outlying = 3;                  // deviations that count at most
constexpr std::uint32_t faded_over = 64;        // windows of an hour
constexpr std::uint32_t spread_over = 512;
constexpr double mean_absolute = 0.7979;  // of a normal deviate
constexpr std::uint8_t empty_most = 3;
constexpr Duration week = 7 * day;

double root_of(double count) { return 2 * std::sqrt(count + 0.375); }
double count_of(double root) { return std::max(root * root / 4 - 0.375, 0.0); }

std::size_t hour_of_week(Time local) {
  return static_cast<std::size_t>(floor_to(local, hour) / hour % 168 + 168) % 168;
}

void learn_root(Usual& usual, double root, std::uint32_t times = 1) {
  usual.windows = std::min(usual.windows + times, UINT32_MAX / 2);
  const std::uint32_t known = std::min(usual.windows, faded_over);
  const double share = std::min(static_cast<double>(times) / known, 1.0);
  usual.root = static_cast<float>(usual.root + (root - usual.root) * share);
}

// Windows of two weeks, or of two days, must have been learned of an hour.
double usual_root(const State& state, std::size_t at, Duration window) {
  const auto needed = static_cast<std::uint32_t>(
      2 * std::max<Duration>(std::min<Duration>(hour / window, faded_over / 2), 1));
  for (const Usual* usual : {&state.of_week[at], &state.of_day[at % EventCount::hours_of_day]}) {
    if (usual->windows >= needed) return usual->root;
  }
  return state.of_all.root;
}

std::string_view words_of(std::uint8_t modality) {
  switch (static_cast<Modality>(modality)) {
    case Modality::logs: return "log lines";
    case Modality::alarms: return "alarms";
    default: return "readings";
  }
}

void visit(StateVisitor& visitor, Usual& usual, bool& is_valid) {
  visitor.cell("root", usual.root);
  visitor.cell("windows", usual.windows);
  is_valid = is_valid && std::isfinite(usual.root) && usual.root >= 0;
}

}  // namespace

std::optional<Time> EventCount::wake_time(const State& state) const {
  if (state.is_awake == 0) return std::nullopt;
  return end_of(state);
}

double EventCount::score(const State& state, const Observation& observation, Work& work) const {
  constexpr double abstains = std::numeric_limits<double>::quiet_NaN();
  if (!std::holds_alternative<Tick>(observation.event.payload)) return abstains;
  if (state.is_partial != 0 || state.windows < windows_min) return abstains;
  const double root = usual_root(state, hour_of_week(observation.local - window / 2), window);
  work.is_judged = true;
  work.usual = count_of(root);
  work.deviation = (root_of(state.count) - root) / state.spread;
  return std::fabs(work.deviation);
}

double EventCount::evidence(const Work& work) const {
  return decades_a_deviation * std::fabs(work.deviation);
}

void EventCount::catch_up(State& state, std::int64_t index, Duration to_local) const {
  const std::int64_t missed = index - state.index;
  if (missed <= 0 || missed > week / window) return;
  const std::int64_t windows_an_hour = std::max<std::int64_t>(hour / window, 1);
  for (std::int64_t first = state.index; first < index; first += windows_an_hour) {
    const auto times = static_cast<std::uint32_t>(std::min(windows_an_hour, index - first));
    const std::size_t at = hour_of_week(first * window + window / 2 + to_local);
    learn_root(state.of_week[at], root_of(0), times);
    learn_root(state.of_day[at % hours_of_day], root_of(0), times);
  }
}

void EventCount::learn(State& state, const Observation& observation, const Work& /*work*/) const {
  const Event& event = observation.event;
  const std::int64_t index = floor_to(event.time, window) / window;
  if (!std::holds_alternative<Tick>(event.payload)) {
    if (event.training) return;
    if (const auto modality = modality_of(event.payload)) {
      state.modality = static_cast<std::uint8_t>(*modality);
    }
    if (state.is_awake == 0) {
      if (state.is_partial == 0) catch_up(state, index, observation.local - event.time);
      // The window in which it begins to send is no whole one; one before which it was empty is.
      state.index = index;
      state.count = 0;
      state.empty = 0;
      state.is_awake = 1;
    }
    if (index >= state.index) ++state.count;
    return;
  }
  if (state.is_partial == 0) {
    const std::size_t at = hour_of_week(observation.local - window / 2);
    const double usual = usual_root(state, at, window);
    double off = root_of(state.count) - usual;
    if (state.windows >= windows_min) {
      const double most = outlying * state.spread;
      off = std::clamp(off, -most, most);
    }
    learn_root(state.of_week[at], usual + off);
    learn_root(state.of_day[at % hours_of_day], usual + off);
    learn_root(state.of_all, usual + off);
    if (state.windows > 0) {
      const double known = std::min(state.windows, spread_over);
      state.spread += (std::fabs(off) / mean_absolute - state.spread) / known;
      state.spread = std::max(state.spread, 1.0);
    }
    ++state.windows;
  }
  if (state.index >= INT64_MAX / window - 2) {  // time ends
    state.is_awake = 0;
    return;
  }
  state.empty = state.count == 0 ? static_cast<std::uint8_t>(state.empty + 1) : std::uint8_t{0};
  state.is_partial = 0;
  state.count = 0;
  ++state.index;
  if (state.empty >= empty_most) state.is_awake = 0;
}

void EventCount::stood_still(State& state, const Standstill& still) const {
  const Time from = std::max(still.from, state.index * window);
  if (state.is_awake == 0 || between(from, still.to) < window) return;
  state.is_awake = 0;
  state.is_partial = 1;
}

void EventCount::explain(const State& state, const Observation& /*observation*/, const Work& work,
                         std::vector<Reason>& to) const {
  if (!work.is_judged) return;
  const double a_minute = static_cast<double>(minute) / static_cast<double>(window);
  const double usual = root_of(work.usual);
  const double reach = outlying * state.spread;
  Reason reason;
  reason.kind = ReasonKind::event_count;
  reason.subject = words_of(state.modality);
  reason.observed = state.count * a_minute;
  reason.expected_low = count_of(std::max(usual - reach, 0.0)) * a_minute;
  reason.expected_high = count_of(usual + reach) * a_minute;
  reason.weight = evidence(work);
  to.push_back(std::move(reason));
}

void EventCount::visit(State& state, StateVisitor& visitor) const {
  bool is_valid = true;
  for (Usual& usual : state.of_week) retimu::visit(visitor, usual, is_valid);
  for (Usual& usual : state.of_day) retimu::visit(visitor, usual, is_valid);
  retimu::visit(visitor, state.of_all, is_valid);
  visitor.cell("spread", state.spread);
  visitor.cell("index", state.index);
  visitor.cell("count", state.count);
  visitor.cell("windows", state.windows);
  visitor.cell("empty", state.empty);
  visitor.cell("is_awake", state.is_awake);
  visitor.cell("is_partial", state.is_partial);
  visitor.cell("modality", state.modality);
  // Its end is a time.
  const std::int64_t most = INT64_MAX / window - 2;
  is_valid = is_valid && std::isfinite(state.spread) && state.spread >= 1 && state.index >= -most &&
             state.index <= most && state.empty <= empty_most;
  if (!is_valid) visitor.refuse();
}

namespace {

constexpr std::array parameters{
    Parameter{"window", "seconds in which events are counted", Parameter::Kind::whole, 300, 10,
              3'600},
};

Result<std::unique_ptr<Detector>> make(const ParameterValues& values, std::uint64_t /*seed*/) {
  EventCount algorithm;
  algorithm.window = static_cast<Duration>(values.whole("window")) * second;
  return std::make_unique<EventDetector<EventCount>>(algorithm);
}

// A reading a second for hours, then none.
void specimen(SpecimenWriter& to) {
  const std::array columns{to.column("temperature")};
  Random random(31);
  const int usual = 300 * 100;
  for (int i = 0; i < usual; ++i) to.usual(Readings{columns, std::array{20 + bell(random)}});
  to.anomaly(Tick{});
}

}  // namespace

DetectorEntry event_count_entry() {
  return {.name = "event_count",
          .summary = "more or fewer events of an entity than usual",
          .is_of_each_modality = true,
          .parameters = parameters,
          .make = make,
          .specimen = specimen};
}

}  // namespace retimu
