// SPDX-License-Identifier: Apache-2.0
#include "retimu/decision/causes.hpp"

#include "retimu/decision/correlator_test_tools.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

// The entities in the order in which they are suspected.
std::vector<std::string> ranked(const std::vector<Alert>& alerts) {
  const Topology none;
  std::vector<Suspect> suspects;
  std::vector<std::uint64_t> entities;
  Time first = alerts.front().onset;
  for (const Alert& alert : alerts) {
    suspect(alert, none, 1, suspects);
    entities.push_back(hash(alert.entity));
    first = std::min(first, alert.onset);
  }
  std::ranges::sort(entities);
  std::vector<std::string> names;
  for (const LikelyCause& cause : rank_causes(suspects, none, {entities, first, 5 * minute, 1})) {
    names.push_back(cause.entity);
  }
  return names;
}

Alert of(const std::string& entity, Duration at, const std::string& column, double observed) {
  Alert alert = alert_of(entity, at);
  alert.reasons = {{column, "", observed, 1, 3, 1}};
  return alert;
}

TEST(Causes, StrongerAndEarlierComesFirst) {
  EXPECT_EQ(ranked({of("a", 0, "latency", 6), of("b", 0, "latency", 20)}),
            (std::vector<std::string>{"b", "a"}));
  EXPECT_EQ(ranked({of("a", 90 * second, "latency", 20), of("b", 0, "latency", 20)}),
            (std::vector<std::string>{"b", "a"}));
}

// Of two that leap as far, the one whose processor is busy makes the other wait, though its reading
// came a little later.
TEST(Causes, WhatIsOfTheEntityAloneOutweighsWhatSpreads) {
  EXPECT_EQ(ranked({of("web", 0, "client_latency", 60), of("db", 20 * second, "cpu_usage", 60)}),
            (std::vector<std::string>{"db", "web"}));
  // It is a tip of the scales: a far stronger delay outweighs a processor somewhat busier.
  EXPECT_EQ(ranked({of("web", 0, "client_latency", 60), of("db", 20 * second, "cpu_usage", 5)}),
            (std::vector<std::string>{"web", "db"}));
}

}  // namespace
}  // namespace retimu
