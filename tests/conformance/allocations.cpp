// SPDX-License-Identifier: Apache-2.0
// Counts every allocation of the process by standing in for operator new.
#include "tests/conformance/allocations.hpp"

#include <cstdlib>
#include <new>

namespace retimu::conformance {
std::atomic<std::uint64_t> allocations{0};
}

void* operator new(std::size_t bytes) {
  retimu::conformance::allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* at = std::malloc(bytes)) return at;
  throw std::bad_alloc();
}
// What std::stable_sort takes; without it a sanitizer sees two kinds of memory meet.
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  retimu::conformance::allocations.fetch_add(1, std::memory_order_relaxed);
  return std::malloc(bytes);
}
void operator delete(void* at) noexcept { std::free(at); }
void operator delete(void* at, std::size_t) noexcept { std::free(at); }
void operator delete(void* at, const std::nothrow_t&) noexcept { std::free(at); }
