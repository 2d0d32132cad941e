// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/silence.hpp"

#include "retimu/detectors/specimen.hpp"
#include "retimu/stats/elementary.hpp"
#include "retimu/text/visit_list.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <memory>

namespace retimu {

namespace {

using Stream = Silence::Stream;
using State = Silence::State;

constexpr Duration least = 10 * second;  // a shorter silence is none
constexpr double evidence_most = 6;      // decades
constexpr double mean_over = 64;         // gaps
constexpr std::uint8_t returning_events = 16;
constexpr std::size_t columns_most = 1'000'000;

Duration longest_of(const Stream& stream) { return std::ranges::max(stream.longest); }

void keep(Stream& stream, Duration gap, Time now) {
  const std::int64_t date = floor_to(now, day) / day;
  if (date > stream.date || stream.gaps == 0) {
    ++stream.day;
    stream.longest[stream.day % Silence::days] = 0;
    stream.date = date;
  }
  Duration& longest = stream.longest[stream.day % Silence::days];
  longest = std::max(longest, gap);
}

// Something came. What is late, or of the same time, is no gap.
void come(Stream& stream, Time now) {
  const Duration gap = stream.last == time_none ? 0 : between(stream.last, now);
  // The clock was set back.
  stream.last = now;
  const bool was_silent = stream.is_silent != 0;
  stream.is_silent = 0;
  if (gap == 0) return;
  if (was_silent) {
    const bool is_second = stream.told > 0 && stream.day - stream.told_day < Silence::days;
    if (is_second) keep(stream, std::max(gap, stream.told), now);
    stream.told = is_second ? 0 : gap;
    stream.told_day = stream.day;
    return;
  }
  keep(stream, gap, now);
  if (stream.gaps < Silence::gaps_most) ++stream.gaps;
  const double share = 1 / std::min<double>(stream.gaps, mean_over);
  stream.mean += (static_cast<double>(gap) - stream.mean) * share;
}

double evidence_of(const Stream& stream, Time now) {
  const double times = static_cast<double>(between(stream.last, now)) /
                       static_cast<double>(std::max<Duration>(longest_of(stream), 1));
  return std::min(elementary::log10(stream.gaps + 1.0) * times, evidence_most);
}

std::uint8_t modality_number(const Event& event, std::uint8_t before) {
  const std::optional<Modality> modality = modality_of(event.payload);
  return modality ? static_cast<std::uint8_t>(*modality) : before;
}

std::string_view words_of(std::uint8_t modality) {
  switch (static_cast<Modality>(modality)) {
    case Modality::logs: return "log lines";
    case Modality::alarms: return "alarms";
    default: return "readings";
  }
}

Reason reason_of(const Stream& stream, Time now) {
  Reason reason;
  reason.kind = ReasonKind::silence;
  reason.observed = static_cast<double>(between(stream.last, now)) / static_cast<double>(second);
  reason.expected_high = stream.mean / static_cast<double>(second);
  if (reason.expected_high >= 10) reason.expected_high = std::round(reason.expected_high);
  reason.weight = evidence_of(stream, now);
  return reason;
}

bool visit(StateVisitor& visitor, Stream& stream) {
  visitor.cell("last", stream.last);
  visitor.cells("longest", std::span<std::int64_t>(stream.longest));
  visitor.cell("date", stream.date);
  visitor.cell("day", stream.day);
  visitor.cell("gaps", stream.gaps);
  visitor.cell("mean", stream.mean);
  visitor.cell("told", stream.told);
  visitor.cell("told_day", stream.told_day);
  visitor.cell("is_silent", stream.is_silent);
  return std::isfinite(stream.mean) && stream.mean >= 0 && stream.told >= 0 &&
         std::ranges::all_of(stream.longest, [](Duration gap) { return gap >= 0; });
}

}  // namespace

std::optional<Time> Silence::due(const Stream& stream) const {
  if (stream.gaps < gaps_min || stream.is_silent != 0) return std::nullopt;
  const double wait =
      std::max(times * static_cast<double>(longest_of(stream)), static_cast<double>(least));
  constexpr auto most = static_cast<double>(INT64_MAX / 2);
  return add_saturated(stream.last, static_cast<Duration>(std::min(wait, most)));
}

std::optional<Time> Silence::wake_time(const State& state) const {
  if (state.is_training != 0 || state.entity.is_silent != 0) return std::nullopt;
  std::optional<Time> first = due(state.entity);
  if (state.columns_due != time_none && (!first || state.columns_due < *first)) {
    first = state.columns_due;
  }
  return first;
}

double Silence::score(const State& state, const Observation& observation, Work& work) const {
  constexpr double abstains = std::numeric_limits<double>::quiet_NaN();
  const Time now = observation.event.time;
  if (!std::holds_alternative<Tick>(observation.event.payload)) {
    return state.returning > 0 ? 0 : abstains;
  }
  const std::optional<Time> entity_due = due(state.entity);
  if (entity_due && *entity_due <= now) {
    work.is_entity = true;
    work.evidence = evidence_of(state.entity, now);
    return work.evidence;
  }
  for (const Stream& column : state.columns) {
    const std::optional<Time> column_due = due(column);
    if (!column_due || *column_due > now) continue;
    work.evidence = std::max(work.evidence, evidence_of(column, now));
  }
  return work.evidence > 0 ? work.evidence : abstains;
}

// A column that is due earlier than was known only makes the next look earlier.
void Silence::find_columns_due(State& state) const {
  state.columns_due = time_none;
  for (const Stream& column : state.columns) {
    const std::optional<Time> column_due = due(column);
    if (!column_due) continue;
    if (state.columns_due == time_none || *column_due < state.columns_due) {
      state.columns_due = *column_due;
    }
  }
}

void Silence::learn(State& state, const Observation& observation, const Work& work) const {
  const Event& event = observation.event;
  if (std::holds_alternative<Tick>(event.payload)) {
    if (work.is_entity) state.entity.is_silent = 1;
    if (!work.is_entity) {
      for (Stream& column : state.columns) {
        const std::optional<Time> column_due = due(column);
        if (column_due && *column_due <= event.time) column.is_silent = 1;
      }
    }
    if (work.evidence > 0) state.returning = returning_events;
    find_columns_due(state);
    return;
  }
  state.modality = modality_number(event, state.modality);
  if (state.returning > 0) --state.returning;
  const bool begins_anew = (state.is_training != 0) != event.training;
  state.is_training = event.training ? 1 : 0;
  if (begins_anew || state.entity.is_silent != 0) {
    // Columns have waited with the entity, or its clock is another one.
    for (Stream& column : state.columns) {
      if (column.last != time_none) column.last = event.time;
    }
    if (begins_anew) state.entity.last = time_none;
    find_columns_due(state);
  }
  come(state.entity, event.time);
  state.columns.resize(observation.entity.columns.size());
  for (const std::uint32_t slot : observation.entity.present) {
    Stream& column = state.columns[slot];
    come(column, event.time);
    const std::optional<Time> column_due = due(column);
    if (column_due && (state.columns_due == time_none || *column_due < state.columns_due)) {
      state.columns_due = *column_due;
    }
  }
}

void Silence::stood_still(State& state, Time from, Time to) const {
  const auto pass = [&](Stream& stream) {
    const std::optional<Time> stream_due = due(stream);
    if (!stream_due) return;
    const Duration passed = between(std::max(from, stream.last), to);
    if (passed <= between(stream.last, *stream_due) / 2) return;
    stream.last = add_saturated(stream.last, passed);
  };
  pass(state.entity);
  for (Stream& column : state.columns) pass(column);
  find_columns_due(state);
}

void Silence::explain(const State& state, const Observation& observation, const Work& work,
                      std::vector<Reason>& to) const {
  if (work.evidence <= 0) return;
  const Time now = observation.event.time;
  if (work.is_entity) {
    to.push_back(reason_of(state.entity, now));
    to.back().subject = words_of(state.modality);
    return;
  }
  constexpr std::size_t reasons_max = 8;
  for (std::size_t i = 0; i < state.columns.size() && to.size() < reasons_max; ++i) {
    const std::optional<Time> column_due = due(state.columns[i]);
    if (!column_due || *column_due > now) continue;
    to.push_back(reason_of(state.columns[i], now));
    to.back().column = observation.entity.columns[i];
  }
}

void Silence::visit(State& state, StateVisitor& visitor) const {
  bool is_valid = retimu::visit(visitor, state.entity);
  visit_list(visitor, "columns", state.columns, columns_most,
             [&](Stream& stream) { is_valid = retimu::visit(visitor, stream) && is_valid; });
  visitor.cell("columns_due", state.columns_due);
  visitor.cell("returning", state.returning);
  visitor.cell("is_training", state.is_training);
  visitor.cell("modality", state.modality);
  if (!is_valid) visitor.refuse();
}

namespace {

constexpr std::array parameters{
    Parameter{"times", "a silence, as a multiple of the longest usual gap", Parameter::Kind::number,
              4, 1.5, 1'000},
};

Result<std::unique_ptr<Detector>> make(const ParameterValues& values, std::uint64_t /*seed*/) {
  Silence algorithm;
  algorithm.times = values.number("times");
  return std::make_unique<EventDetector<Silence>>(algorithm);
}

// A reading a second for long, then none.
void specimen(SpecimenWriter& to) {
  const std::array columns{to.column("temperature")};
  Random random(31);
  for (int i = 0; i < 1'000; ++i) to.usual(Readings{columns, std::array{20 + bell(random)}});
  to.anomaly(Tick{});
}

}  // namespace

DetectorEntry silence_entry() {
  return {.name = "silence",
          .summary = "nothing comes of an entity any more, or of one of its columns",
          .is_of_each_modality = true,
          .parameters = parameters,
          .make = make,
          .specimen = specimen};
}

}  // namespace retimu
