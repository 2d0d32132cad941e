// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/drawn_series.hpp"

#include "retimu/core/incident.hpp"

#include <algorithm>
#include <cmath>

namespace retimu {

namespace {

constexpr double remembered = 128;  // readings that what is usual rests on
constexpr double readings_min = 16;
constexpr double usual_width = 3;  // standard deviations, to each side
constexpr std::size_t none = SIZE_MAX;

double least(double a, double b) { return std::isnan(a) || b < a ? b : a; }
double most(double a, double b) { return std::isnan(a) || b > a ? b : a; }

void join(DrawnReading& to, const DrawnReading& from) {
  if (!std::isnan(from.low)) {
    to.low = least(to.low, from.low);
    to.high = most(to.high, from.high);
  }
  if (!std::isnan(from.usual_low)) {
    to.usual_low = from.usual_low;
    to.usual_high = from.usual_high;
  }
  if (!std::isnan(from.expected_low)) {
    to.expected_low = from.expected_low;
    to.expected_high = from.expected_high;
  }
  if (std::isnan(to.unusual)) to.unusual = from.unusual;
}

void join(DrawnJudgement& to, const DrawnJudgement& from) {
  if (!std::isnan(from.excess)) to.excess = most(to.excess, from.excess);
  to.is_anomalous = to.is_anomalous || from.is_anomalous;
  to.is_raised = to.is_raised || from.is_raised;
}

void join(DrawnMessages& to, const DrawnMessages& from) {
  to.lines += from.lines;
  to.bad_lines += from.bad_lines;
  to.alarm = std::max(to.alarm, from.alarm);
}

// Two stretches become one.
template <class T>
void halve(std::vector<T>& stretches) {
  for (std::size_t i = 1; i < stretches.size(); ++i) {
    if (i % 2 == 0) {
      stretches[i / 2] = stretches[i];
    } else {
      join(stretches[i / 2], stretches[i]);
    }
  }
  stretches.resize((stretches.size() + 1) / 2);
}

template <class T>
T& place(std::vector<T>& stretches, std::size_t at) {
  if (stretches.size() <= at) stretches.resize(at + 1);
  return stretches[at];
}

}  // namespace

double DrawnSeries::Usual::deviation() const {
  return std::sqrt(std::max(square - mean * mean, 0.0));
}

void DrawnSeries::Usual::learn(double value) {
  const double share = 1 / (std::min(count, remembered) + 1);
  mean += share * (value - mean);
  square += share * (value * value - square);
  ++count;
}

std::size_t DrawnSeries::stretch_of(Time time) {
  if (begin_ == time_none) begin_ = time;
  latest_ = std::max(latest_, time);
  const auto passed = [&] {  // a late one counts with the first
    return static_cast<std::size_t>(between(begin_, time) / stretch_);
  };
  if (is_sliding_ && passed() >= 2 * stretches_max_) {
    forget(passed());
    begin_ = time;
  }
  while (passed() >= stretches_max_) fold();
  return passed();
}

void DrawnSeries::forget(std::size_t stretches) {
  const auto drop = [&](auto& from) {
    const std::size_t count = std::min(stretches, from.size());
    from.erase(from.begin(), from.begin() + static_cast<std::ptrdiff_t>(count));
  };
  for (DrawnColumn& column : columns_) {
    drop(column.stretches);
    column.blame /= 2;
    column.strangest /= 2;
  }
  for (DrawnEntity& entity : entities_) drop(entity.stretches);
  drop(messages_);
  begin_ += static_cast<Duration>(stretches) * stretch_;
}

void DrawnSeries::fold() {
  if (is_sliding_) return forget(stretches_max_ / 2);
  for (DrawnColumn& column : columns_) halve(column.stretches);
  for (DrawnEntity& entity : entities_) halve(entity.stretches);
  halve(messages_);
  stretch_ *= 2;
}

DrawnSeries::Known* DrawnSeries::known(std::string_view entity) {
  const auto at = known_.find(std::string(entity));
  if (at != known_.end()) return &at->second;
  if (entities_.size() >= columns_max_) return nullptr;
  DrawnEntity drawn;
  drawn.name = entity;
  Known made;
  made.index = entities_.size();
  entities_.push_back(std::move(drawn));
  return &known_.emplace(entity, std::move(made)).first->second;
}

std::size_t DrawnSeries::column_of(Known& entity, ColumnId id, const Columns& columns) {
  for (const auto& [known, index] : entity.columns) {
    if (known == id) return index;
  }
  std::size_t index = none;
  if (columns_.size() < columns_max_) {
    index = columns_.size();
    const std::string& name = entities_[entity.index].name;
    DrawnColumn drawn;
    drawn.entity = name;
    drawn.column = columns.name(id);
    columns_.push_back(std::move(drawn));
    usual_.emplace_back();
    by_name_.emplace(std::pair(name, columns_.back().column), index);
  } else {
    ++left_out_;
  }
  entity.columns.emplace_back(id, index);
  return index;
}

void DrawnSeries::take_readings(Known& entity, const Event& event, const Verdict& verdict,
                                const Columns& columns, std::size_t at) {
  const auto& readings = std::get<Readings>(event.payload);
  for (std::size_t i = 0; i < readings.columns.size(); ++i) {
    const double value = readings.values[i];
    if (!std::isfinite(value)) continue;
    const std::size_t index = column_of(entity, readings.columns[i], columns);
    if (index == none) continue;
    DrawnReading& stretch = place(columns_[index].stretches, at);
    Usual& usual = usual_[index];
    stretch.low = least(stretch.low, value);
    stretch.high = most(stretch.high, value);
    if (usual.count >= readings_min) {
      const double width = usual.deviation();
      stretch.usual_low = usual.mean - usual_width * width;
      stretch.usual_high = usual.mean + usual_width * width;
      if (width > 0 && usual.count >= remembered) {
        columns_[index].strangest =
            std::max(columns_[index].strangest, std::abs(value - usual.mean) / width);
      }
      const bool is_farther = std::isnan(stretch.unusual) ||
                              std::abs(value - usual.mean) > std::abs(stretch.unusual - usual.mean);
      if (verdict.is_anomalous && is_farther &&
          (value < stretch.usual_low || value > stretch.usual_high)) {
        stretch.unusual = value;
      }
    }
    // A level that the pipeline has taken on is learned from its first reading.
    if (verdict.phase == Phase::shifted) usual = {};
    if (!verdict.is_anomalous || verdict.phase == Phase::shifted) usual.learn(value);
  }
}

void DrawnSeries::take_event(const Event& event, const Verdict& verdict, const Columns& columns) {
  if (!modality_of(event.payload)) return;
  const std::size_t at = stretch_of(event.time);
  if (Known* entity = known(event.entity.text); entity != nullptr) {
    take_judged(*entity, event, verdict, columns, at);
  }
  if (const auto* line = std::get_if<LogLine>(&event.payload)) {
    DrawnMessages& messages = place(messages_, at);
    ++messages.lines;
    messages.bad_lines += line->level >= Severity::warning ? 1 : 0;
    has_lines_ = true;
  } else if (const auto* alarm = std::get_if<Alarm>(&event.payload)) {
    DrawnMessages& messages = place(messages_, at);
    messages.alarm = std::max(messages.alarm, alarm->severity);
    has_alarms_ = true;
  }
}

void DrawnSeries::take_judged(Known& entity, const Event& event, const Verdict& verdict,
                              const Columns& columns, std::size_t at) {
  DrawnEntity& drawn = entities_[entity.index];
  DrawnJudgement& judged = place(drawn.stretches, at);
  if (verdict.has_p && std::isfinite(verdict.excess)) {
    judged.excess = most(judged.excess, verdict.excess);
    drawn.excess = std::max(drawn.excess, verdict.excess);
  }
  judged.is_anomalous = judged.is_anomalous || verdict.is_anomalous;
  if (std::holds_alternative<Readings>(event.payload)) {
    take_readings(entity, event, verdict, columns, at);
  }
}

void DrawnSeries::blame(const Alert& alert) {
  if (alert.change != Change::raised) return;
  const auto add = [&](const std::string& entity, const AlertReason& reason, double weight) {
    const auto at = by_name_.find({entity, reason.subject});
    if (at != by_name_.end()) columns_[at->second].blame += weight;
  };
  double weight = 1;
  for (const AlertReason& reason : alert.reasons) {
    add(alert.entity, reason, weight);
    weight /= 2;
  }
  if (alert.incident == nullptr) {
    const auto entity = known_.find(alert.entity);
    if (entity == known_.end()) return;
    DrawnEntity& drawn = entities_[entity->second.index];
    ++drawn.raised;
    place(drawn.stretches, stretch_of(alert.time)).is_raised = true;
    return;
  }
  for (const LikelyCause& cause : alert.incident->causes) {
    add(cause.entity, cause.reason, weight);
    weight /= 2;
  }
}

// The range of the detector that speaks, which is not that of the readings of late.
void DrawnSeries::take_expected(const Alert& alert) {
  if (alert.change != Change::raised && alert.change != Change::updated) return;
  if (alert.incident != nullptr) return;
  for (const AlertReason& reason : alert.reasons) {
    const Time time = reason.time.value_or(alert.time);
    const auto at = by_name_.find({alert.entity, reason.subject});
    const bool is_range = reason.kind == ReasonKind::value || reason.kind == ReasonKind::peers;
    if (!is_range || at == by_name_.end() || time < begin_) continue;
    DrawnReading& stretch = place(columns_[at->second].stretches, stretch_of(time));
    stretch.expected_low = reason.expected_low;
    stretch.expected_high = reason.expected_high;
    const bool is_outside =
        reason.observed < reason.expected_low || reason.observed > reason.expected_high;
    if (std::isnan(stretch.unusual) && (is_outside || &reason == alert.reasons.data())) {
      stretch.unusual = reason.observed;
    }
  }
}

void DrawnSeries::take(const Round& round, std::span<const Alert> told, const Columns& columns) {
  const std::vector<Event>& events = round.shared->batch.events;
  for (std::size_t i = round.first; i < round.last; ++i) {
    take_event(events[i], round.verdicts[i - round.first], columns);
  }
  for (const Alert& alert : told) {
    blame(alert);
    take_expected(alert);
  }
}

std::vector<std::size_t> DrawnSeries::most_unusual(std::size_t count) const {
  std::vector<std::size_t> order(columns_.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    return std::pair(columns_[a].blame, columns_[a].strangest) >
           std::pair(columns_[b].blame, columns_[b].strangest);
  });
  order.resize(std::min(order.size(), count));
  return order;
}

}  // namespace retimu
