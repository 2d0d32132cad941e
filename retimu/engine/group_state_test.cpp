// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/configuration.hpp"
#include "retimu/engine/group.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace retimu {
namespace {

class GroupStateTest : public ::testing::Test {
 protected:
  explicit GroupStateTest(const std::string& sections = "")
      : pipeline_(std::move(*build_pipeline(
            *parse_configuration("[[source]]\ntype = \"file\"\npath = \"x.csv\"\n" + sections, "p"),
            columns_))),
        factory_(*pipeline_),
        judge_(*pipeline_),
        column_(*columns_.intern("load")) {}

  std::unique_ptr<Group> make() {
    return std::make_unique<Group>(group_of(name_.hash), *pipeline_, factory_, judge_, nullptr,
                                   count_);
  }
  void judge(Group& group, double value) {
    Event event;
    event.entity = name_;
    event.time = ++sequence_ * second;
    event.sequence = static_cast<std::uint64_t>(sequence_);
    event.payload = Readings{std::span(&column_, 1), std::span(&value, 1)};
    ASSERT_TRUE(group.judge(event, time_none, alerts_));
  }
  static std::vector<std::byte> saved(Group& group) {
    std::vector<std::byte> bytes;
    group.save(bytes);
    return bytes;
  }

  Columns columns_;
  std::unique_ptr<Pipeline> pipeline_;
  EntityFactory factory_;
  Judge judge_;
  EntityCount count_;
  Name name_ = make_name("pump");
  ColumnId column_;
  std::int64_t sequence_ = 0;
  std::vector<Alert> alerts_;
};

// Written before people could say of alerts what they are: without two empty lists, of which one
// has a version, and without the era of a boundary.
TEST_F(GroupStateTest, ReadsVersion5) {
  const std::size_t behind = saved(*make()).size() - 4;  // where the number of entities stands
  const auto group = make();
  for (int i = 0; i < 100; ++i) judge(*group, i % 7);
  std::vector<std::byte> bytes = saved(*group);
  ASSERT_EQ(bytes[0], std::byte{7});
  bytes[0] = std::byte{5};
  const auto first = bytes.begin() + static_cast<std::ptrdiff_t>(behind);
  bytes.erase(first - 16, first);
  const auto restored = make();
  const Result<void> loaded = restored->load(bytes);
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(restored->describe().at(0).digest, group->describe().at(0).digest);
  EXPECT_TRUE(restored->tolerances().is_empty());
}

TEST_F(GroupStateTest, KeepsWhatPeopleSaid) {
  const auto group = make();
  for (int i = 0; i < 100; ++i) judge(*group, i % 7);
  FalseAlarm alarm;
  alarm.entity = "pump";
  alarm.parts = {{"gap_novelty", "load", 4}};
  group->tolerate(alarm, 100 * second);
  MaintenanceRequest window;
  window.lasts = hour;
  window.is_learned = false;
  group->maintain(window, 100 * second);
  const auto restored = make();
  ASSERT_TRUE(restored->load(saved(*group)));
  ASSERT_NE(restored->tolerances().of("pump"), nullptr);
  EXPECT_EQ(restored->tolerances().of("pump")->at(0).decades, 4);
  const std::int64_t before = sequence_;
  for (const auto& one : {group.get(), restored.get()}) {
    sequence_ = before;
    for (int i = 0; i < 50; ++i) judge(*one, 100 * i);
  }
  EXPECT_EQ(restored->describe().at(0).digest, group->describe().at(0).digest);
  EXPECT_EQ(saved(*restored), saved(*group));
}

class FullGroupTest : public GroupStateTest {
 protected:
  FullGroupTest()
      : GroupStateTest(
            "[limits]\nentities_max = 1\n[[rule]]\nname = \"high\"\nexpr = \"load > 5\"\n"
            "for = \"1h\"\n") {}
};

TEST_F(FullGroupTest, KeepsAnEntityOfWhichARuleIsAboutToBeTold) {
  const auto entities_after = [this](double load) {
    const auto group = make();
    judge(*group, load);
    name_ = make_name("valve");
    judge(*group, 1);
    name_ = make_name("pump");
    return group->entities();
  };
  EXPECT_EQ(entities_after(9), 2U);
  EXPECT_EQ(entities_after(1), 1U);
}

class SilentGroupTest : public GroupStateTest {
 protected:
  SilentGroupTest() : GroupStateTest("[detectors]\nuse = [\"silence\"]\n") {}
  // An alarm: it has no columns, whose next look is stored.
  void ring(Group& group, Time time) {
    Event event;
    event.entity = name_;
    event.time = time;
    event.payload = Alarm{};
    ASSERT_TRUE(group.judge(event, time, alerts_));
  }
};

// When it looks for who is due depends on what it has been through; what it finds may not.
TEST_F(SilentGroupTest, StandsStillAsLongAfterARestart) {
  const auto group = make();
  Time now = 0;
  for (int i = 0; i < 100; ++i) ring(*group, now += minute);
  group->tick(now, 1'000, alerts_);
  ring(*group, now += minute);
  group->hear({0, true, now + 20 * second, now + minute, minute, "x.csv"});
  const auto restored = make();
  ASSERT_TRUE(restored->load(saved(*group)));
  for (const Time end = now + 2 * hour; now < end; now += 5 * second) {
    for (const auto& one : {group.get(), restored.get()}) {
      if (one->waits()) one->tick(now, 1'000, alerts_);
    }
    ASSERT_EQ(saved(*restored), saved(*group)) << now / second;
  }
}

}  // namespace
}  // namespace retimu
