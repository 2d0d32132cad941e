// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/worked_on.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

class WorkedOnTest : public ::testing::Test {
 protected:
  static Alert alert(std::uint64_t id, Change change, Time time, std::uint32_t revision = 1) {
    Alert alert;
    alert.id = {id, id};
    alert.change = change;
    alert.revision = revision;
    alert.entity = "pump";
    alert.time = time;
    alert.onset = 100 * second;
    return alert;
  }
  bool takes(Alert alert) { return worked_on_.takes(alert); }
  std::vector<Alert> pass(Time time) {
    std::vector<Alert> told;
    worked_on_.pass(time, 7, told);
    return told;
  }

  Maintenance maintenance_{{{{"pump"}, 100 * second, 200 * second, "seal", true},
                            {{"pump"}, 190 * second, 300 * second, "again", true}}};
  WorkedOn worked_on_{maintenance_};
};

TEST_F(WorkedOnTest, WhatBeginsAndEndsMeanwhileIsToldNowhere) {
  EXPECT_TRUE(takes(alert(1, Change::raised, 120 * second)));
  EXPECT_TRUE(takes(alert(1, Change::resolved, 150 * second, 2)));
  EXPECT_TRUE(pass(400 * second).empty());
}

TEST_F(WorkedOnTest, WhatIsStillOpenIsToldWhenTheLastWindowEnds) {
  EXPECT_TRUE(takes(alert(1, Change::raised, 120 * second)));
  EXPECT_TRUE(takes(alert(1, Change::updated, 130 * second, 2)));
  EXPECT_TRUE(pass(250 * second).empty());
  const std::vector<Alert> told = pass(301 * second);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].change, Change::raised);
  EXPECT_EQ(told[0].revision, 2U);
  EXPECT_EQ(told[0].time, 300 * second);
  EXPECT_EQ(told[0].onset, 100 * second);
  EXPECT_EQ(told[0].sequence, 7U);
  EXPECT_FALSE(takes(alert(1, Change::resolved, 310 * second, 3)));
}

TEST_F(WorkedOnTest, WhatWasToldBeforeIsResolvedAsEver) {
  EXPECT_FALSE(takes(alert(1, Change::raised, 90 * second)));
  EXPECT_TRUE(takes(alert(1, Change::updated, 110 * second, 2)));
  EXPECT_FALSE(takes(alert(1, Change::resolved, 120 * second, 3)));
}

TEST_F(WorkedOnTest, OthersAreNotKeptBack) {
  Alert other = alert(1, Change::raised, 120 * second);
  other.entity = "valve";
  EXPECT_FALSE(takes(other));
}

TEST_F(WorkedOnTest, GoesOnAfterARestart) {
  EXPECT_TRUE(takes(alert(1, Change::raised, 120 * second)));
  std::vector<std::byte> bytes;
  StateWriter writer(bytes);
  worked_on_.visit(writer);
  WorkedOn restored(maintenance_);
  StateReader reader(bytes);
  restored.visit(reader);
  EXPECT_TRUE(reader.finished());
  std::vector<Alert> told;
  restored.pass(300 * second, 9, told);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].entity, "pump");
}

}  // namespace
}  // namespace retimu
