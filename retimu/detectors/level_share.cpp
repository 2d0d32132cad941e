// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/level_share.hpp"

#include "retimu/stats/elementary.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>

namespace retimu {

namespace {

constexpr std::uint32_t windows_min = 16;  // before it judges
constexpr double kept = 1 - 1.0 / 128;     // of the past, a window
constexpr double unseen = 0.5;             // of a level that has not been seen
constexpr Duration longest = hour;
constexpr std::array<Severity, LevelShare::levels> least = {Severity::major, Severity::warning};
constexpr std::array<std::string_view, LevelShare::levels> names = {"error", "warning"};

// share of `part` in `whole` by itself against the share expected, in nats.
double nats(double part, double whole, double expected) {
  const double rest = whole - part;
  double sum = 0;
  if (part > 0) sum += part * elementary::log(part / (whole * expected));
  if (rest > 0) sum += rest * elementary::log(rest / (whole * (1 - expected)));
  return sum;
}

// In decades; 0 where the share is no larger than before.
double surprise(double worse, double lines, double past_worse, double past_lines) {
  past_worse += unseen;
  past_lines += 2 * unseen;
  if (worse * past_lines <= past_worse * lines) return 0;
  const double together = (worse + past_worse) / (lines + past_lines);
  const double all = nats(worse, lines, together) + nats(past_worse, past_lines, together);
  return std::max(all, 0.0) / std::numbers::ln10;
}

}  // namespace

double LevelShare::score(const State& state, const Observation& observation, Work& work) const {
  const Payload& payload = observation.event.payload;
  const bool is_asked =
      std::holds_alternative<LogLine>(payload) || std::holds_alternative<Tick>(payload);
  if (!is_asked) return std::numeric_limits<double>::quiet_NaN();
  work.shown = state.shown;
  const std::optional<Time> end = wake_time(state);
  work.closes = end && observation.event.time >= *end;
  work.is_judged = work.closes && state.windows >= windows_min;
  if (work.is_judged) judge(state, work);
  const bool speaks = work.is_judged || state.windows > windows_min;
  return speaks ? work.shown.evidence : std::numeric_limits<double>::quiet_NaN();
}

void LevelShare::judge(const State& state, Work& work) {
  work.shown = {};
  for (std::uint8_t i = 0; i < levels; ++i) {
    const double size =
        surprise(state.now.worse[i], state.now.all, state.past.worse[i], state.past.all);
    if (size <= work.size) continue;
    work.size = size;
    work.shown.level = i;
  }
  work.shown.evidence = std::min(state.sizes.evidence(work.size), work.size);
  const double lines = state.now.all;
  const double past = state.past.worse.at(work.shown.level) / std::max(state.past.all, 1.0);
  work.shown.observed = state.now.worse.at(work.shown.level) / lines;
  work.shown.high = std::min(past + 3 * std::sqrt(past * (1 - past) / lines), work.shown.observed);
}

// Windows come one a minute at most, however many lines come.
double LevelShare::own_threshold(double /*events_a_day*/) const { return 3.5; }

void LevelShare::learn(State& state, const Observation& observation, const Work& work) const {
  const auto* line = std::get_if<LogLine>(&observation.event.payload);
  if (line == nullptr && !std::holds_alternative<Tick>(observation.event.payload)) return;
  if (work.closes) {
    state.shown = work.shown;
    if (work.is_judged) state.sizes.learn(work.size);
    state.past.all = kept * state.past.all + state.now.all;
    for (std::size_t i = 0; i < levels; ++i) {
      state.past.worse[i] = kept * state.past.worse[i] + state.now.worse[i];
    }
    state.now = {};
    state.start = time_none;
    if (state.windows < UINT32_MAX) ++state.windows;
  }
  if (line == nullptr) return;
  // A clock that was set back begins anew.
  const Time time = observation.event.time;
  const bool is_set_back = state.start != time_none && between(time, state.start) > longest;
  if (state.start == time_none || is_set_back) {
    state.start = time;
    state.now = {};
  }
  ++state.now.all;
  for (std::size_t i = 0; i < levels; ++i) state.now.worse[i] += line->level >= least[i] ? 1 : 0;
}

void LevelShare::explain(const State& /*state*/, const Observation& /*observation*/,
                         const Work& work, std::vector<Reason>& to) const {
  Reason reason;
  reason.kind = ReasonKind::level_share;
  reason.subject = names.at(work.shown.level);
  reason.observed = work.shown.observed;
  reason.expected_high = work.shown.high;
  reason.weight = work.shown.evidence;
  to.push_back(std::move(reason));
}

// When the open window is over; none where no line came.
std::optional<Time> LevelShare::wake_time(const State& state) const {
  if (state.start == time_none) return std::nullopt;
  return add_saturated(state.start, state.now.all >= lines_min ? minute : longest);
}

void LevelShare::visit(State& state, StateVisitor& visitor) const {
  visitor.cell("evidence", state.shown.evidence);
  visitor.cell("observed", state.shown.observed);
  visitor.cell("high", state.shown.high);
  visitor.cell("level", state.shown.level);
  visitor.cell("start", state.start);
  visitor.cell("now", state.now.all);
  visitor.cells("now_worse", std::span<std::uint32_t>(state.now.worse));
  visitor.cell("past", state.past.all);
  visitor.cells("past_worse", std::span<double>(state.past.worse));
  visitor.cell("windows", state.windows);
  state.sizes.visit(visitor);
  constexpr double largest = 1e15;
  bool is_valid = std::isfinite(state.shown.evidence) && std::isfinite(state.shown.observed) &&
                  state.shown.high >= 0 && state.shown.high <= 1 && state.shown.level < levels &&
                  state.past.all >= 0 && state.past.all <= largest &&
                  (state.start == time_none) == (state.now.all == 0);
  for (std::size_t i = 0; i < levels; ++i) {
    is_valid = is_valid && state.now.worse[i] <= state.now.all && state.past.worse[i] >= 0 &&
               state.past.worse[i] <= state.past.all;
  }
  if (is_valid) return;
  state = State();
  visitor.refuse();
}

namespace {

constexpr std::array parameters{
    Parameter{"lines", "lines of a window that is over after a minute; with fewer, after an hour",
              Parameter::Kind::whole, 20, 1, 1'000'000},
};

Result<std::unique_ptr<Detector>> make(const ParameterValues& values, std::uint64_t /*seed*/) {
  LevelShare algorithm;
  algorithm.lines_min = static_cast<std::uint32_t>(values.whole("lines"));
  return std::make_unique<EventDetector<LevelShare>>(algorithm);
}

// One line in fifty is an error for three hours, and one in three of the last minute.
void specimen(SpecimenWriter& to) {
  constexpr std::size_t seconds = 180 * 60, last_minute = seconds - 60;
  for (std::size_t i = 0; i < seconds; ++i) {
    const bool is_error = i < last_minute ? i % 50 == i / 600 % 50 : i % 3 == 0;
    to.usual(LogLine{is_error ? Severity::major : Severity::indeterminate,
                     is_error ? "request has failed" : "request was served"});
  }
  to.anomaly(LogLine{Severity::indeterminate, "request was served"});
}

}  // namespace

DetectorEntry level_share_entry() {
  return {.name = "level_share",
          .summary = "more errors or warnings among the log lines than usual",
          .modality = Modality::logs,
          .parameters = parameters,
          .in_auto = true,
          .in_light = true,
          .make = make,
          .specimen = specimen};
}

}  // namespace retimu
