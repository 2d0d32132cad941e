// SPDX-License-Identifier: Apache-2.0
// One 64-bit hash, part of the stored formats: the group of an entity, the id of an alert, seeds
// and checksums depend on it, so it must never change. Not for adversarial keys of unbounded
// tables.
#ifndef RETIMU_CORE_HASH_HPP
#define RETIMU_CORE_HASH_HPP

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace retimu {

// Two rounds of multiply-and-fold over 128 bits: every bit of `value` reaches every bit of the
// result.
constexpr std::uint64_t mix(std::uint64_t seed, std::uint64_t value) {
  __extension__ using Wide = unsigned __int128;
  const Wide product =
      static_cast<Wide>(seed ^ 0x9E3779B97F4A7C15ULL) * (value ^ 0xD1B54A32D192ED03ULL);
  const std::uint64_t folded =
      static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
  const Wide again = static_cast<Wide>(folded ^ seed) * 0xFF51AFD7ED558CCDULL;
  return static_cast<std::uint64_t>(again) ^ static_cast<std::uint64_t>(again >> 64U) ^ value;
}

inline std::uint64_t mix(std::uint64_t seed, double value) {
  return mix(seed, std::bit_cast<std::uint64_t>(value));
}

// Of any bytes; little-endian, eight at a time. About 1 ns per 8 bytes.
inline std::uint64_t hash(std::string_view bytes, std::uint64_t seed = 0) {
  std::uint64_t state = mix(seed, static_cast<std::uint64_t>(bytes.size()));
  const char* at = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 8; left -= 8, at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, 8);
    state = mix(state, word);
  }
  if (left > 0) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, left);
    state = mix(state, word);
  }
  return state;
}

}  // namespace retimu

#endif
