// SPDX-License-Identifier: Apache-2.0
// Templates that turn an author's plain struct into a Detector: the author writes State and four
// functions.
#ifndef RETIMU_CORE_DETECTOR_OF_HPP
#define RETIMU_CORE_DETECTOR_OF_HPP

#include "retimu/core/detector.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <new>

namespace retimu {

// clang-format off
// For detectors that look at each column by itself. A: struct with
//   struct State;     plain, one a column, default-constructed
//   struct Work;      trivial, what score hands to learn
//   double score(const State&, double value, Work&) const;     NaN: abstains for this column
//          or (const State&, double value, Moment, Work&)
//          or (const State&, double value, const Peers&, Work&)
//   void learn(State&, double value, const Work&) const;
//   Range expected(const State&) const;                        the usual range
//          or (const State&, Moment)                           that of this time
//   void visit(State&, StateVisitor&) const;
// and, for a detector with evidence of its own (see Detector::evidence), which then learns always:
//   double own_threshold(double readings_a_day) const;
//   double evidence(const Work&) const;                        of a column that score spoke of
// and, if what it expects is not a range of State:
//   Reason reason(const Work&) const;                          without column and weight
// and, if it learns from anomalies, but has no such evidence:
//   static constexpr bool learns_always = true;
// and, if it learns from faults (see Detector::unlearn):
//   void unlearn(State&, Time from, Time to) const;
// and, if rows rank by it (see Detector::ranks):
//   double rank(const Work&) const;                            the same
// and, where score reads little of State:
//   static void prefetch(const State&);                        asks for those lines
// The score of the entity is the largest among its columns. State must be nothrow movable.
// clang-format on
struct Range {
  double low, high;
};

template <class A>
class ColumnDetector final : public Detector {
  using State = typename A::State;
  struct Slot {
    double score;
    typename A::Work work;
  };

 public:
  explicit ColumnDetector(A algorithm) : algorithm_(std::move(algorithm)) {}

  std::size_t bytes(std::size_t columns) const override { return columns * sizeof(State); }
  void create(void* at, std::size_t columns, std::uint64_t /*seed*/) const override {
    State* states = static_cast<State*>(at);
    for (std::size_t i = 0; i < columns; ++i) new (states + i) State();
  }
  void destroy(void* at, std::size_t columns) const override {
    std::destroy_n(static_cast<State*>(at), columns);
  }
  void grow(void* to, std::size_t columns_to, void* from, std::size_t columns_from) const override {
    State* source = static_cast<State*>(from);
    State* target = static_cast<State*>(to);
    std::uninitialized_move_n(source, columns_from, target);
    std::destroy_n(source, columns_from);
    for (std::size_t i = columns_from; i < columns_to; ++i) new (target + i) State();
  }
  void visit(void* at, std::size_t columns, StateVisitor& visitor) const override {
    // An older layout is learned anew.
    if (visitor.version(A::version) < A::version) return visitor.refuse();
    State* states = static_cast<State*>(at);
    for (std::size_t i = 0; i < columns && !visitor.failed(); ++i) {
      algorithm_.visit(states[i], visitor);
    }
  }

  std::size_t scratch_bytes(std::size_t columns) const override { return columns * sizeof(Slot); }
  std::optional<double> score(const void* state, const Observation& observation,
                              Scratch scratch) const override {
    if (!std::holds_alternative<Readings>(observation.event.payload)) return std::nullopt;
    const State* states = static_cast<const State*>(state);
    Slot* slots = reinterpret_cast<Slot*>(scratch.data());
    double best = -std::numeric_limits<double>::infinity();
    bool spoke = false;
    const std::span<const std::uint32_t> present = observation.entity.present;
    constexpr std::size_t ahead = has_prefetch ? 4 : 1;
    for (std::size_t i = 0; i < std::min(ahead, present.size()); ++i) prefetch(states[present[i]]);
    for (std::size_t i = 0; i < present.size(); ++i) {
      if (i + ahead < present.size()) prefetch(states[present[i + ahead]]);
      observation.read_ahead();
      const std::uint32_t slot = present[i];
      Slot& work = slots[slot];
      work.score = score_of(states[slot], observation, slot, work.work);
      if (std::isnan(work.score)) continue;
      spoke = true;
      best = work.score > best ? work.score : best;
    }
    return spoke ? std::optional<double>(best) : std::nullopt;
  }
  std::optional<double> evidence(const void* /*state*/, const Observation& observation,
                                 Scratch scratch) const override {
    if constexpr (has_evidence) {
      return largest(observation, scratch,
                     [this](const auto& work) { return algorithm_.evidence(work); });
    }
    return std::nullopt;
  }
  bool ranks(std::size_t /*columns*/) const override { return has_rank; }
  double rank(const void* /*state*/, const Observation& observation,
              Scratch scratch) const override {
    if constexpr (has_rank) {
      return largest(observation, scratch,
                     [this](const auto& work) { return algorithm_.rank(work); });
    }
    return 0;
  }
  double own_threshold(double readings_a_day) const override {
    if constexpr (has_evidence) return algorithm_.own_threshold(readings_a_day);
    return 0;
  }
  bool learns_always() const override {
    return has_evidence || requires { requires A::learns_always; };
  }
  bool compares_peers() const override { return has_peers; }
  void learn(void* state, const Observation& observation, Scratch scratch) const override {
    if (!std::holds_alternative<Readings>(observation.event.payload)) return;
    State* states = static_cast<State*>(state);
    const Slot* slots = reinterpret_cast<const Slot*>(scratch.data());
    for (const std::uint32_t slot : observation.entity.present) {
      observation.read_ahead();
      algorithm_.learn(states[slot], observation.entity.latest[slot], slots[slot].work);
    }
  }
  void unlearn(void* state, std::size_t columns, Time from, Time to) const override {
    if constexpr (requires(State & one) { algorithm_.unlearn(one, from, to); }) {
      State* states = static_cast<State*>(state);
      for (std::size_t i = 0; i < columns; ++i) algorithm_.unlearn(states[i], from, to);
    }
  }
  void explain(const void* state, const Observation& observation, Scratch scratch,
               std::vector<Reason>& to) const override {
    const State* states = static_cast<const State*>(state);
    const Slot* slots = reinterpret_cast<const Slot*>(scratch.data());
    const std::size_t first = to.size();
    for (const std::uint32_t slot : observation.entity.present) {
      if (std::isnan(slots[slot].score)) continue;
      to.push_back(reason_of(states[slot], observation, slot, slots[slot].work));
      to.back().column = observation.entity.columns[slot];
      to.back().weight = slots[slot].score;
    }
    keep_heaviest(to, first);
  }

