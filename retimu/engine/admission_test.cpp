// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/admission.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

constexpr Time start = 1'700'000'000 * second;

// Events of hosts at times, admitted as one batch a call.
class AdmissionTest : public ::testing::Test {
 protected:
  void add(std::string_view entity, Time time) {
    Event event;
    event.entity = make_name(entity);
    event.time = time;
    shared_.batch.events.push_back(event);
  }
  // Admits what was added since the last call, in one round; returns where it stopped.
  std::size_t admit(std::size_t first = 0) {
    round_.clear();
    round_.work.assign(options_.shards, {});
    round_.shared = &shared_;
    return admission_->admit(round_, first, false);
  }
  void begin(const AdmissionOptions& options) {
    options_ = options;
    admission_ = std::make_unique<Admission>(options);
  }
  void next_batch() { shared_.batch.clear(); }
  void AddOne(std::string_view entity, Time time) {
    next_batch();
    add(entity, time);
    ASSERT_EQ(admit(), 1U);
  }

  AdmissionOptions options_;
  std::unique_ptr<Admission> admission_;
  SharedBatch shared_;
  Round round_;
};

TEST_F(AdmissionTest, NumbersRecordsAndTicksWhenASecondHasPassed) {
  begin({.shards = 2});
  for (int i = 0; i < 6; ++i) add("a", start + i * 400 * millisecond);
  EXPECT_EQ(admit(), 6U);
  EXPECT_EQ(admission_->sequence(), 6U);
  EXPECT_EQ(round_.sequence_next, 6U);
  ASSERT_EQ(round_.marks.size(), 3U);  // at 0, 1.2 and 2.0 seconds
  EXPECT_EQ(round_.marks[0].before, 0U);
  EXPECT_EQ(round_.marks[1].before, 3U);
  EXPECT_EQ(round_.marks[1].time, start + second);
  EXPECT_EQ(round_.marks[2].before, 5U);
  EXPECT_EQ(round_.marks[2].sequence, 5U);
  // Marks stand in every shard's list, events in one.
  const std::size_t together = round_.work[0].size() + round_.work[1].size();
  EXPECT_EQ(together, 6U + 2 * 3U);
}

