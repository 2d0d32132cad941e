// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/random.hpp"
#include "retimu/decision/calibration.hpp"
#include "retimu/stats/elementary.hpp"

#include <benchmark/benchmark.h>

#include <vector>

namespace retimu {
namespace {

// As many calibrations in turn as the argument says, exponential scores: 1 stays in the cache,
// 10,000 do not.
class Calibrations : public benchmark::Fixture {
 public:
  void SetUp(const benchmark::State& state) override {
    calibration_ = make_calibration();
    count_ = static_cast<std::size_t>(state.range(0));
    stride_ = (calibration_->bytes(1) + 15) / 16 * 16;
    memory_.assign(count_ * stride_ + 16, std::byte{});
    Random random(1);
    scores_.resize(4'096);
    for (double& score : scores_) score = -elementary::log(1 - random.uniform());
    for (std::size_t i = 0; i < count_; ++i) calibration_->create(at(i), 1, 0);
    for (std::size_t n = 0; n < 3'000 * count_; ++n) {
      if (n >= 3'000 && n % 3'000 >= 300) continue;  // the first one is old, the others need not be
      calibration_->learn(at(n / 3'000), scores_[n % scores_.size()]);
    }
  }
  void TearDown(const benchmark::State&) override {
    for (std::size_t i = 0; i < count_; ++i) calibration_->destroy(at(i), 1);
    memory_.clear();
  }

 protected:
  void* at(std::size_t i) {
    const auto start = reinterpret_cast<std::uintptr_t>(memory_.data());
    return reinterpret_cast<void*>((start + 15) / 16 * 16 + i * stride_);
  }
  double next_score() { return scores_[next_++ % scores_.size()]; }
  void* next_place() {
    turn_ = turn_ + 1 < count_ ? turn_ + 1 : 0;
    return at(turn_);
  }
  std::unique_ptr<Calibration> calibration_;

 private:
  std::size_t count_ = 0, stride_ = 0, turn_ = 0, next_ = 0;
  std::vector<std::byte> memory_;
  std::vector<double> scores_;
};

BENCHMARK_DEFINE_F(Calibrations, rate)(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(calibration_->rate(next_place(), next_score()));
}
BENCHMARK_REGISTER_F(Calibrations, rate)->Arg(1)->Arg(10'000);

BENCHMARK_DEFINE_F(Calibrations, rate_and_learn)(benchmark::State& state) {
  for (auto _ : state) {
    void* place = next_place();
    const double score = next_score();
    benchmark::DoNotOptimize(calibration_->rate(place, score));
    calibration_->learn(place, score);
  }
}
BENCHMARK_REGISTER_F(Calibrations, rate_and_learn)->Arg(1)->Arg(10'000);

}  // namespace
}  // namespace retimu
