// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/start_report.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

std::string budget_line(std::string_view alerts) {
  const Result<Configuration> configuration =
      parse_configuration(fmt::format("[[source]]\ntype = \"stdin\"\n{}", alerts), "pipeline.toml");
  if (!configuration) return configuration.error().message;
  for (const std::string& line : start_lines(make_start_report(*configuration, Columns(), {}, 0))) {
    if (line.starts_with("budget: ")) return line;
  }
  return {};
}

TEST(StartReport, SaysWhatDecidesWithoutABudget) {
  EXPECT_EQ(budget_line(""),
            "budget: none is stated; a threshold decides that usual events of an entity reach once "
            "in ten days, 3.5 to 6 decades");
  EXPECT_EQ(budget_line("[alerts]\nthreshold = 4.5\n"),
            "budget: none is stated; [alerts] threshold decides, 4.5 decades");
  EXPECT_TRUE(budget_line("[alerts]\nbudget = \"2 per day\"\n").starts_with("budget: 2 a day "));
}

}  // namespace
}  // namespace retimu
