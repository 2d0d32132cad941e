// SPDX-License-Identifier: Apache-2.0
// Seeded noise with the same bits on every x86-64 machine.
#ifndef RETIMU_SIMULATOR_NOISE_HPP
#define RETIMU_SIMULATOR_NOISE_HPP

#include "retimu/core/random.hpp"
#include "retimu/stats/elementary.hpp"

#include <cmath>

namespace retimu {

class Noise {
 public:
  explicit Noise(std::uint64_t seed) : random_(seed) {}

  double uniform() { return random_.uniform(); }
  double uniform(double low, double high) { return low + (high - low) * random_.uniform(); }
  std::uint64_t below(std::uint64_t bound) { return random_.below(bound); }

  // Mean 0, standard deviation 1: Marsaglia's polar method, two values a turn.
  double normal() {
    if (has_spare_) {
      has_spare_ = false;
      return spare_;
    }
    double u = 0, v = 0, square = 0;
    do {
      u = uniform(-1, 1);
      v = uniform(-1, 1);
      square = u * u + v * v;
    } while (square >= 1 || square == 0);
    const double factor = std::sqrt(-2 * elementary::log(square) / square);
    spare_ = v * factor;
    has_spare_ = true;
    return u * factor;
  }

  // Mean 1, above 0.
  double exponential() { return -elementary::log(1 - uniform()); }

 private:
  Random random_;
  double spare_ = 0;
  bool has_spare_ = false;
};

// First-order autoregression: stationary, mean 0. Times in the same unit, both above 0.
class AutoRegression {
 public:
  AutoRegression(double deviation, double step, double memory, Noise& noise)
      : keep_(elementary::exp(-step / memory)),
        add_(deviation * std::sqrt(1 - keep_ * keep_)),
        value_(deviation * noise.normal()) {}

  double next(Noise& noise) {
    value_ = keep_ * value_ + add_ * noise.normal();
    return value_;
  }

 private:
  double keep_, add_, value_;
};

// A cosine in all but name: period 1, +1 at whole numbers, -1 half-way, smooth.
inline double wave(double phase) {
  const double from_peak = std::abs(phase - std::floor(phase + 0.5));
  const double triangle = 1 - 4 * from_peak;
  return triangle * (1.5 - 0.5 * triangle * triangle);
}

}  // namespace retimu

#endif