TEST_F(AdmissionTest, TimesBeforeTheEpochTickDownwards) {
  begin({});
  AddOne("a", -1'500 * millisecond);
  ASSERT_EQ(round_.marks.size(), 1U);
  EXPECT_EQ(round_.marks[0].time, -2 * second);
}

TEST_F(AdmissionTest, LateRecordsMoveNoClock) {
  begin({});
  AddOne("a", start);
  AddOne("b", start - day);
  EXPECT_TRUE(round_.marks.empty());
  AddOne("c", start);
  for (int i = 0; i < 20; ++i) {
    AddOne(i % 2 == 0 ? "a" : "b", start - day + i * second);
    EXPECT_TRUE(round_.marks.empty());
  }
  EXPECT_EQ(admission_->watermark(), start);
}

// The first clock may be the wrong one: it is not believed against two others, nor against itself.
TEST_F(AdmissionTest, AFirstClockThatLeaptIsSetBack) {
  for (const bool is_alone : {false, true}) {
    begin({.budget_per_day = 2});
    AddOne("a", start + 10'000 * day);
    const int needed = is_alone ? 16 : 2;
    for (int i = 0; i < needed; ++i) {
      EXPECT_TRUE(i == 0 || round_.marks.empty());
      AddOne(is_alone || i == 0 ? "b" : "c", start + i * second);
    }
    ASSERT_EQ(round_.marks.size(), 1U);
    EXPECT_EQ(round_.marks[0].time, start + (needed - 1) * second);
    ASSERT_TRUE(round_.marks[0].boundary.has_value());
    EXPECT_EQ(round_.marks[0].boundary->era, 1U);
    EXPECT_FALSE(round_.marks[0].control.has_value());
    EXPECT_EQ(admission_->awaited(), std::nullopt);
  }
}

// One a tick, and what an earlier process logged comes where it came.
TEST_F(AdmissionTest, RequestsEnterWithATick) {
  begin({});
  const auto confirmed = [](std::string_view entity) {
    return Request{std::string(entity) + ".confirmed", Control::Kind::confirmation,
                   to_bytes(Confirmation{std::string(entity), 1, 2})};
  };
  admission_->ask(confirmed("a"));
  admission_->ask(confirmed("b"));
  for (int i = 0; i < 10; ++i) add("a", start + i * second / 2);
  EXPECT_EQ(admit(), 10U);
  ASSERT_EQ(round_.marks.size(), 5U);
  EXPECT_EQ(read_confirmation(round_.marks[0].request->body)->entity, "a");
  EXPECT_EQ(read_confirmation(round_.marks[1].request->body)->entity, "b");
  for (std::size_t i = 2; i < 5; ++i) EXPECT_FALSE(round_.marks[i].request.has_value());

  begin({});
  admission_->use_logged(
      {{4, start + 2 * second, Control::Kind::confirmation, confirmed("c").body}});
  EXPECT_EQ(admit(), 10U);
  EXPECT_FALSE(round_.marks[1].request.has_value());
  ASSERT_TRUE(round_.marks[2].request.has_value());
  EXPECT_EQ(read_confirmation(round_.marks[2].request->body)->entity, "c");
  EXPECT_EQ(read_confirmation(round_.marks[2].request->body)->to, 2);
  EXPECT_EQ(round_.marks[2].request->name, "");
}

// Who never sent anything is told of, too: there is no clock, and the mark is no tick.
TEST_F(AdmissionTest, WhatAPipelineSaysOfItselfNeedsNoClock) {
  Event clock;
  clock.time = second;
  clock.payload = Tick{};
  const auto tick = [&] {
    next_batch();
    shared_.batch.events.push_back(clock);
    ASSERT_EQ(admit(), 1U);
  };
  begin({.shards = 2});
  admission_->ask({"a person", Control::Kind::confirmation, {}});
  tick();
  EXPECT_TRUE(round_.marks.empty());
  begin({.shards = 2});
  admission_->ask({{}, Control::Kind::health, {std::byte{7}}});
  tick();
  ASSERT_EQ(round_.marks.size(), 1U);
  EXPECT_FALSE(round_.marks[0].is_tick);
  ASSERT_TRUE(round_.marks[0].request);
  EXPECT_EQ(round_.marks[0].request->kind, Control::Kind::health);
  tick();
  EXPECT_TRUE(round_.marks.empty());
  // A replay takes it from the log, at its place.
  begin({.shards = 2});
  admission_->use_logged({{1, time_none, Control::Kind::health, {std::byte{7}}}});
  tick();
  EXPECT_TRUE(round_.marks.empty());
  tick();
  ASSERT_EQ(round_.marks.size(), 1U);
  EXPECT_EQ(round_.marks[0].request->body, std::vector<std::byte>{std::byte{7}});
}

TEST_F(AdmissionTest, TimesAtTheEndsOfTheirRangeAreTakenAsTheyAre) {
  begin({.budget_per_day = 2});
  AddOne("a", time_none + 1);
  EXPECT_EQ(round_.marks.at(0).time, time_none + 1);
  begin({.budget_per_day = 2});
  AddOne("a", INT64_MAX);
  EXPECT_LE(INT64_MAX - round_.marks.at(0).time, second);
}

TEST_F(AdmissionTest, ALeapIsFollowedWhenASecondEntityAgrees) {
  begin({});
  AddOne("a", start);
  AddOne("b", start + day);
  AddOne("b", start + day + second);
  EXPECT_EQ(admission_->watermark(), start);
  AddOne("c", start + 2 * day);
  // To the earliest time beyond the leap, never to the furthest.
  EXPECT_EQ(admission_->watermark(), start + day);
}

TEST_F(AdmissionTest, ALeapIsForgottenWhenTheOldClockGoesOn) {
  begin({});
  AddOne("a", start);
  AddOne("b", start + day);
  AddOne("a", start + second);
  AddOne("c", start + day);
  EXPECT_EQ(admission_->watermark(), start + second);
}

TEST_F(AdmissionTest, ALoneEntityIsBelievedAfterSixteenRecords) {
  begin({});
  AddOne("a", start);
  for (int i = 0; i < 15; ++i) AddOne("a", start + day + i * second);
  EXPECT_EQ(admission_->watermark(), start);
  AddOne("a", start + day + 15 * second);
  EXPECT_EQ(admission_->watermark(), start + day);
}

TEST_F(AdmissionTest, TrainingRowsTeachAndMoveNoClock) {
  begin({.train_rows = 2});
  for (int i = 0; i < 3; ++i) add("a", start + i * hour);
  EXPECT_EQ(admit(), 3U);
  EXPECT_TRUE(shared_.batch.events[1].training);
  EXPECT_FALSE(shared_.batch.events[2].training);
  ASSERT_EQ(round_.marks.size(), 1U);
  EXPECT_EQ(round_.marks[0].sequence, 2U);
}

// With a budget: a boundary every ten minutes, at which groups report; the control made of that
// report stands at the next boundary, wherever reads begin and end.
TEST_F(AdmissionTest, AControlWaitsForItsReport) {
  begin({.budget_per_day = 2});
  add("a", start);
  add("a", start + 11 * minute);
  add("a", start + 22 * minute);
  ASSERT_EQ(admit(), 1U);
  ASSERT_EQ(round_.marks.size(), 1U);
  ASSERT_TRUE(round_.marks[0].boundary.has_value());
  const Boundary first = *round_.marks[0].boundary;
  EXPECT_FALSE(round_.marks[0].control.has_value());
  EXPECT_EQ(admission_->awaited(), first);
  const Time watermark = admission_->watermark();
  EXPECT_EQ(watermark, start);  // the event that waits has left no trace
  ASSERT_EQ(admit(1), 1U);      // nor does a second try
  EXPECT_EQ(admission_->sequence(), 1U);

  FleetSums sums;
  sums.entities = 1;
  admission_->give_report(sums);
  ASSERT_EQ(admit(1), 2U);
  ASSERT_EQ(round_.marks.size(), 1U);
  const Boundary second_one{first.era, first.time + control_interval};
  EXPECT_EQ(round_.marks[0].boundary, second_one);
  ASSERT_TRUE(round_.marks[0].control.has_value());
  EXPECT_EQ(round_.marks[0].control->fleet.entities, 1);
  EXPECT_EQ(admission_->awaited(), second_one);
}

TEST_F(AdmissionTest, ALoggedControlNeedsNoReport) {
  begin({.budget_per_day = 2});
  AddOne("a", start);
  BudgetControl logged;
  logged.relief = 1.5;
  logged.fleet.entities = 7;
  const auto* bytes = reinterpret_cast<const std::byte*>(&logged);
  const Time boundary = round_.marks[0].boundary->time + control_interval;
  admission_->use_logged({{1, boundary, Control::Kind::budget, {bytes, bytes + sizeof logged}}});
  AddOne("a", start + 11 * minute);
  ASSERT_TRUE(round_.marks[0].control.has_value());
  EXPECT_EQ(round_.marks[0].control->relief, 1.5);
  EXPECT_EQ(admission_->control().fleet.entities, 7);
}

TEST_F(AdmissionTest, AStateReadBackGoesOnAlike) {
  const AdmissionOptions options{.budget_per_day = 3, .shards = 2};
  begin(options);
  AddOne("a", start);
  AddOne("b", start + day);  // a leap to be confirmed
  std::vector<std::byte> state;
  StateWriter writer(state);
  admission_->visit(writer);
  Admission other(options);
  StateReader reader(state);
  other.visit(reader);
  ASSERT_TRUE(reader.finished());
  std::vector<std::byte> again;
  StateWriter second_writer(again);
  other.visit(second_writer);
  EXPECT_EQ(again, state);
  admission_->give_report({});
  other.give_report({});
  next_batch();
  add("c", start + day + second);
  ASSERT_EQ(admit(), 1U);
  const Time expected = admission_->watermark();
  EXPECT_EQ(expected, start + day);
  round_.clear();
  round_.shared = &shared_;
  ASSERT_EQ(other.admit(round_, 0, false), 1U);
  EXPECT_EQ(other.watermark(), expected);
  EXPECT_EQ(other.sequence(), 3U);
}

}  // namespace
}  // namespace retimu
