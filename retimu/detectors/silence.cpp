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

using State = Silence::State;

constexpr double evidence_most = 6;  // decades
constexpr std::uint8_t returning_events = 16;
constexpr std::size_t columns_most = 1'000'000;

double evidence_of(const EventStream& stream, Time now) {
  const double times = static_cast<double>(between(stream.last, now)) /
                       static_cast<double>(std::max<Duration>(stream.longest_gap(), 1));
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

Reason reason_of(const EventStream& stream, Time now) {
  Reason reason;
  reason.kind = ReasonKind::silence;
  reason.observed = static_cast<double>(between(stream.last, now)) / static_cast<double>(second);
  reason.expected_high = stream.mean / static_cast<double>(second);
  if (reason.expected_high >= 10) reason.expected_high = std::round(reason.expected_high);
  reason.weight = evidence_of(stream, now);
  return reason;
}

}  // namespace

std::optional<Time> Silence::wake_time(const State& state) const {
  if (state.is_training != 0 || state.entity.is_silent != 0) return std::nullopt;
  std::optional<Time> first = state.entity.due(times);
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
  const std::optional<Time> entity_due = state.entity.due(times);
  if (entity_due && *entity_due <= now) {
    work.is_entity = true;
    work.evidence = evidence_of(state.entity, now);
    return work.evidence;
  }
  for (const EventStream& column : state.columns) {
    const std::optional<Time> column_due = column.due(times);
    if (!column_due || *column_due > now) continue;
    work.evidence = std::max(work.evidence, evidence_of(column, now));
  }
  return work.evidence > 0 ? work.evidence : abstains;
}

// A column that is due earlier than was known only makes the next look earlier.
void Silence::find_columns_due(State& state) const {
  state.columns_due = time_none;
  for (const EventStream& column : state.columns) {
    const std::optional<Time> column_due = column.due(times);
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
      for (EventStream& column : state.columns) {
        const std::optional<Time> column_due = column.due(times);
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
    for (EventStream& column : state.columns) {
      if (column.last != time_none) column.last = event.time;
    }
    if (begins_anew) state.entity.last = time_none;
    find_columns_due(state);
  }
  state.entity.come(event.time);
  state.columns.resize(observation.entity.columns.size());
  for (const std::uint32_t slot : observation.entity.present) {
    EventStream& column = state.columns[slot];
    column.come(event.time);
    const std::optional<Time> column_due = column.due(times);
    if (column_due && (state.columns_due == time_none || *column_due < state.columns_due)) {
      state.columns_due = *column_due;
    }
  }
}

void Silence::stood_still(State& state, const Standstill& still) const {
  state.entity.stand_still(still, times);
  for (EventStream& column : state.columns) column.stand_still(still, times);
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
    const std::optional<Time> column_due = state.columns[i].due(times);
    if (!column_due || *column_due > now) continue;
    to.push_back(reason_of(state.columns[i], now));
    to.back().column = observation.entity.columns[i];
  }
}

void Silence::visit(State& state, StateVisitor& visitor) const {
  bool is_valid = state.entity.visit(visitor);
  visit_list(visitor, "columns", state.columns, columns_most,
             [&](EventStream& stream) { is_valid = stream.visit(visitor) && is_valid; });
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
