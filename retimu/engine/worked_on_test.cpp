// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/worked_on.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

MaintenanceRequest asked(std::string pattern, Duration lasts) {
  MaintenanceRequest request;
  request.entities = {std::move(pattern)};
  request.lasts = lasts;
  request.reason = "seal";
  return request;
}

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
  worked_on_.ask(asked("pu*", 100 * second), 110 * second);
  Alert kept = alert(1, Change::raised, 120 * second);
  kept.entity = "pu\xFFmp";  // bytes, no text
  EXPECT_TRUE(takes(kept));
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
  EXPECT_EQ(told[0].entity, kept.entity);
}

TEST_F(WorkedOnTest, PeopleAskForItFromNowOn) {
  worked_on_.ask(asked("pu*", 50 * second), 400 * second);
  EXPECT_FALSE(takes(alert(1, Change::raised, 399 * second)));
  EXPECT_TRUE(takes(alert(2, Change::raised, 420 * second)));
  EXPECT_TRUE(pass(440 * second).empty());
  const std::vector<Alert> told = pass(450 * second);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].time, 450 * second);
}

TEST_F(WorkedOnTest, WhatEndsEarlyIsToldThen) {
  worked_on_.ask(asked("pu*", hour), 400 * second);
  EXPECT_TRUE(takes(alert(1, Change::raised, 420 * second)));
  MaintenanceRequest end = asked("valve", 0);
  end.ends = true;
  worked_on_.ask(end, 430 * second);
  EXPECT_TRUE(pass(430 * second).empty());
  end.entities = {"pu*"};
  worked_on_.ask(end, 440 * second);
  ASSERT_EQ(worked_on_.asked().size(), 1U);
  EXPECT_EQ(worked_on_.asked()[0].to, 440 * second);
  const std::vector<Alert> told = pass(440 * second);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].time, 440 * second);
  EXPECT_FALSE(takes(alert(2, Change::raised, 450 * second)));
}

TEST_F(WorkedOnTest, WhatWasAskedGoesOnAfterARestart) {
  worked_on_.ask(asked("pu*", hour), 400 * second);
  std::vector<std::byte> bytes;
  StateWriter writer(bytes);
  worked_on_.visit(writer);
  WorkedOn restored(maintenance_);
  StateReader reader(bytes);
  restored.visit(reader);
  ASSERT_TRUE(reader.finished());
  Alert later = alert(1, Change::raised, 500 * second);
  EXPECT_TRUE(restored.takes(later));
}

// Written before people could ask.
TEST_F(WorkedOnTest, ReadsVersion1) {
  std::vector<std::byte> bytes;
  StateWriter writer(bytes);
  (void)writer.version(1);
  writer.count("kept", 0, WorkedOn::kept_max);
  StateReader reader(bytes);
  worked_on_.visit(reader);
  EXPECT_TRUE(reader.finished());
}

}  // namespace
}  // namespace retimu
