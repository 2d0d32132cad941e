// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/deliverer.hpp"

#include "retimu/connectors/alert_json.hpp"
#include "retimu/storage/storage_test_tools.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace retimu {
namespace {

// Remembers what it got; fails so many times first.
class RememberingSink final : public Sink {
 public:
  explicit RememberingSink(int failures) : failures_(failures) {}
  Result<void> deliver(std::span<const Alert> alerts) override {
    if (failures_ > 0) {
      --failures_;
      return failure(Fault::system, "the sink is away");
    }
    for (const Alert& alert : alerts) got.push_back(alert.sequence);
    return {};
  }
  Result<std::optional<std::pair<AlertId, std::uint32_t>>> last_delivered() override {
    return last;
  }
  std::vector<std::uint64_t> got;
  std::optional<std::pair<AlertId, std::uint32_t>> last;

 private:
  int failures_;
};

class DelivererTest : public ::testing::Test {
 protected:
  DelivererTest() {
    StoreOptions options;
    options.data_dir = folder_ / "state";
    options.sinks = {{"first", "second"}};
    auto opened = open_store(options);
    EXPECT_TRUE(opened) << opened.error().message;
    store_ = std::move(*opened);
  }
  RememberingSink& add_sink(const std::string& name, int failures) {
    auto sink = std::make_unique<RememberingSink>(failures);
    RememberingSink& added = *sink;
    sinks_.push_back({name, std::move(sink)});
    return added;
  }
  void commit(std::uint64_t from, std::uint64_t to) {
    std::vector<Alert> alerts;
    for (std::uint64_t number = from; number < to; ++number) {
      alerts.push_back(numbered_alert(number));
    }
    ASSERT_TRUE(store_->commit({alerts, {}, {}}));
  }
  static std::vector<std::uint64_t> numbers(std::uint64_t from, std::uint64_t to) {
    std::vector<std::uint64_t> list;
    for (std::uint64_t number = from; number < to; ++number) list.push_back(number);
    return list;
  }

