// SPDX-License-Identifier: Apache-2.0
#include "retimu/rules/rule.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace retimu {
namespace {

TEST(RuleExample, OneRow) {
  Rule rule{.name = "pressure", .expr = "pressure > 8.5 && pump == 1", .entities = {"pump-*"}};
  rule.examples = {{{{0, {{"pressure", 9.1}, {"pump", 1}}}}, 0, TruthValue::is_true},
                   {{{0, {{"pressure", 9.1}}}}, 0, TruthValue::unknown},
                   {{{0, {{"pressure", std::nan("")}, {"pump", 0}}}}, 0, TruthValue::is_false},
                   {{{0, {{"pressure", 8.1}, {"pump", 1}}}}, 0, TruthValue::is_true}};
  EXPECT_EQ(failed_example(rule, 0), std::nullopt);
  EXPECT_EQ(failed_example(rule, 1), std::nullopt);
  EXPECT_EQ(failed_example(rule, 2), std::nullopt);
  EXPECT_EQ(failed_example(rule, 3), "rule \"pressure\": example 4 is false, expected true");
}

TEST(RuleExample, RowsWithTimes) {
  Rule rule{.name = "flow", .expr = "mean(flow, 60s) > 2 && age(level) > 1m"};
  const std::vector<RuleExample::Row> rows = {
      {0, {{"flow", 0}, {"level", 1}}}, {minute, {{"flow", 2}}}, {90 * second, {{"flow", 4}}}};
  rule.examples = {{rows, 0, TruthValue::is_true},
                   {{rows[0], rows[1]}, 0, TruthValue::is_false},
                   {{rows[0]}, 61 * second, TruthValue::is_false},
                   {rows, 5 * minute, TruthValue::is_true},
                   {rows, 5 * minute + 1, TruthValue::unknown}};
  for (std::size_t i = 0; i < rule.examples.size(); ++i) {
    EXPECT_EQ(failed_example(rule, i), std::nullopt) << i;
  }
  EXPECT_EQ(outcome_of(rule, {}), TruthValue::unknown);
}

}  // namespace
}  // namespace retimu
