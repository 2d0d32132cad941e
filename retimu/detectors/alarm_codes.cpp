// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/alarm_codes.hpp"

#include "retimu/stats/elementary.hpp"
#include "retimu/text/visit_list.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

namespace retimu {

namespace {

using Code = AlarmCodes::Code;
using Minutes = AlarmCodes::Minutes;
using State = AlarmCodes::State;
using Work = AlarmCodes::Work;

constexpr Duration wait_first = 10 * minute, wait_most = hour;
constexpr Duration codes_fade = 30 * day, rate_fades = day;
constexpr double rate_minutes = static_cast<double>(rate_fades) / static_cast<double>(minute);
// A code that came so often, faded, is of this rarity or less: new, 1, 2 to 3, 4 to 7.
constexpr std::array<double, AlarmCodes::rarities> counts_of_rarity = {7.5, 3.5, 1.75, 0.5};

double fade(Duration passed, Duration over) {
  return elementary::exp(-static_cast<double>(passed) / static_cast<double>(over));
}

std::int64_t minute_of(Time time) { return floor_to(time, minute) / minute; }

// As they are in the minute of `now`, with one alarm more.
Minutes with_one(const Minutes& before, Time now) {
  Minutes after = before;
  const std::int64_t index = minute_of(now);
  if (before.index != index) {
    const std::int64_t passed = before.index == INT64_MIN ? 0 : index - before.index;
    after.faded += after.count / rate_minutes;
    if (passed > 0) after.faded *= elementary::exp(-static_cast<double>(passed) / rate_minutes);
    after.index = index;
    after.count = 0;
  }
  after.count += 1;
  return after;
}

// Alarms a minute, by the share of the time over which it fades that was watched.
double usual_rate(const Minutes& minutes, double watched) {
  return std::max(minutes.faded, 1 / rate_minutes) / watched;
}

double watched_share(const State& state, Time now) {
  const double share = 1 - fade(between(state.begun, now), rate_fades);
  return std::max(share, 1 / rate_minutes);
}

// Half the deviance of a Poisson count, nats; 0 where there are fewer than usual.
double deviance(double count, double usual) {
  if (count <= usual) return 0;
  return count * elementary::log(count / usual) - (count - usual);
}

std::uint8_t rarity_of(double count) {
  std::uint8_t level = 0;
  for (const double most : counts_of_rarity) {
    if (count < most) ++level;
  }
  return level;
}

// 1 from one nat on, 2 from two, 3 from four ...
std::uint8_t burst_of(double deviance) {
  std::uint8_t level = 0;
  for (double least = 1; level < AlarmCodes::bursts && deviance >= least; least *= 2) ++level;
  return level;
}

bool is_folded(const Code& code, const Alarm& alarm, Time now) {
  return code.told != time_none && between(code.told, now) < code.wait &&
         static_cast<std::uint8_t>(alarm.severity) <= code.severity;
}

void find_burst(const State& state, const Minutes& own, Time now, Work& work) {
  const double watched = watched_share(state, now);
  for (const bool is_of_all : {false, true}) {
    const Minutes after = with_one(is_of_all ? state.minutes : own, now);
    const double usual = usual_rate(after, watched);
    const double found = deviance(after.count, usual);
    if (!is_of_all) work.own_deviance = found;
    if (is_of_all && found <= work.deviance) continue;
    work.is_burst_of_all = is_of_all;
    work.deviance = found;
    work.count = after.count;
    work.usual = usual;
  }
  work.burst = burst_of(work.deviance);
  if (!state.burst.is_same(work.burst, now)) {
    work.burst_minutes = state.burst.minutes(work.burst, state.begun, now);
  }
}

void forget_half(State& state) {
  std::ranges::sort(state.codes, std::ranges::greater(), &Code::last);
  state.codes.resize(AlarmCodes::codes_max / 2);
  state.places.clear();
  for (std::uint32_t i = 0; i < state.codes.size(); ++i) state.places.set(state.codes[i].key, i);
}

void tell(Code& code, const Alarm& alarm, Time now) {
  const Duration past = code.told == time_none ? 0 : between(code.told, now);
  const bool is_anew = code.wait == 0 || past > 2 * code.wait;
  code.wait = is_anew ? wait_first : std::min(2 * code.wait, wait_most);
  code.told = now;
  code.severity = static_cast<std::uint8_t>(alarm.severity);
}

void visit(StateVisitor& visitor, AlarmCodes::Faded& faded, bool& is_valid) {
  visitor.cell("value", faded.value);
  visitor.cell("time", faded.time);
  is_valid = is_valid && std::isfinite(faded.value) && faded.value >= 0;
}

void visit(StateVisitor& visitor, Minutes& minutes, bool& is_valid) {
  visitor.cell("minute", minutes.index);
  visitor.cell("count", minutes.count);
  visitor.cell("faded", minutes.faded);
  const bool is_index = minutes.index == INT64_MIN || (minutes.index >= INT64_MIN / minute &&
                                                       minutes.index <= INT64_MAX / minute);
  is_valid = is_valid && is_index && std::isfinite(minutes.count) && minutes.count >= 0 &&
             std::isfinite(minutes.faded) && minutes.faded >= 0;
}

}  // namespace

double AlarmCodes::Faded::at(Time now, Duration over) const {
  return time == time_none ? 0 : value * fade(between(time, now), over);
}

void AlarmCodes::Faded::add(double count, Time now, Duration over) {
  value = at(now, over) + count;
  time = now;
}

void AlarmCodes::look(const State& state, const Observation& observation, Work& work) {
  const auto* alarm = std::get_if<Alarm>(&observation.event.payload);
  if (alarm == nullptr || alarm->severity == Severity::cleared) return;
  static constexpr Code unknown;
  const Time now = observation.event.time;
  work.is_alarm = true;
  work.severity = static_cast<std::uint8_t>(alarm->severity);
  work.place = state.places.find(hash(alarm->code));
  const Code& code = work.place == FlatMap::none ? unknown : state.codes[work.place];
  work.is_folded = is_folded(code, *alarm, now);
  work.before = code.unfolded.at(now, codes_fade);
  work.rareness =
      elementary::log((state.all.at(now, codes_fade) + 1) / (code.alarms.at(now, codes_fade) + 1));
  work.rarity = rarity_of(work.before);
  if (state.begun == time_none) return;
  if (!work.is_folded) work.rare_minutes = state.rare.minutes(work.rarity, state.begun, now);
  find_burst(state, code.minutes, now, work);
}

void AlarmCodes::learn(State& state, const Observation& observation, const Work& work) {
  if (!work.is_alarm) return;
  const auto& alarm = std::get<Alarm>(observation.event.payload);
  const Time now = observation.event.time;
  if (state.begun == time_none) state.begun = now;
  std::uint32_t place = work.place;
  if (place == FlatMap::none) {
    if (state.codes.size() >= codes_max) forget_half(state);
    place = static_cast<std::uint32_t>(state.codes.size());
    state.codes.emplace_back().key = hash(alarm.code);
    state.places.set(state.codes.back().key, place);
  }
  Code& code = state.codes[place];
  code.last = ++state.alarms;
  code.alarms.add(1, now, codes_fade);
  state.all.add(1, now, codes_fade);
  if (!work.is_folded) {
    code.unfolded.add(1, now, codes_fade);
    tell(code, alarm, now);
    state.rare.add(work.rarity, state.begun, now);
  }
  code.minutes = with_one(code.minutes, now);
  state.minutes = with_one(state.minutes, now);
  state.burst.add(work.burst, state.begun, now);
}

void AlarmCodes::visit(State& state, StateVisitor& visitor) {
  bool is_valid = true;
  visitor.cell("alarms", state.alarms);
  visitor.cell("begun", state.begun);
  retimu::visit(visitor, state.all, is_valid);
  retimu::visit(visitor, state.minutes, is_valid);
  is_valid = state.rare.visit(visitor) && is_valid;
  is_valid = state.burst.visit(visitor) && is_valid;
  visit_list(visitor, "codes", state.codes, codes_max, [&](Code& code) {
    visitor.cell("key", code.key);
    visitor.cell("last", code.last);
    retimu::visit(visitor, code.alarms, is_valid);
    retimu::visit(visitor, code.unfolded, is_valid);
    retimu::visit(visitor, code.minutes, is_valid);
    visitor.cell("told", code.told);
    visitor.cell("wait", code.wait);
    visitor.cell("severity", code.severity);
    is_valid = is_valid && code.last <= state.alarms && code.wait >= 0 && code.wait <= wait_most;
  });
  state.places.clear();
  for (std::uint32_t i = 0; i < state.codes.size(); ++i) state.places.set(state.codes[i].key, i);
  if (!is_valid || state.places.size() != state.codes.size()) visitor.refuse();
}

}  // namespace retimu