  TemporaryFolder folder_;
  std::unique_ptr<SqliteStore> store_;
  std::vector<NamedSink> sinks_;
  std::vector<std::string> notes_;
  std::function<void(const Error&)> note_ = [this](const Error& error) {
    notes_.push_back(error.message);
  };
};

TEST_F(DelivererTest, WhatAnIncidentTellsIsKeptAndNotDelivered) {
  const RememberingSink& sink = add_sink("first", 0);
  std::vector<Alert> alerts;
  for (std::uint64_t number = 0; number < 600; ++number) {
    alerts.push_back(numbered_alert(number));
    if (number % 100 != 0) alerts.back().told_by = alerts.front().id;
  }
  ASSERT_TRUE(store_->commit({alerts, {}, {}}));
  Deliverer deliverer(*store_, sinks_, note_);
  deliverer.start();
  ASSERT_TRUE(deliverer.finish());
  EXPECT_EQ(sink.got, (std::vector<std::uint64_t>{0, 100, 200, 300, 400, 500}));
  EXPECT_TRUE(store_->outbox("first", 1)->empty());
  EXPECT_GT(*store_->find(alerts[1].id, alerts[1].revision), 0);
}

TEST_F(DelivererTest, EachSinkGetsEverythingInOrderAndOnce) {
  RememberingSink& first = add_sink("first", 0);
  RememberingSink& second = add_sink("second", 0);
  commit(0, 700);
  {
    Deliverer deliverer(*store_, sinks_, note_);
    deliverer.start();
    commit(700, 1'000);
    deliverer.wake();
    ASSERT_TRUE(deliverer.finish());
  }
  EXPECT_EQ(first.got, numbers(0, 1'000));
  EXPECT_EQ(second.got, numbers(0, 1'000));
  Deliverer again(*store_, sinks_, note_);
  again.start();
  ASSERT_TRUE(again.finish());
  EXPECT_EQ(first.got.size(), 1'000U);
  EXPECT_TRUE(notes_.empty());
}

TEST_F(DelivererTest, ASinkThatFailsIsAskedAgainAndHoldsUpNobody) {
  RememberingSink& failing = add_sink("first", 2);
  RememberingSink& other = add_sink("second", 0);
  commit(0, 5);
  Deliverer deliverer(*store_, sinks_, note_);
  deliverer.start();
  ASSERT_TRUE(deliverer.finish());
  EXPECT_EQ(failing.got, numbers(0, 5));
  EXPECT_EQ(other.got, numbers(0, 5));
  EXPECT_EQ(notes_, std::vector<std::string>{"the sink is away"});  // told once
}

TEST_F(DelivererTest, WhatASinkNeverTookWaitsForTheNextStart) {
  add_sink("first", 1'000);
  commit(0, 5);
  {
    Deliverer deliverer(*store_, sinks_, note_);
    deliverer.start();
    const Result<void> finished = deliverer.finish();
    ASSERT_FALSE(finished);
    EXPECT_EQ(finished.error().message, "the sink is away");
  }
  sinks_.clear();
  RememberingSink& mended = add_sink("first", 0);
  Deliverer deliverer(*store_, sinks_, note_);
  deliverer.start();
  ASSERT_TRUE(deliverer.finish());
  EXPECT_EQ(mended.got, numbers(0, 5));
}

// A crash between the sink and the cursor: the sink knows better.
TEST_F(DelivererTest, ASinkThatCanTellIsNotGivenWhatItHas) {
  RememberingSink& sink = add_sink("first", 0);
  commit(0, 6);
  const Alert third = numbered_alert(2);
  sink.last = {third.id, third.revision};
  Deliverer deliverer(*store_, sinks_, note_);
  ASSERT_TRUE(deliverer.resume());
  deliverer.start();
  ASSERT_TRUE(deliverer.finish());
  EXPECT_EQ(sink.got, numbers(3, 6));
}

Alert of_storage(Change change) {
  Alert alert;
  alert.id = {1, 2};
  alert.entity = own_entity;
  alert.lead = storage_lead;
  alert.change = change;
  alert.revision = change == Change::raised ? 1 : 2;
  alert.sequence = 1'000 + alert.revision;
  return alert;
}

TEST_F(DelivererTest, WhatCannotWaitGoesPastTheOutboxOnce) {
  const RememberingSink& sink = add_sink("first", 2);
  commit(0, 2);
  Vitals vitals;
  Deliverer deliverer(*store_, sinks_, note_, &vitals);
  deliverer.tell_now(of_storage(Change::raised));
  deliverer.tell_now(of_storage(Change::resolved));
  deliverer.start();
  ASSERT_TRUE(deliverer.finish());
  EXPECT_EQ(sink.got, (std::vector<std::uint64_t>{1'001, 1'002, 0, 1}));
  const SinkVitals now = vitals.sinks().at(0);
  EXPECT_EQ(now.delivered, 4U);
  EXPECT_EQ(now.failures, 2U);
  EXPECT_EQ(now.waiting, 0U);
  EXPECT_EQ(now.trouble, "");
}

// A store whose cursors cannot be written.
class StuckStore final : public Store {
 public:
  explicit StuckStore(Store& store) : store_(store) {}
  Result<void> commit(const Commit& commit) override { return store_.commit(commit); }
  Result<void> snapshot(GroupId, std::uint64_t, Bytes, Bytes) override { return {}; }
  Result<std::optional<StoredGroup>> restore(GroupId, std::uint64_t) override {
    return std::nullopt;
  }
  Result<std::vector<std::byte>> teller() override { return store_.teller(); }
  Result<std::vector<LoggedControl>> controls(std::uint64_t from) override {
    return store_.controls(from);
  }
  Result<std::vector<AdmittedRun>> admitted(std::uint64_t from) override {
    return store_.admitted(from);
  }
  Result<void> know(std::span<const Partition> partitions) override {
    return store_.know(partitions);
  }
  Result<std::vector<Partition>> known() override { return store_.known(); }
  Result<std::vector<OutboxRow>> outbox(std::string_view sink, std::size_t count_max) override {
    return store_.outbox(sink, count_max);
  }
  Result<void> delivered(std::string_view, std::int64_t) override {
    ++tries;
    return failure(Fault::system, "the disk is full");
  }
  Result<std::int64_t> find(AlertId id, std::uint32_t revision) override {
    return store_.find(id, revision);
  }
  Result<std::uint64_t> waiting(std::string_view sink) override { return store_.waiting(sink); }
  Result<StoreSummary> summary() override { return store_.summary(); }
  int tries = 0;

 private:
  Store& store_;
};

TEST_F(DelivererTest, ACursorThatCannotBeWrittenTellsNothingTwice) {
  const RememberingSink& sink = add_sink("first", 0);
  commit(0, 5);
  StuckStore stuck(*store_);
  Deliverer deliverer(stuck, sinks_, note_);
  deliverer.start();
  const Result<void> finished = deliverer.finish();
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().message, "the disk is full");
  EXPECT_GT(stuck.tries, 2);
  EXPECT_EQ(sink.got, numbers(0, 5));
}

}  // namespace
}  // namespace retimu
