// SPDX-License-Identifier: Apache-2.0
// A detector that adds up its explanations over stretches of rows, and is otherwise the one that it
// wraps.
#ifndef RETIMU_EVALUATION_EXPLAINED_HPP
#define RETIMU_EVALUATION_EXPLAINED_HPP

#include "retimu/core/detector.hpp"
#include "retimu/evaluation/series.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace retimu {

// Of an event that isn't for training, the offset of its position is its row. Each row is scored
// once, by one thread. `add` is told the span and what a column weighs in a row of it.
class Explained final : public Detector {
 public:
  using Add = std::function<void(std::size_t span, const Reason&)>;
  Explained(std::unique_ptr<Detector> of, std::vector<Span> spans, Add add)
      : of_(std::move(of)), spans_(std::move(spans)), add_(std::move(add)) {}

  std::size_t bytes(std::size_t columns) const override { return of_->bytes(columns); }
  void create(void* at, std::size_t columns, std::uint64_t seed) const override {
    of_->create(at, columns, seed);
  }
  void destroy(void* at, std::size_t columns) const override { of_->destroy(at, columns); }
  void grow(void* to, std::size_t columns_to, void* from, std::size_t columns_from) const override {
    of_->grow(to, columns_to, from, columns_from);
  }
  void visit(void* at, std::size_t columns, StateVisitor& visitor) const override {
    of_->visit(at, columns, visitor);
  }
  std::size_t scratch_bytes(std::size_t columns) const override {
    return of_->scratch_bytes(columns);
  }
  std::optional<double> score(const void* state, const Observation&, Scratch) const override;
  std::optional<double> read(const void* state, const Observation&, Scratch) const override;
  bool ranks(std::size_t columns) const override { return of_->ranks(columns); }
  double rank(const void* state, const Observation& seen, Scratch scratch) const override {
    return of_->rank(state, seen, scratch);
  }
  std::optional<double> evidence(const void* state, const Observation& seen,
                                 Scratch scratch) const override {
    return of_->evidence(state, seen, scratch);
  }
  double own_threshold(double readings_a_day) const override {
    return of_->own_threshold(readings_a_day);
  }
  bool learns_always() const override { return of_->learns_always(); }
  void unlearn(void* state, std::size_t columns, Time from, Time to) const override {
    of_->unlearn(state, columns, from, to);
  }
  void learn(void* state, const Observation& seen, Scratch scratch) const override {
    of_->learn(state, seen, scratch);
  }
  void explain(const void* state, const Observation& seen, Scratch scratch,
               std::vector<Reason>& to) const override {
    of_->explain(state, seen, scratch, to);
  }

 private:
  void add_up(const void* state, const Observation& seen, Scratch scratch) const;

  std::unique_ptr<Detector> of_;
  std::vector<Span> spans_;
  Add add_;
};

}  // namespace retimu

#endif
