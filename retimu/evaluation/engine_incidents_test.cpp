// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/engine_incidents.hpp"

#include "retimu/core/random.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

// Eight services that send four numbers a minute; the third leaps in minute 400, six others a
// little later and less.
ServiceRun made_run() {
  ServiceRun run;
  run.name = "made";
  for (int i = 0; i < 8; ++i) run.services.push_back("service" + std::to_string(i));
  run.metrics = {"cpu", "errors", "latency", "memory"};
  Random random(5);
  const auto noise = [&] {
    return static_cast<double>(random.below(1'000) + random.below(1'000)) / 500 - 2;
  };
  for (std::size_t row = 0; row < 500; ++row) {
    for (std::uint32_t service = 0; service < 8; ++service) {
      ServiceRun::MetricRow one{
          1'700'000'000 * second + static_cast<Time>(row) * minute, service, {}};
      for (int k = 0; k < 4; ++k) one.values.push_back(50 + noise());
      if (service == 2 && row >= 400 && row < 410) one.values[1] += 200;
      if (service >= 2 && row >= 401 && row < 410) one.values[2] += 25;
      run.rows.push_back(std::move(one));
    }
  }
  run.faults = {{run.rows[400 * 8UL].time - 10 * second, 2, "leap"}};
  return run;
}

TEST(EngineIncidents, NamesTheServiceAtFault) {
  const ServiceRun run = made_run();
  const Result<EngineIncidents> found = engine_incidents(run, {});
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->given.size(), 1U);
  ASSERT_FALSE(found->given[0].services.empty());
  EXPECT_EQ(found->given[0].services[0], 2U);
  EXPECT_EQ(found->given[0].time, run.faults[0].time);
  for (const std::vector<ToldIncident>* told : {&found->changed, &found->signals}) {
    ASSERT_EQ(told->size(), 1U);
    ASSERT_FALSE(told->front().services.empty());
    EXPECT_EQ(told->front().services[0], 2U);
  }
  const JudgedIncidents judged = judge_incidents(run.faults, found->told);
  EXPECT_EQ(judged.found, 1U);
  EXPECT_EQ(judged.accuracy(0), 1);
  EXPECT_GT(judged.accuracy(0), by_chance(1, 8).accuracy(0));
}

}  // namespace
}  // namespace retimu
