// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/admission.hpp"

#include "retimu/decision/budget.hpp"
#include "retimu/engine/lateness.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace retimu {

namespace {

// A leap of a lone entity is believed after so many records in a row that all lie beyond it.
constexpr std::uint32_t leaps_max = 16;

}  // namespace

// True if the watermark moved. It is confirmed once a second entity came near it; until then it may
// be that the first clock was wrong, and not those behind it.
bool Admission::follow(const Event& event) {
  if (std::holds_alternative<Tick>(event.payload)) {  // the source's: by so much time goes on
    if (clock_.watermark == time_none) return false;
    clock_.watermark = add_saturated(clock_.watermark, event.time);
    return true;
  }
  if (clock_.watermark == time_none) {
    clock_.watermark = event.time;
    clock_.holder = event.entity.hash;
    return true;
  }
  const bool is_ahead = event.time > add_saturated(clock_.watermark, options_.jump_max);
  const bool is_behind =
      !clock_.is_confirmed && event.time < add_saturated(clock_.watermark, -options_.jump_max);
  if (!is_ahead && !is_behind) {
    clock_.leaps = 0;
    clock_.is_confirmed = clock_.is_confirmed || event.entity.hash != clock_.holder;
    if (event.time <= clock_.watermark) return false;
    clock_.watermark = event.time;
    return true;
  }
  if (clock_.leaps > 0 && (clock_.leapt > clock_.watermark) != is_ahead) clock_.leaps = 0;
  if (clock_.leaps == 0) {
    clock_.leapt = event.time;
    clock_.leaper = event.entity.hash;
  }
  clock_.leapt = is_ahead ? std::min(clock_.leapt, event.time) : std::max(clock_.leapt, event.time);
  const bool is_agreed = event.entity.hash != clock_.leaper;
  if (++clock_.leaps < leaps_max && !is_agreed) return false;
  clock_.watermark = clock_.leapt;
  clock_.holder = clock_.leaper;
  clock_.is_confirmed = is_agreed;
  clock_.leaps = 0;
  if (is_behind) forget_marks();
  return true;
}

// The clock was set back: ticks and boundaries begin anew.
void Admission::forget_marks() {
  ticked_ = time_none;
  has_boundary_ = false;
  awaited_.reset();
  report_.reset();
  ++era_;
}

// By an earlier process before the event in hand.
const LoggedControl* Admission::logged(Control::Kind kind) const {
  auto at = std::ranges::lower_bound(logged_, sequence_, {}, &LoggedControl::sequence);
  for (; at != logged_.end() && at->sequence == sequence_; ++at) {
    if (at->kind == kind) return &*at;
  }
  return nullptr;
}

const LoggedControl* Admission::logged_request() const {
  auto at = std::ranges::lower_bound(logged_, sequence_, {}, &LoggedControl::sequence);
  for (; at != logged_.end() && at->sequence == sequence_; ++at) {
    if (at->kind != Control::Kind::budget) return &*at;
  }
  return nullptr;
}

// What comes next is judged by the clock on the wall: it waits for no other request.
void Admission::ask(Request request) {
  const bool is_wall = request.kind == Control::Kind::wall;
  requests_.insert(is_wall ? requests_.begin() : requests_.end(), std::move(request));
}

std::optional<Request> Admission::due_request() {
  if (const LoggedControl* known = logged_request()) return Request{{}, known->kind, known->body};
  if (requests_.empty()) return std::nullopt;
  Request request = std::move(requests_.front());
  requests_.pop_front();
  return request;
}

std::optional<BudgetControl> Admission::due_control(Time boundary) {
  const LoggedControl* known = logged(Control::Kind::budget);
  if (known != nullptr && known->time == boundary && known->body.size() == sizeof(BudgetControl)) {
    BudgetControl control;
    std::memcpy(&control, known->body.data(), sizeof control);
    reported_ = control.fleet;
    return control;
  }
  if (!report_) return std::nullopt;
  const BudgetControl control = next_control(control_, between(boundary_, boundary), *report_,
                                             reported_, options_.budget_per_day);
  reported_ = *report_;
  return control;
}

// False if a report must come first; then nothing has changed. `is_quiet`: time went on though
// nothing came.
bool Admission::mark(Round& round, std::size_t before, bool is_quiet) {
  const Time now = floor_to(clock_.watermark, tick_interval);
  if (ticked_ != time_none && now <= ticked_) return true;
  Mark mark;
  mark.before = before;
  mark.sequence = sequence_;
  mark.time = now;
  mark.is_tick = true;
  if (options_.budget_per_day > 0) {
    const Time boundary = floor_to(clock_.watermark, control_interval);
    if (!has_boundary_ || boundary > boundary_) {
      if (has_boundary_) {
        mark.control = due_control(boundary);
        if (!mark.control) {
          awaited_ = Boundary{era_, boundary_};
          return false;
        }
        control_ = *mark.control;
      }
      mark.boundary = Boundary{era_, boundary};
      boundary_ = boundary;
      has_boundary_ = true;
      awaited_.reset();
      report_.reset();
    }
  }
  mark.request = due_request();
  ticked_ = now;
  mark.merges = log_encoder_.learn();
  mark.sources = sources_.look(now, is_quiet);
  if (options_.compares_peers) mark.peers = fleet_readings_.tell(now);
  push(round, std::move(mark));
  return true;
}

