// SPDX-License-Identifier: Apache-2.0
#ifndef TESTS_CONFORMANCE_ALLOCATIONS_HPP
#define TESTS_CONFORMANCE_ALLOCATIONS_HPP

#include <atomic>
#include <cstdint>

namespace retimu::conformance {

// Calls of operator new in this process so far.
extern std::atomic<std::uint64_t> allocations;

}  // namespace retimu::conformance

#endif