 private:
  static constexpr bool has_rank = requires(const A& algorithm, const typename A::Work& work) {
    algorithm.rank(work);
  };
  static constexpr bool has_evidence = requires(const A& algorithm) {
    algorithm.own_threshold(1.0);
  };

  static constexpr bool has_peers =
      requires(const A& algorithm, const State& state, typename A::Work& work) {
    algorithm.score(state, 0.0, Peers(), work);
  };

  static constexpr bool has_prefetch = requires(const State& state) { A::prefetch(state); };

  double score_of(const State& state, const Observation& observation, std::uint32_t slot,
                  typename A::Work& work) const {
    const double value = observation.entity.latest[slot];
    const Moment moment{observation.event.time, observation.local};
    if constexpr (requires { algorithm_.score(state, value, moment, work); }) {
      return algorithm_.score(state, value, moment, work);
    } else if constexpr (has_peers) {
      const ColumnId column = observation.entity.columns[slot];
      return algorithm_.score(
          state, value, observation.peers == nullptr ? Peers() : observation.peers->of(column),
          work);
    } else {
      return algorithm_.score(state, value, work);
    }
  }
  // What is read of a large state is fetched while columns before are looked at.
  static void prefetch([[maybe_unused]] const State& state) {
    constexpr std::size_t line = 64, large = 1'024;
    if constexpr (has_prefetch) {
      A::prefetch(state);
    } else if constexpr (sizeof(State) >= large) {
      const auto* bytes = reinterpret_cast<const std::byte*>(&state);
      for (std::size_t at = 0; at < sizeof(State); at += line) __builtin_prefetch(bytes + at);
    }
  }
  // Of the columns that score spoke of.
  static double largest(const Observation& observation, Scratch scratch, const auto& of) {
    const Slot* slots = reinterpret_cast<const Slot*>(scratch.data());
    double best = 0;
    for (const std::uint32_t slot : observation.entity.present) {
      if (!std::isnan(slots[slot].score)) best = std::max(best, of(slots[slot].work));
    }
    return best;
  }
  Reason reason_of(const State& state, const Observation& observation, std::uint32_t slot,
                   const typename A::Work& work) const {
    if constexpr (requires { algorithm_.reason(work); }) {
      return algorithm_.reason(work);
    } else {
      const Range range = expected_of(state, observation);
      return {{}, observation.entity.latest[slot], range.low, range.high};
    }
  }
  Range expected_of(const State& state, const Observation& observation) const {
    const Moment moment{observation.event.time, observation.local};
    if constexpr (requires { algorithm_.expected(state, moment); }) {
      return algorithm_.expected(state, moment);
    } else {
      return algorithm_.expected(state);
    }
  }
  static void keep_heaviest(std::vector<Reason>& reasons, std::size_t first);
  A algorithm_;
};

// Sorts what was appended after `first` by weight, ties by slot order, and keeps 8.
void keep_heaviest_reasons(std::vector<Reason>& reasons, std::size_t first);

template <class A>
void ColumnDetector<A>::keep_heaviest(std::vector<Reason>& reasons, std::size_t first) {
  keep_heaviest_reasons(reasons, first);
}

}  // namespace retimu

#endif
