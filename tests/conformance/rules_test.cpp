// SPDX-License-Identifier: Apache-2.0
// Rules that have nothing to tell cost no allocation once an entity is known.
#include "retimu/rules/rules_test_tools.hpp"
#include "tests/conformance/allocations.hpp"

#include <gtest/gtest.h>

namespace retimu::conformance {
namespace {

TEST(Rules, AllocateNothingOnceWarm) {
  Columns columns;
  const auto book = *RuleBook::make(
      {{.name = "held", .expr = "a > 5 && b == 1 || rate(c) > 100", .hold = minute},
       {.name = "windows", .expr = "mean(a, 60s) > 90 && max(b, 1h) < 0 && stuck(c) > 1h"},
       {.name = "others", .expr = "a > 5", .entities = {"fan-*"}}},
      columns);
  Sender sender(*book, columns);
  sender.send(0, {{"a", 1}, {"b", 1}, {"c", 1}});
  const EntityView view = sender.view();
  std::vector<Time> updated(view.updated.begin(), view.updated.end());
  std::vector<double> latest(view.latest.begin(), view.latest.end());
  const std::uint64_t before = allocations.load();
  for (Time time = second; time < 2 * hour; time += second) {
    std::ranges::fill(updated, time);
    latest[0] = static_cast<double>(time / second % 50);  // above 5 for less than a minute
    latest[2] = latest[0];
    book->wake(sender.state(), time, sender.changes);
    book->update(sender.state(), "pump-1", {view.columns, latest, updated, view.present}, time,
                 sender.changes);
  }
  EXPECT_EQ(allocations.load(), before);
  EXPECT_TRUE(sender.changes.empty());
}

}  // namespace
}  // namespace retimu::conformance
