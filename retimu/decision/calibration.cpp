// SPDX-License-Identifier: Apache-2.0
#include "retimu/decision/calibration.hpp"

#include "retimu/decision/score_sketch.hpp"

#include <algorithm>
#include <limits>
#include <new>

namespace retimu {

namespace {

class RankAndTail final : public Calibration {
 public:
  explicit RankAndTail(CalibrationOptions options)
      : memory_(std::clamp(options.memory, 100.0, 1e6)) {}

  std::size_t bytes(std::size_t /*columns*/) const override { return sizeof(ScoreSketch); }
  void create(void* at, std::size_t /*columns*/, std::uint64_t /*seed*/) const override {
    new (at) ScoreSketch();
  }
  void destroy(void* at, std::size_t /*columns*/) const override {
    std::destroy_at(static_cast<ScoreSketch*>(at));
  }
  void grow(void* to, std::size_t /*columns_to*/, void* from,
            std::size_t /*columns_from*/) const override {
    ScoreSketch* old = static_cast<ScoreSketch*>(from);
    new (to) ScoreSketch(*old);
    std::destroy_at(old);
  }
  void visit(void* at, std::size_t /*columns*/, StateVisitor& visitor) const override {
    static_cast<ScoreSketch*>(at)->visit(visitor);
  }

  Rating rate(const void* state, double score) const override {
    // Infinities differ from every finite score by order only.
    constexpr double largest = std::numeric_limits<double>::max();
    const ScoreSketch& sketch = *static_cast<const ScoreSketch*>(state);
    return {sketch.log10_p(std::clamp(score, -largest, largest)), sketch.total()};
  }
  void learn(void* state, double score) const override {
    static_cast<ScoreSketch*>(state)->learn(score, memory_);
  }

 private:
  double memory_;
};

}  // namespace

std::unique_ptr<Calibration> make_calibration(CalibrationOptions options) {
  return std::make_unique<RankAndTail>(options);
}

}  // namespace retimu
