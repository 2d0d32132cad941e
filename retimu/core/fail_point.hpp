// SPDX-License-Identifier: Apache-2.0
// Places where a test kills the process, to see what a crash just there leaves behind.
//
//   RETIMU_FAIL_POINT=NAME:COUNT    the COUNT-th passing of NAME ends the process by SIGKILL
//   RETIMU_FAIL_POINT_COUNT=FILE    at its end, by a fail point too, the process appends a line
//                                   "NAME COUNT" for every place it passed
#ifndef RETIMU_CORE_FAIL_POINT_HPP
#define RETIMU_CORE_FAIL_POINT_HPP

#include <array>
#include <atomic>
#include <string_view>

namespace retimu {

// Those of the storage, each before or after a write; sinks have their own.
inline constexpr std::array<std::string_view, 10> storage_fail_points = {
    "commit.before",           "commit.after",
    "snapshot.before_segment", "snapshot.after_segment",
    "snapshot.before_pointer", "snapshot.after_pointer",
    "outbox.before_cursor",    "outbox.after_cursor",
    "entities.before_put",     "entities.after_put"};

namespace detail {
extern std::atomic<bool> fail_points_are_on;
void fail_point_passed(std::string_view name);
}  // namespace detail

// Safe from any thread; one relaxed load where neither variable is set.
inline void fail_point(std::string_view name) {
  if (detail::fail_points_are_on.load(std::memory_order_relaxed)) [[unlikely]] {
    detail::fail_point_passed(name);
  }
}

}  // namespace retimu

#endif
