// SPDX-License-Identifier: Apache-2.0
// Turns an author's plain struct into a Detector of events that have no columns: log lines, alarms,
// or that something came at all.
#ifndef RETIMU_CORE_EVENT_DETECTOR_HPP
#define RETIMU_CORE_EVENT_DETECTOR_HPP

#include "retimu/core/detector.hpp"

#include <cmath>
#include <memory>
#include <new>
#include <type_traits>

namespace retimu {

// clang-format off
// A: struct with
//   struct State;     one an entity, default-constructed, nothrow movable; may hold memory
//   struct Work;      trivial, what score hands to the others
//   static constexpr std::uint32_t version;
//   double score(const State&, const Observation&, Work&) const;     NaN: abstains
//   void learn(State&, const Observation&, const Work&) const;
//   void explain(const State&, const Observation&, const Work&, std::vector<Reason>&) const;
//   void visit(State&, StateVisitor&) const;
// and, as it needs them, what Detector says of these:
//   double own_threshold(double events_a_day) const;    with
//   double evidence(const Work&) const;                 it then learns always
//   static constexpr bool is_sure = true;               of that evidence
//   double rank(const Work&) const;
//   void merge(State&, TemplateId from, TemplateId to) const;
//   void unlearn(State&, Time from, Time to) const;
//   std::optional<Time> wake_time(const State&) const;
//   void stood_still(State&, const Standstill&) const;
// Events of other modalities than the entry's never come here; a Tick only where it was asked for.
// clang-format on
template <class A>
class EventDetector final : public Detector {
  using State = typename A::State;
  using Work = typename A::Work;
  static_assert(std::is_nothrow_move_constructible_v<State>);
  static_assert(std::is_trivially_copyable_v<Work>);

 public:
  explicit EventDetector(A algorithm) : algorithm_(std::move(algorithm)) {}

  std::size_t bytes(std::size_t /*columns*/) const override { return sizeof(State); }
  void create(void* at, std::size_t /*columns*/, std::uint64_t /*seed*/) const override {
    new (at) State();
  }
  void destroy(void* at, std::size_t /*columns*/) const override {
    std::destroy_at(static_cast<State*>(at));
  }
  void grow(void* to, std::size_t /*columns_to*/, void* from,
            std::size_t columns_from) const override {
    new (to) State(std::move(*static_cast<State*>(from)));
    destroy(from, columns_from);
  }
  void visit(void* at, std::size_t /*columns*/, StateVisitor& visitor) const override {
    // An older layout is learned anew.
    if (visitor.version(A::version) < A::version) return visitor.refuse();
    algorithm_.visit(*static_cast<State*>(at), visitor);
  }

  std::size_t scratch_bytes(std::size_t /*columns*/) const override { return sizeof(Work); }
  std::optional<double> score(const void* state, const Observation& observation,
                              Scratch scratch) const override {
    const double score = algorithm_.score(*static_cast<const State*>(state), observation,
                                          *new (scratch.data()) Work());
    return std::isnan(score) ? std::nullopt : std::optional(score);
  }
  void learn(void* state, const Observation& observation, Scratch scratch) const override {
    algorithm_.learn(*static_cast<State*>(state), observation, work(scratch));
  }
  void explain(const void* state, const Observation& observation, Scratch scratch,
               std::vector<Reason>& to) const override {
    algorithm_.explain(*static_cast<const State*>(state), observation, work(scratch), to);
  }
  std::optional<double> evidence(const void* /*state*/, const Observation& /*observation*/,
                                 Scratch scratch) const override {
    if constexpr (has_evidence) return algorithm_.evidence(work(scratch));
    return std::nullopt;
  }
  double own_threshold(double events_a_day) const override {
    if constexpr (has_evidence) return algorithm_.own_threshold(events_a_day);
    return 0;
  }
  bool is_sure() const override { return has_sure_evidence; }
  bool learns_always() const override { return has_evidence; }
  bool ranks(std::size_t /*columns*/) const override { return has_rank; }
  double rank(const void* /*state*/, const Observation& /*observation*/,
              Scratch scratch) const override {
    if constexpr (has_rank) return algorithm_.rank(work(scratch));
    return 0;
  }
  void merge(void* state, TemplateId from, TemplateId to) const override {
    if constexpr (requires(State & one) { algorithm_.merge(one, from, to); }) {
      algorithm_.merge(*static_cast<State*>(state), from, to);
    }
  }
  void unlearn(void* state, std::size_t /*columns*/, Time from, Time to) const override {
    if constexpr (requires(State & one) { algorithm_.unlearn(one, from, to); }) {
      algorithm_.unlearn(*static_cast<State*>(state), from, to);
    }
  }
  void stood_still(void* state, const Standstill& still) const override {
    if constexpr (requires(State & one) { algorithm_.stood_still(one, still); }) {
      algorithm_.stood_still(*static_cast<State*>(state), still);
    }
  }
  bool wakes() const override { return has_wake; }
  std::optional<Time> wake_time(const void* state) const override {
    if constexpr (has_wake) {
      return algorithm_.wake_time(*static_cast<const State*>(state));
    }
    return std::nullopt;
  }

 private:
  static constexpr bool has_evidence = requires(const A& algorithm) {
    algorithm.own_threshold(1.0);
  };
  static constexpr bool has_sure_evidence = requires { requires A::is_sure; };
  static constexpr bool has_rank = requires(const A& algorithm, const Work& one) {
    algorithm.rank(one);
  };
  static constexpr bool has_wake = requires(const A& algorithm, const State& one) {
    algorithm.wake_time(one);
  };
  static const Work& work(Scratch scratch) {
    return *std::launder(reinterpret_cast<const Work*>(scratch.data()));
  }
  A algorithm_;
};

}  // namespace retimu

#endif
