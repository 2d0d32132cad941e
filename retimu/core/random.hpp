// SPDX-License-Identifier: Apache-2.0
// Randomness from a seed that is part of the state: SplitMix64 (Steele, Lea and Flood 2014), 8
// bytes.
#ifndef RETIMU_CORE_RANDOM_HPP
#define RETIMU_CORE_RANDOM_HPP

#include <cstdint>

namespace retimu {

class Random {
 public:
  constexpr explicit Random(std::uint64_t seed = 0) : state_(seed) {}

  constexpr std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31U);
  }

  // In [0, 1), 53 bits.
  constexpr double uniform() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }

  // In [0, bound), bound >= 1; biased by less than bound / 2^64.
  constexpr std::uint64_t below(std::uint64_t bound) {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>((static_cast<Wide>(next()) * bound) >> 64U);
  }

  constexpr std::uint64_t& state() { return state_; }

 private:
  std::uint64_t state_;
};

}  // namespace retimu

#endif