// Before anything came there is no clock; what the pipeline says of itself need not wait for one.
void Admission::mark_without_clock(Round& round, std::size_t before) {
  const bool is_logged = logged_request() != nullptr;
  if (!is_logged && requests_.empty()) return;
  const bool is_of_the_pipeline = is_logged || requests_.front().kind == Control::Kind::health ||
                                  requests_.front().kind == Control::Kind::wall;
  if (!is_of_the_pipeline) return;
  Mark mark;
  mark.before = before;
  mark.sequence = sequence_;
  mark.time = ticked_;
  mark.request = due_request();
  push(round, std::move(mark));
}

void Admission::push(Round& round, Mark mark) const {
  const auto index = static_cast<std::uint32_t>(round.marks.size());
  round.marks.push_back(std::move(mark));
  for (auto& list : round.work) list.push_back(index | mark_bit);
}

// Templates are learned at ticks. Training has none: there a second of the events themselves does.
void Admission::encode(Round& round, std::size_t index, Event& event) {
  auto* line = std::get_if<LogLine>(&event.payload);
  if (line == nullptr || !options_.encodes_logs) return;
  const Time now = event.training ? floor_to(event.time, tick_interval) : time_none;
  if (log_encoder_.is_full() || now != taught_) {
    taught_ = now;
    Mark mark;
    mark.before = index;
    mark.sequence = sequence_;
    mark.time = ticked_;
    mark.merges = log_encoder_.learn();
    if (!mark.merges.empty()) push(round, std::move(mark));
  }
  log_encoder_.encode(*line, round.shared->batch.arena);
}

// A source that sends again is told of before what it sends.
void Admission::watch(Round& round, std::size_t index, const Event& event) {
  std::optional<SourceChange> change = sources_.come(event, clock_.watermark);
  if (!change) return;
  Mark mark;
  mark.before = index;
  mark.sequence = sequence_;
  mark.time = ticked_;
  mark.sources.push_back(std::move(*change));
  push(round, std::move(mark));
}

// The fleet's readings are told at ticks, and in training at those of the events' own time.
void Admission::take(Round& round, std::size_t index, const Event& event) {
  if (!options_.compares_peers) return;
  if (event.training) {
    Mark mark;
    mark.before = index;
    mark.sequence = sequence_;
    mark.time = ticked_;
    mark.peers = fleet_readings_.tell(event.time);
    if (mark.peers != nullptr) push(round, std::move(mark));
  }
  fleet_readings_.take(event, event.training ? event.time : clock_.watermark);
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
      const Clock clock = clock_;
      if (follow(event) && !mark(round, i, std::holds_alternative<Tick>(event.payload))) {
        clock_ = clock;
        break;
      }
    }
    event.training = trains;
    if (std::holds_alternative<Tick>(event.payload)) {
      if (!trains && clock_.watermark == time_none) mark_without_clock(round, i);
      event.sequence = sequence_++;
      round.last = i + 1;
      continue;
    }
    if (!trains) watch(round, i, event);
    encode(round, i, event);
    take(round, i, event);
    event.sequence = sequence_++;
    route(round, i, event);
    round.last = i + 1;
  }
  round.sequence_next = sequence_;
  return round.last;
}

void Admission::visit_fleet(StateVisitor& visitor) {
  log_encoder_.visit(visitor);
  fleet_readings_.visit(visitor);
}

Result<void> Admission::load_fleet(Bytes from) {
  StateReader reader(from);
  log_encoder_.visit(reader);
  // Nothing behind it: written before readings were kept.
  if (!reader.finished()) fleet_readings_.visit(reader);
  if (!options_.compares_peers) fleet_readings_ = FleetReadings(options_.fleet);
  if (reader.finished()) return {};
  return failure(Fault::corrupt,
                 "the stored templates of log lines and readings of the fleet are damaged; restore "
                 "data_dir from a backup or start with an empty one");
}

void Admission::visit(StateVisitor& visitor) {
  const std::uint32_t version = visitor.version(5);
  visitor.cell("sequence", sequence_);
  visitor.cell("watermark", clock_.watermark);
  visitor.cell("ticked", ticked_);
  visitor.cell("boundary", boundary_);
  visitor.cell("holder", clock_.holder);
  visitor.cell("leaper", clock_.leaper);
  visitor.cell("leapt", clock_.leapt);
  visitor.cell("leaps", clock_.leaps);
  std::array<std::uint8_t, 2> flags{has_boundary_, clock_.is_confirmed};
  visitor.cells("flags", std::span<std::uint8_t>(flags));
  has_boundary_ = flags[0] != 0;
  clock_.is_confirmed = flags[1] != 0;
  visit_sums(visitor, reported_);
  visit_control(visitor, control_);
  if (version >= 3) visitor.cell("taught", taught_);
  if (version >= 4) sources_.visit(visitor);
  if (version >= 5) visitor.cell("era", era_);
}

}  // namespace retimu
