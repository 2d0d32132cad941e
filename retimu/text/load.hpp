// SPDX-License-Identifier: Apache-2.0
// Up to eight bytes as one number, without reading past the end of the text.
#ifndef RETIMU_TEXT_LOAD_HPP
#define RETIMU_TEXT_LOAD_HPP

#include "retimu/core/hash.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace retimu {

// The first `size` bytes at `at`, at most eight, little-endian, zeros above; `end` is where the
// text ends.
inline std::uint64_t load_bytes(const char* at, std::size_t size, const char* end) {
  std::uint64_t word = 0;
  if (end - at >= 8) {
    std::memcpy(&word, at, 8);
    return size >= 8 ? word : word & ((std::uint64_t{1} << (8 * size)) - 1);
  }
  for (std::size_t i = 0; i < size && i < 8; ++i) {
    word |= std::uint64_t{static_cast<unsigned char>(at[i])} << (8 * i);
  }
  return word;
}

// hash() of the `size` bytes at `at`, faster for short ones.
inline std::uint64_t hash_word(const char* at, std::size_t size, const char* end) {
  std::uint64_t state = mix(0, std::uint64_t{size});
  for (; size > 8; size -= 8, at += 8) state = mix(state, load_bytes(at, 8, end));
  return size == 0 ? state : mix(state, load_bytes(at, size, end));
}

}  // namespace retimu

#endif
