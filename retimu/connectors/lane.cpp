// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/lane.hpp"

namespace retimu {

bool Lane::is_rejected_next() const {
  return next_rejected_ < ahead_.rejected.size() &&
         ahead_.rejected[next_rejected_].before <= next_event_;
}

bool Lane::has_next(bool keep_origins) {
  while (!has_event() && !is_rejected_next() && !is_ended_) {
    ahead_.clear();
    ahead_.keep_origins = keep_origins;
    next_event_ = next_rejected_ = 0;
    is_ended_ = !file_->read(ahead_, ahead_records_);
  }
  return has_event() || is_rejected_next();
}

Time Lane::time() const { return is_rejected_next() ? time_none : ahead_.events[next_event_].time; }

void Lane::pass(Batch& into) {
  if (is_rejected_next()) {
    Rejected one = ahead_.rejected[next_rejected_++];
    one.before = into.events.size();
    one.time_text = into.arena.copy(one.time_text);
    one.reason = into.arena.copy(one.reason);
    one.text = into.arena.copy(one.text);
    into.rejected.push_back(one);
    return;
  }
  const Event& event = ahead_.events[next_event_];
  if (const auto* line = std::get_if<LogLine>(&event.payload)) {
    append_event(into, event.entity.text, event.time, event.position, line->level, line->text);
  } else if (const auto* alarm = std::get_if<Alarm>(&event.payload)) {
    append_event(into, event.entity.text, event.time, event.position, alarm->severity, alarm->code,
                 alarm->text);
  } else {
    const Readings& readings = std::get<Readings>(event.payload);
    append_event(into, event.entity.text, event.time, event.position, readings.columns,
                 readings.values);
  }
  if (into.keep_origins) {
    Origin origin = ahead_.origins[next_event_];
    origin.time_text = into.arena.copy(origin.time_text);
    into.origins.push_back(origin);
  }
  ++next_event_;
}

bool Lane::read(Batch& into, std::size_t count_max) {
  if (!has_event() && !is_rejected_next()) return file_->read(into, count_max);
  for (std::size_t i = 0; i < count_max && (has_event() || is_rejected_next()); ++i) pass(into);
  return true;
}

Position Lane::position() const {
  if (is_rejected_next()) return ahead_.rejected[next_rejected_].position;
  return has_event() ? ahead_.events[next_event_].position : file_->position();
}

Result<void> Lane::seek(std::uint64_t offset) {
  ahead_.clear();
  next_event_ = next_rejected_ = 0;
  is_ended_ = false;
  return file_->seek(offset);
}

}  // namespace retimu
