// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/fleet_readings.hpp"

#include <gtest/gtest.h>

#include <fmt/format.h>

namespace retimu {
namespace {

constexpr Time start = 1'700'000'000 * second;

class FleetReadingsTest : public ::testing::Test {
 protected:
  void begin() { fleet_ = std::make_unique<FleetReadings>(options_); }
  void send(int host, double value, Time time, Time came = time_none, bool trains = false) {
    Event event;
    const std::string name = fmt::format("host{}", host);
    event.entity = make_name(name);
    event.time = time;
    event.training = trains;
    event.payload = Readings{columns_, {&value, 1}};
    fleet_->take(event, came == time_none ? time : came);
  }
  // Host i reads i, from 1 to `hosts`.
  void send_all(int hosts, Time time) {
    for (int i = 1; i <= hosts; ++i) send(i, i, time);
  }
  Peers peers() const {
    return fleet_->table() == nullptr ? Peers() : fleet_->table()->of(columns_[0]);
  }
  std::uint32_t count() const { return peers().column == nullptr ? 0 : peers().column->count; }

  Columns names_;
  std::vector<ColumnId> columns_{*names_.intern("latency")};
  FleetReadingsOptions options_{.columns = &names_};
  std::unique_ptr<FleetReadings> fleet_;
};

TEST_F(FleetReadingsTest, TellsTheMiddleAtTicksThatAreDue) {
  begin();
  send_all(5, start);
  ASSERT_NE(fleet_->tell(start + second), nullptr);
  EXPECT_EQ(count(), 5U);
  EXPECT_EQ(peers().column->without(5).centre, 2);
  EXPECT_EQ(peers().number, 1U);
  send_all(5, start + 2 * second);
  EXPECT_EQ(fleet_->tell(start + 2 * second), nullptr) << "the interval is not over";
  ASSERT_NE(fleet_->tell(start + 10 * second), nullptr);
  EXPECT_EQ(peers().number, 2U);
  EXPECT_EQ(fleet_->tell(start + 20 * second), nullptr) << "nothing came";
}

TEST_F(FleetReadingsTest, AReadingCountsForThreeOfItsIntervals) {
  begin();
  for (int i = 0; i < 20; ++i) {
    send_all(5, start + i * minute);
    send(6, 6, start + i * minute);
  }
  // Host 6 ends here.
  for (int i = 20; i <= 22; ++i) {
    send_all(5, start + i * minute);
    ASSERT_NE(fleet_->tell(start + i * minute), nullptr);
    EXPECT_EQ(count(), 6U) << i;
    EXPECT_EQ(peers().column->gap, minute);
  }
  send_all(5, start + 23 * minute);
  ASSERT_NE(fleet_->tell(start + 23 * minute), nullptr);
  EXPECT_EQ(count(), 5U);
}

// By when it came, not by what its clock says.
TEST_F(FleetReadingsTest, AClockThatLagsDoesNoHarm) {
  begin();
  for (int i = 0; i < 3; ++i) {
    const Time now = start + i * minute;
    send_all(4, now);
    send(5, 5, now - hour, now);
  }
  ASSERT_NE(fleet_->tell(start + 2 * minute), nullptr);
  EXPECT_EQ(count(), 5U);
}

TEST_F(FleetReadingsTest, WhatIsOlderThanWhatCameBeforeDoesNotCount) {
  begin();
  send_all(2, start);
  send(2, 99, start - second, start);
  ASSERT_NE(fleet_->tell(start), nullptr);
  EXPECT_EQ(peers().column->without(1).centre, 2);
  // Unless it goes on so: then the clock had leapt.
  for (int i = 0; i < 16; ++i) send(2, 99, start - second, start);
  send(2, 50, start - second, start + 10 * second);
  send(1, 1, start + 10 * second);
  ASSERT_NE(fleet_->tell(start + 10 * second), nullptr);
  EXPECT_EQ(peers().column->without(1).centre, 50);
}

TEST_F(FleetReadingsTest, WhatIsNotFiniteDoesNotCount) {
  begin();
  send_all(3, start);
  send(3, std::nan(""), start);
  send(4, HUGE_VAL, start);
  ASSERT_NE(fleet_->tell(start), nullptr);
  EXPECT_EQ(count(), 3U);
}

TEST_F(FleetReadingsTest, CountersCountByTheirRate) {
  options_.counters = columns_;
  begin();
  for (int i = 0; i < 2; ++i) {
    for (int host = 1; host <= 3; ++host) {
      send(host, 1'000 * host + i * 60 * host, start + i * minute);
    }
  }
  ASSERT_NE(fleet_->tell(start + minute), nullptr);
  EXPECT_NEAR(peers().column->without(0).centre, 2, 1e-9);
}

// They have a clock of their own, and what they read last is not what is read now.
TEST_F(FleetReadingsTest, TrainingDataAreForgottenWhenLiveOnesCome) {
  begin();
  for (int i = 1; i <= 5; ++i) send(i, 1'000, start + 10 * hour, start + 10 * hour, true);
  ASSERT_NE(fleet_->tell(start + 10 * hour), nullptr);
  send_all(4, start);
  ASSERT_NE(fleet_->tell(start), nullptr);
  EXPECT_EQ(count(), 4U);
  EXPECT_EQ(peers().number, 2U);
}

TEST_F(FleetReadingsTest, IsBoundedAndWhatEndedMakesRoom) {
  options_.entities_max = 10;
  begin();
  for (int i = 0; i < 3; ++i) {
    for (int host = 0; host < 15; ++host) send(host, host, start + i * second);
  }
  EXPECT_EQ(fleet_->entities(), 10U);
  const Time later = start + hour;
  for (int host = 10; host < 15; ++host) send(host, host, later);
  ASSERT_NE(fleet_->tell(later), nullptr);
  EXPECT_EQ(fleet_->entities(), 0U);
  for (int host = 10; host < 15; ++host) send(host, host, later + 10 * second);
  ASSERT_NE(fleet_->tell(later + 10 * second), nullptr);
  EXPECT_EQ(count(), 5U);
}

// Written and read after every reading, into a process that knows columns by other ids.
TEST_F(FleetReadingsTest, ARestoredOneGoesOnAlike) {
  options_.counters = {};
  begin();
  Columns others;
  (void)others.intern("something else");
  FleetReadingsOptions options = options_;
  options.columns = &others;
  for (int i = 0; i < 60; ++i) {
    send_all(5, start + i * 4 * second);
    const auto told = fleet_->tell(start + i * 4 * second);
    std::vector<std::byte> bytes, again;
    StateWriter writer(bytes);
    fleet_->visit(writer);
    FleetReadings twin(options);
    StateReader reader(bytes);
    twin.visit(reader);
    ASSERT_TRUE(reader.finished());
    StateWriter second_writer(again);
    twin.visit(second_writer);
    ASSERT_EQ(bytes, again);
    ASSERT_EQ(twin.table() == nullptr, fleet_->table() == nullptr);
    const Peers of = twin.table()->of(*others.intern("latency"));
    ASSERT_NE(of.column, nullptr);
    EXPECT_EQ(of.number, peers().number);
    EXPECT_EQ(of.column->low, peers().column->low);
    // And damage is refused or harmless.
    bytes[static_cast<std::size_t>(i) * bytes.size() / 60] ^= std::byte{255};
    FleetReadings damaged(options);
    StateReader bad(bytes);
    damaged.visit(bad);
  }
}

}  // namespace
}  // namespace retimu
