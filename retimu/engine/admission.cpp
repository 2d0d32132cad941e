// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/admission.hpp"

#include "retimu/decision/budget.hpp"

#include <algorithm>
#include <cstring>
#include <tuple>

namespace retimu {

namespace {

constexpr Duration tick_interval = second;
// A leap of a lone entity is believed after so many records in a row that all lie beyond it.
constexpr std::uint32_t leaps_max = 16;

Time floor_to(Time time, Duration step) {
  const Time rest = time % step;
  return time - (rest < 0 ? rest + step : rest);
}

}  // namespace

// True if the watermark moved.
bool Admission::follow(const Event& event) {
  if (watermark_ == time_none) {
    watermark_ = event.time;
    return true;
  }
  if (event.time <= add_saturated(watermark_, options_.jump_max)) {
    leaps_ = 0;
    if (event.time <= watermark_) return false;
    watermark_ = event.time;
    return true;
  }
  const bool agreed = leaps_ > 0 && event.entity.hash != leaper_;
  leapt_ = leaps_ == 0 ? event.time : std::min(leapt_, event.time);
  leaper_ = leaps_ == 0 ? event.entity.hash : leaper_;
  ++leaps_;
  if (!agreed && leaps_ < leaps_max) return false;
  watermark_ = leapt_;
  leaps_ = 0;
  return true;
}

std::optional<BudgetControl> Admission::due_control(Time boundary) {
  const auto logged = std::ranges::find(logged_, boundary, &LoggedControl::time);
  if (logged != logged_.end() && logged->body.size() == sizeof(BudgetControl)) {
    BudgetControl control;
    std::memcpy(&control, logged->body.data(), sizeof control);
    reported_ = control.fleet;
    return control;
  }
  if (!report_) return std::nullopt;
  const BudgetControl control =
      next_control(control_, boundary - boundary_, *report_, reported_, options_.budget_per_day);
  reported_ = *report_;
  return control;
}

// False if a report must come first; then nothing has changed.
bool Admission::mark(Round& round, std::size_t before) {
  const Time now = floor_to(watermark_, tick_interval);
  if (ticked_ != time_none && now <= ticked_) return true;
  Mark mark{before, sequence_, now, std::nullopt, std::nullopt};
  if (options_.budget_per_day > 0) {
    const Time boundary = floor_to(watermark_, control_interval);
    if (!has_boundary_ || boundary > boundary_) {
      if (has_boundary_) {
        mark.control = due_control(boundary);
        if (!mark.control) {
          awaited_ = boundary_;
          return false;
        }
        control_ = *mark.control;
      }
      mark.boundary = boundary;
      boundary_ = boundary;
      has_boundary_ = true;
      awaited_.reset();
      report_.reset();
    }
  }
  ticked_ = now;
  const auto index = static_cast<std::uint32_t>(round.marks.size());
  round.marks.push_back(mark);
  for (auto& list : round.work) list.push_back(index | mark_bit);
  return true;
}

void Admission::route(Round& round, std::size_t index, const Event& event) const {
  const auto group = static_cast<std::size_t>(group_of(event.entity.hash));
  round.work[group % options_.shards].push_back(static_cast<std::uint32_t>(index));
}

std::size_t Admission::admit(Round& round, std::size_t first, bool is_training) {
  std::vector<Event>& events = round.shared->batch.events;
  round.first = round.last = first;
  for (std::size_t i = first; i < events.size(); ++i) {
    Event& event = events[i];
    const bool trains = is_training || sequence_ < options_.train_rows;
    if (!trains) {
      // Tried on a copy of the clock: an event that has to wait for a report must leave no trace.
      const auto clock = std::tuple(watermark_, leaper_, leapt_, leaps_);
      if (follow(event) && !mark(round, i)) {
        std::tie(watermark_, leaper_, leapt_, leaps_) = clock;
        break;
      }
    }
    event.sequence = sequence_++;
    event.training = trains;
    route(round, i, event);
    round.last = i + 1;
  }
  round.sequence_next = sequence_;
  return round.last;
}

void Admission::visit(StateVisitor& visitor) {
  visitor.version(1);
  visitor.cell("sequence", sequence_);
  visitor.cell("watermark", watermark_);
  visitor.cell("ticked", ticked_);
  visitor.cell("boundary", boundary_);
  visitor.cell("leaper", leaper_);
  visitor.cell("leapt", leapt_);
  visitor.cell("leaps", leaps_);
  std::uint8_t has_boundary = has_boundary_ ? 1 : 0;
  visitor.cell("has_boundary", has_boundary);
  has_boundary_ = has_boundary != 0;
  visit_sums(visitor, reported_);
  visit_control(visitor, control_);
}

}  // namespace retimu
