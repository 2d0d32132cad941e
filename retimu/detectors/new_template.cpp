// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/new_template.hpp"

#include "retimu/stats/elementary.hpp"
#include "retimu/text/template_text.hpp"

#include <algorithm>
#include <memory>
#include <numeric>

namespace retimu {

namespace {

constexpr double fleet_share = 0.5;  // of the evidence, where the fleet knows the message
constexpr double threshold_min = 3, threshold_max = 4;
constexpr double usual_decades = 2;  // a level of one line in a hundred is usual

std::size_t level_of(const LogLine& line) {
  if (line.level >= Severity::critical) return 0;
  if (line.level >= Severity::major) return 1;
  return line.level >= Severity::warning ? 2 : 3;
}

std::uint8_t kind_of(const LogLine& line) {
  const std::size_t level = level_of(line);
  return static_cast<std::uint8_t>(line.is_new ? level : level + NewTemplate::levels);
}

// Decades by which lines as severe are rarer than is usual.
double rareness(const NewTemplate::State& state, std::size_t level) {
  if (level >= NewTemplate::severe_levels) return 0;
  const auto lines = static_cast<double>(state.lines + 1);
  const auto severe = static_cast<double>(state.severe.at(level) + 1);
  return std::max(elementary::log10(lines / severe) - usual_decades, 0.0);
}

}  // namespace

double NewTemplate::score(const State& state, const Observation& observation, Work& work) const {
  const auto* line = std::get_if<LogLine>(&observation.event.payload);
  if (line == nullptr) return std::numeric_limits<double>::quiet_NaN();
  work.is_new = !state.known.contains(line->template_id);
  work.kind = kind_of(*line);
  if (state.lines < lines_min) return std::numeric_limits<double>::quiet_NaN();
  if (!work.is_new) return 0;
  const Kind& kind = state.of[work.kind];
  const auto now = static_cast<double>(state.lines - kind.last);
  const auto known = static_cast<double>(std::min<std::size_t>(kind.seen, gaps));
  const double mean =
      known > 0 ? std::accumulate(kind.lengths.begin(), kind.lengths.end(), 0.0) / known : 0.0;
  work.evidence = elementary::log10(std::max({mean, now, 1.0}));
  if (line->is_new) {
    work.evidence += rareness(state, level_of(*line)) / (1.0 + kind.seen);
  } else {
    work.evidence *= fleet_share;
  }
  return work.evidence;
}

// One a day of what is usual, within bounds: with few lines a day little is known of what is rare,
// and with many a day's wait would be too long.
double NewTemplate::own_threshold(double events_a_day) const {
  return std::clamp(elementary::log10(std::max(events_a_day, 1.0)), threshold_min, threshold_max);
}

void NewTemplate::learn(State& state, const Observation& observation, const Work& work) const {
  const auto* line = std::get_if<LogLine>(&observation.event.payload);
  if (line == nullptr) return;
  if (work.is_new) {
    Kind& kind = state.of[work.kind];
    kind.lengths[kind.seen % gaps] = static_cast<double>(state.lines - kind.last);
    kind.last = state.lines;
    ++kind.seen;
  }
  state.known.add(line->template_id);
  ++state.lines;
  for (std::size_t i = level_of(*line); i < severe_levels; ++i) ++state.severe[i];
}

void NewTemplate::explain(const State& state, const Observation& observation, const Work& work,
                          std::vector<Reason>& to) const {
  const auto* line = std::get_if<LogLine>(&observation.event.payload);
  if (line == nullptr || !work.is_new) return;
  Reason reason;
  reason.kind = ReasonKind::new_message;
  reason.subject = template_text(line->text);
  reason.observed = static_cast<double>(state.lines);
  reason.weight = work.evidence;
  to.push_back(std::move(reason));
}

void NewTemplate::merge(State& state, TemplateId from, TemplateId to) const {
  if (state.known.contains(from)) state.known.add(to);
}

void NewTemplate::visit(State& state, StateVisitor& visitor) const {
  state.known.visit(visitor);
  visitor.cell("lines", state.lines);
  visitor.cells("severe", std::span<std::uint64_t>(state.severe));
  if (!(state.severe[0] <= state.severe[1] && state.severe[1] <= state.lines)) visitor.refuse();
  for (Kind& kind : state.of) {
    visitor.cell("last", kind.last);
    visitor.cells("gaps", std::span<double>(kind.lengths));
    visitor.cell("seen", kind.seen);
    const bool is_valid =
        kind.last <= state.lines && std::ranges::all_of(kind.lengths, [](double length) {
          return std::isfinite(length) && length >= 0;
        });
    if (!is_valid) visitor.refuse();
  }
}

namespace {

constexpr std::array parameters{
    Parameter{"lines", "log lines of an entity before it judges", Parameter::Kind::whole, 200, 1,
              1'000'000},
};

Result<std::unique_ptr<Detector>> make(const ParameterValues& values, std::uint64_t /*seed*/) {
  NewTemplate algorithm;
  algorithm.lines_min = static_cast<std::uint32_t>(values.whole("lines"));
  return std::make_unique<EventDetector<NewTemplate>>(algorithm);
}

// Two messages in turn for long, then a third.
void specimen(SpecimenWriter& to) {
  for (int i = 0; i < 1'000; ++i) {
    to.usual(LogLine{Severity::indeterminate,
                     i % 2 == 0 ? "connection from peer accepted" : "request was served"});
  }
  to.anomaly(LogLine{Severity::major, "link to the core switch is down"});
}

}  // namespace

DetectorEntry new_template_entry() {
  return {.name = "new_template",
          .summary = "a log message that the entity has not sent before",
          .modality = Modality::logs,
          .parameters = parameters,
          .in_auto = true,
          .in_light = true,
          .make = make,
          .specimen = specimen};
}

}  // namespace retimu
