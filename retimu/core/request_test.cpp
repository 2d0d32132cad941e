// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/request.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

FalseAlarm false_alarm() {
  return {{7, 1, "root"}, "pump", "0123", {{"gap_novelty", "pressure", 2.5}, {"drift", "", 1}}};
}

MaintenanceRequest maintenance() {
  MaintenanceRequest request;
  request.asked = {8, 1, "root"};
  request.entities = {"pump*", "valve"};
  request.lasts = 2 * hour;
  request.reason = "new seals";
  request.is_learned = false;
  return request;
}

Operation reload() {
  Operation operation;
  operation.asked = {9, 1, "SIGHUP"};
  operation.action = Operation::Action::reload;
  operation.accepts_other_pipeline = true;
  return operation;
}

ModelRequest model() { return {{10, 1, "root"}, "0123", "model-0123.model"}; }

struct Written {
  Control::Kind kind;
  std::vector<std::byte> body;
};

std::vector<Written> all_kinds() {
  return {{Control::Kind::false_alarm, to_bytes(false_alarm())},
          {Control::Kind::maintenance, to_bytes(maintenance())},
          {Control::Kind::operation, to_bytes(reload())},
          {Control::Kind::model, to_bytes(model())}};
}

TEST(RequestTest, ReadsWhatItWrote) {
  const auto alarm = read_false_alarm(to_bytes(false_alarm()));
  ASSERT_TRUE(alarm);
  EXPECT_EQ(alarm->asked, false_alarm().asked);
  EXPECT_EQ(alarm->entity, "pump");
  ASSERT_EQ(alarm->parts.size(), 2U);
  EXPECT_EQ(alarm->parts[0].subject, "pressure");
  EXPECT_EQ(alarm->parts[0].decades, 2.5);
  const auto window = read_maintenance_request(to_bytes(maintenance()));
  ASSERT_TRUE(window);
  EXPECT_EQ(window->entities, maintenance().entities);
  EXPECT_EQ(window->from, time_none);
  EXPECT_EQ(window->lasts, 2 * hour);
  EXPECT_FALSE(window->is_learned);
  const auto operation = read_operation(to_bytes(reload()));
  ASSERT_TRUE(operation);
  EXPECT_EQ(operation->action, Operation::Action::reload);
  EXPECT_TRUE(operation->accepts_other_pipeline);
  const auto request = read_model_request(to_bytes(model()));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->asked, model().asked);
  EXPECT_EQ(request->id, "0123");
  EXPECT_EQ(request->file, "model-0123.model");
}

TEST(RequestTest, AModelLiesInItsFolder) {
  for (const char* file : {"", "../x.model", "a/x.model", ".hidden"}) {
    ModelRequest request = model();
    request.file = file;
    EXPECT_FALSE(read_model_request(to_bytes(request))) << file;
  }
}

TEST(RequestTest, WhatIsTornLongerOrNewerIsNone) {
  for (const Written& one : all_kinds()) {
    ASSERT_TRUE(is_request(one.kind, one.body));
    for (std::size_t bytes = 0; bytes < one.body.size(); ++bytes) {
      EXPECT_FALSE(is_request(one.kind, std::span(one.body).first(bytes))) << bytes;
    }
    std::vector<std::byte> longer = one.body;
    longer.push_back(std::byte{0});
    EXPECT_FALSE(is_request(one.kind, longer));
    std::vector<std::byte> newer = one.body;
    newer[0] = std::byte{2};
    EXPECT_FALSE(is_request(one.kind, newer));
    newer[0] = std::byte{0};
    EXPECT_FALSE(is_request(one.kind, newer));
  }
  EXPECT_FALSE(is_request(Control::Kind::budget, all_kinds()[0].body));
}

TEST(RequestTest, NumbersThatMakeNoSenseAreNone) {
  FalseAlarm alarm = false_alarm();
  alarm.parts[0].decades = -1;
  EXPECT_FALSE(read_false_alarm(to_bytes(alarm)));
  MaintenanceRequest window = maintenance();
  window.lasts = -1;
  EXPECT_FALSE(read_maintenance_request(to_bytes(window)));
}

// A reload says what it changed once it was carried out, and is the same.
TEST(RequestTest, TheSameIsWhatWasAskedAtOnce) {
  Operation done = reload();
  done.text = "sinks";
  EXPECT_TRUE(is_same_request(Control::Kind::operation, to_bytes(reload()), to_bytes(done)));
  done.asked.at += 1;
  EXPECT_FALSE(is_same_request(Control::Kind::operation, to_bytes(reload()), to_bytes(done)));
  const Confirmation fault{"pump", 1, 2}, other{"pump", 1, 3};
  EXPECT_TRUE(is_same_request(Control::Kind::confirmation, to_bytes(fault), to_bytes(fault)));
  EXPECT_FALSE(is_same_request(Control::Kind::confirmation, to_bytes(fault), to_bytes(other)));
}

TEST(RequestTest, AConfirmationSaysWhoAsked) {
  const Confirmation once{"pump", 1, 2, {7, 1, "ann"}}, again{"pump", 1, 2, {8, 1, "ann"}};
  EXPECT_FALSE(is_same_request(Control::Kind::confirmation, to_bytes(once), to_bytes(again)));
  EXPECT_EQ(asked_of(Control::Kind::confirmation, to_bytes(once)), once.asked);
  EXPECT_EQ(read_confirmation(to_bytes(once))->entity, "pump");
  EXPECT_FALSE(read_confirmation(to_bytes(Confirmation{"pump", 2, 1, {7, 1, "ann"}})));
}

// 16 bytes of times, and the name: as it was kept before it said who asked.
TEST(RequestTest, AConfirmationOfAnEarlierVersionIsRead) {
  std::vector<std::byte> body(16);
  body[0] = std::byte{1};
  body[8] = std::byte{2};
  for (const char letter : std::string("pump")) body.push_back(static_cast<std::byte>(letter));
  const std::optional<Confirmation> fault = read_confirmation(body);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->entity, "pump");
  EXPECT_EQ(fault->from, 1);
  EXPECT_EQ(fault->to, 2);
  EXPECT_EQ(asked_of(Control::Kind::confirmation, body), std::nullopt);
}

TEST(RequestTest, TheLastPauseOrResumeHolds) {
  const auto asked = [](Operation::Action action) {
    Operation operation;
    operation.action = action;
    return Request{"", Control::Kind::operation, to_bytes(operation)};
  };
  using Action = Operation::Action;
  EXPECT_FALSE(is_paused({}));
  EXPECT_TRUE(is_paused(std::vector{asked(Action::pause), asked(Action::reload)}));
  EXPECT_FALSE(is_paused(std::vector{asked(Action::pause), asked(Action::resume)}));
  EXPECT_TRUE(is_paused(std::vector{asked(Action::resume), asked(Action::pause)}));
}

}  // namespace
}  // namespace retimu
