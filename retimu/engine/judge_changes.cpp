// SPDX-License-Identifier: Apache-2.0
// Which signals of an entity have left what they were before: each column, and how many errors are
// logged and alarms raised a minute. Evidence for what is behind an incident; it decides nothing.
#include "retimu/engine/judge.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace retimu {

namespace {

constexpr Duration window = 5 * minute;  // "of late" is this one and the one before
constexpr double hour_share = 1 / static_cast<double>(hour);  // how long "before" is
constexpr double share_most = 1.0 / 32;
constexpr double narrowest = 0.01;  // a deviation, by the level
constexpr double minute_share = 1.0 / 60;
constexpr int minutes_empty_max = 16;  // that count as without any
constexpr double told_least = 1.25;    // strangeness; and by as much beyond the last that was told
constexpr double z_least = 3;

double deviation_least(const BeforeAfter& change) { return narrowest * std::fabs(change.centre()); }
// Of a count, by Poisson's law.
double count_deviation(const BeforeAfter& counts) { return std::sqrt(1 + counts.centre()); }

std::string_view counted(Modality modality) {
  return modality == Modality::logs ? "errors logged a minute" : "alarms a minute";
}

}  // namespace

// Gives the largest strangeness.
double Judge::compare_columns(EntityParts entity, std::span<const std::uint32_t> present,
                              Duration since) {
  const std::span<BeforeAfter> changes = entity.changes();
  const std::span<const double> latest = entity.latest();
  const double share = smaller(static_cast<double>(since) * hour_share, share_most);
  double strangest = 0;
  for (const std::uint32_t slot : present) {
    BeforeAfter& change = changes[slot];
    const double least = deviation_least(change);
    strangest = larger(change.see(latest[slot], least), strangest);
    change.learn(latest[slot], share, least);
  }
  return strangest;
}

double Judge::compare_count(ModalityState& of, const Event& event) {
  const Time now = floor_to(event.time, minute);
  if (of.counted == time_none || now < of.counted) of.counted = now;
  for (int left = minutes_empty_max; of.counted < now && left > 0; --left) {
    of.counts.learn(of.count, minute_share, count_deviation(of.counts));
    of.count = 0;
    of.counted = left == 1 ? now : of.counted + minute;
  }
  const auto* line = std::get_if<LogLine>(&event.payload);
  const auto* alarm = std::get_if<Alarm>(&event.payload);
  const bool counts = line != nullptr ? line->level >= Severity::minor
                                      : alarm != nullptr && alarm->severity > Severity::cleared;
  if (!counts) return 0;
  of.count += 1;
  return of.counts.see(of.count, count_deviation(of.counts), true);
}

// `since`: the modality's event before.
void Judge::compare(EntityParts entity, const Event& event, Duration since) {
  ModalityState& of = entity.state(modality_);
  const bool is_over =
      of.window == time_none || event.time < of.window || between(of.window, event.time) >= window;
  if (is_over) {
    of.window = event.time;
    of.strangest = 0;
    of.counts.roll();
    if (modality_ == Modality::metrics) {
      for (BeforeAfter& change : entity.changes()) change.roll();
    }
  }
  const double strangest = modality_ == Modality::metrics ? compare_columns(entity, present_, since)
                                                          : compare_count(of, event);
  if (event.training || strangest < told_least * larger(1, of.strangest)) return;
  of.strangest = static_cast<float>(strangest);
  departs_ = true;
}

void Judge::depart(EntityParts entity, const Event& event) {
  if (departures_ == nullptr) return;
  struct Found {
    BeforeAfter::Lately lately;
    std::uint32_t slot = 0;
    Modality modality = Modality::metrics;
  };
  std::array<Found, signal_changes_max + 1> found;  // the strangest first; one place to spare
  std::size_t count = 0;
  const auto add = [&](const Found& one) {
    if (std::fabs(one.lately.z) < z_least) return;
    std::size_t at = count;
    for (; at > 0 && found[at - 1].lately.strangeness < one.lately.strangeness; --at) {
      found[at] = found[at - 1];
    }
    found[at] = one;
    count = std::min(count + 1, signal_changes_max);
  };
  const std::span<BeforeAfter> changes = entity.changes();
  for (std::uint32_t slot = 0; slot < changes.size(); ++slot) {
    add({changes[slot].lately(), slot, Modality::metrics});
  }
  for (const Modality modality : {Modality::logs, Modality::alarms}) {
    if (entity.has(modality)) add({entity.state(modality).counts.lately(), 0, modality});
  }
  if (count == 0) return;
  Departure& departure = departures_->add();
  departure.entity = entity.name();
  departure.time = departure.onset = event.time;
  departure.sequence = event.sequence;
  departure.strangeness = found[0].lately.strangeness;
  departure.signals.clear();
  for (const Found& one : std::span(found).first(count)) {
    SignalChange& change = departure.signals.add();
    change.unit.clear();
    change.after = one.lately.value;
    change.z = one.lately.z;
    if (one.modality == Modality::metrics) {
      const ColumnId column = entity.columns()[one.slot];
      change.subject = pipeline_.columns->name(column);
      const auto unit = pipeline_.units.find(column);
      if (unit != pipeline_.units.end()) change.unit = unit->second;
      change.before = changes[one.slot].centre();
    } else {
      change.subject = counted(one.modality);
      change.before = entity.state(one.modality).counts.centre();
    }
  }
}

}  // namespace retimu
