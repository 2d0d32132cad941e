// SPDX-License-Identifier: Apache-2.0
// A histogram of durations from 1 us to 70 s with bins 9 % wide: 208 counters, one writer.
#ifndef RETIMU_ENGINE_LATENCY_HPP
#define RETIMU_ENGINE_LATENCY_HPP

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

namespace retimu {

class Latency {
 public:
  void add(std::int64_t nanoseconds, std::uint64_t count) {
    counts_[bin(nanoseconds)] += count;
    total_ += count;
  }
  void add(const Latency& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    total_ += other.total_;
  }
  // Upper edge in nanoseconds of the bin in which the quantile lies; 0 without samples.
  std::int64_t quantile(double share) const {
    const auto rank = static_cast<std::uint64_t>(share * static_cast<double>(total_));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      seen += counts_[i];
      if (seen > rank) return upper(i);
    }
    return total_ == 0 ? 0 : upper(counts_.size() - 1);
  }
  std::uint64_t count() const { return total_; }

 private:
  static constexpr unsigned octaves_first = 10;  // 1.024 us
  static std::size_t bin(std::int64_t nanoseconds) {
    const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(nanoseconds, 1024));
    const auto octave = static_cast<unsigned>(std::bit_width(value)) - 1;
    const std::uint64_t part = (value >> (octave - 3)) & 7U;
    return std::min<std::size_t>((octave - octaves_first) * 8 + part, 207);
  }
  static std::int64_t upper(std::size_t index) {
    const std::size_t octave = index / 8 + octaves_first;
    return static_cast<std::int64_t>((8 + index % 8 + 1) << (octave - 3));
  }
  std::array<std::uint64_t, 208> counts_{};
  std::uint64_t total_ = 0;
};

}  // namespace retimu

#endif
