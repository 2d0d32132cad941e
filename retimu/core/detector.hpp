// SPDX-License-Identifier: Apache-2.0
// A detector learns what is usual and rates how unusual the next event is. It knows no thresholds:
// its score is its own, only the order matters. The algorithm is one immutable object a pipeline,
// its state a place in an entity's block. Score and learn are two calls, and the engine decides
// whether to learn.
#ifndef RETIMU_CORE_DETECTOR_HPP
#define RETIMU_CORE_DETECTOR_HPP

#include "retimu/core/event.hpp"
#include "retimu/core/parameters.hpp"
#include "retimu/core/peers.hpp"
#include "retimu/core/read_ahead.hpp"
#include "retimu/core/reason.hpp"
#include "retimu/core/state.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace retimu {

// What the engine knows of an entity at one event: the aligned row that sparse sources never send
// whole. The event's values are in it already. Slots are given to columns in the order they first
// came, and never move.
struct EntityView {
  std::span<const ColumnId> columns;       // [slots]
  std::span<const double> latest;          // [slots] last finite value, NaN before the first
  std::span<const Time> updated;           // [slots] its event time, time_none before the first
  std::span<const std::uint32_t> present;  // slots with a finite value in this event, ascending
};

struct Observation {
  const Event& event;
  const EntityView& entity;
  Time local = event.time;           // by the clock of the pipeline's time zone, see Moment
  const PeerTable* peers = nullptr;  // the fleet as last told; null: not told of
  ReadAhead* ahead = nullptr;        // what is judged next; null: not known

  // To be called now and then while the entity is judged.
  void read_ahead() const {
    if (ahead != nullptr) ahead->ask_for_more();
  }
};

// Time in which nothing came to the whole pipeline, or from one source, which was told then.
struct Standstill {
  Time from = 0, to = 0;
  bool was_told = false;
};

// A detector's own place, kept from score to learn of the same event, so that work is done once.
// Aligned to 16.
using Scratch = std::span<std::byte>;

struct Detector : Stateful {
  // Never less for more columns: one scratch serves all entities.
  virtual std::size_t scratch_bytes(std::size_t /*columns*/) const { return 0; }
  // None: abstains (foreign payload, nothing finite in it, still learning). Larger is stranger;
  // never NaN; +inf allowed.
  virtual std::optional<double> score(const void* state, const Observation&, Scratch) const = 0;
  // The same score, where another detector of the same state has just scored the event with the
  // same scratch: what they have in common is not done again, and this one is not asked to learn.
  virtual std::optional<double> read(const void* state, const Observation& observation,
                                     Scratch scratch) const {
    return score(state, observation, scratch);
  }
  // It ranks rows of so many columns by a number that means the same for ever, as p gets used to
  // what lasts. The first such detector of a pipeline ranks; p does while it abstains, and while it
  // is warming all rows are alike.
  virtual bool ranks(std::size_t /*columns*/) const { return false; }
  // That number, >= 0. Called after score of the same event, where that did not abstain; so is
  // evidence.
  virtual double rank(const void* /*state*/, const Observation&, Scratch) const { return 0; }
  // A detector may judge by evidence of its own, in decades: then this, and not its calibrated
  // score, decides on alerts. None: the calibrated score decides.
  virtual std::optional<double> evidence(const void* /*state*/, const Observation&, Scratch) const {
    return std::nullopt;
  }
  // Evidence that raises an alert of an entity that sends so many readings a day, over all columns;
  // 0: it has none of its own.
  virtual double own_threshold(double /*readings_a_day*/) const { return 0; }
  // Its own evidence that reaches its threshold stands for itself: it counts while the entity is
  // warming and whatever threshold a person stated, is not held back in the quiet time after an
  // episode, and is told of an episode that is open already.
  virtual bool is_sure() const { return false; }
  // Some of its states have a wake_time().
  virtual bool wakes() const { return false; }
  // When it wants to be asked though no event comes: then it scores and learns an event that is a
  // Tick of that time, and no other; none: never. As it is known now, by what was learned.
  virtual std::optional<Time> wake_time(const void* /*state*/) const { return std::nullopt; }
  // The source stood still, not the entity. What waits for the entity's silence waits longer;
  // wake_time() may then be later.
  virtual void stood_still(void* /*state*/, const Standstill& /*still*/) const {}
  // It looks at Observation::peers.
  virtual bool compares_peers() const { return false; }
  // It learns from anomalies, too: what is new is told once and then known.
  virtual bool learns_always() const { return false; }
  // What happened in [from, to] was a fault, as a person confirms: what was learned from it is
  // unlearned, so that it is told again when it comes again. Cold; does nothing where faults are
  // not learned.
  virtual void unlearn(void* /*state*/, std::size_t /*columns*/, Time /*from*/, Time /*to*/) const {
  }
  // Two templates turned out to be one: what is known of `from` is of `to` from now on.
  virtual void merge(void* /*state*/, TemplateId /*from*/, TemplateId /*to*/) const {}
  // Called after score of the same event with the same scratch, or not at all.
  virtual void learn(void* state, const Observation&, Scratch) const = 0;
  // Appends at most 8 reasons, most important first; called after score and before learn. Cold:
  // only for alerts.
  virtual void explain(const void* state, const Observation&, Scratch,
                       std::vector<Reason>& to) const = 0;
};

// What a catalogue entry must flag: events of one entity that are usual, then one that is not.
struct SpecimenWriter : Interface {
  virtual void usual(const Payload& payload) = 0;    // copied; times advance by one second an event
  virtual void anomaly(const Payload& payload) = 0;  // once, last; a Tick: nothing comes any more
  virtual ColumnId column(std::string_view name) = 0;
  // What the fleet reads of a column from the next event on, the entity's own included.
  virtual void fleet(ColumnId /*column*/, std::span<const double> /*readings*/) {}
};

struct DetectorEntry {
  std::string_view name;     // file, configuration key and metric label
  std::string_view summary;  // one line
  Modality modality = Modality::metrics;
  // It judges metrics, logs and alarms, each with a state of its own.
  bool is_of_each_modality = false;
  std::span<const Parameter> parameters;
  // The detector whose state and scratch it has, alone or beside it: an entity holds one state and
  // learns each row once. Empty: its own.
  std::string_view state_of = {};
  // Part of a pipeline that names no detectors, by its profile.
  bool in_auto = false, in_light = false;
  // In `auto` without a budget it judges entities of so many columns or more.
  std::size_t auto_columns_min = 1;
  Result<std::unique_ptr<Detector>> (*make)(const ParameterValues& values, std::uint64_t seed);
  void (*specimen)(SpecimenWriter& to);
};

}  // namespace retimu

#endif
