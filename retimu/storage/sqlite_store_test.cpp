// SPDX-License-Identifier: Apache-2.0
// Commits and the outbox. Opening, snapshots and evicted entities have tests of their own.
#include "retimu/storage/sqlite_store.hpp"

#include "retimu/storage/storage_test_tools.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace retimu {
namespace {

class Committing : public ::testing::Test {
 protected:
  void SetUp() override { reopen(); }
  void reopen() {
    store_.reset();
    Result<std::unique_ptr<SqliteStore>> opened = open_store(options_);
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = std::move(*opened);
  }
  void commit(std::uint64_t first, std::uint64_t last, std::string_view teller = {}) {
    std::vector<Alert> alerts;
    for (std::uint64_t i = first; i <= last; ++i) alerts.push_back(numbered_alert(i));
    const std::vector<std::byte> state = to_bytes(teller);
    const Result<void> done = store_->commit({alerts, {}, state});
    ASSERT_TRUE(done) << done.error().message;
  }
  std::vector<std::string> told(std::string_view sink, std::size_t count_max = 1'000'000) {
    std::vector<std::string> alerts;
    const auto rows = store_->outbox(sink, count_max);
    EXPECT_TRUE(rows);
    for (const OutboxRow& row : *rows) alerts.push_back(row.alert);
    return alerts;
  }
  void snapshot_all_groups(std::uint64_t sequence) {
    for (std::size_t i = 0; i < group_count; ++i) {
      ASSERT_TRUE(store_->snapshot(static_cast<GroupId>(i), sequence, {}, {}));
    }
  }
  static LoggedControl control(std::uint64_t sequence, std::string_view body) {
    return {sequence, static_cast<Time>(sequence) * minute, Control::Kind::budget, to_bytes(body)};
  }

  TemporaryFolder folder_;
  StoreOptions options_ = [this] {
    StoreOptions options;
    options.data_dir = folder_ / "state";
    options.pipeline_fingerprint = "pipeline 1";
    options.sinks = {{"file", "console"}};
    return options;
  }();
  std::unique_ptr<SqliteStore> store_;
};

TEST_F(Committing, KeepsAlertsInTheOrderOfTelling) {
  commit(5, 6);
  commit(1, 2);
  reopen();
  const std::vector<std::string> expected = {to_json(numbered_alert(5)), to_json(numbered_alert(6)),
                                             to_json(numbered_alert(1)),
                                             to_json(numbered_alert(2))};
  EXPECT_EQ(told("file"), expected);
  EXPECT_EQ(store_->summary()->alerts, 4U);
}

TEST_F(Committing, AnAlertToldBeforeIsIgnored) {
  commit(1, 3, "three told");
  Alert again = numbered_alert(2);
  again.sentence = "something else";
  Alert next = numbered_alert(2);
  next.revision = 2;
  ASSERT_TRUE(store_->commit({std::vector{again, next}, {}, {}}));
  const std::vector<std::string> rows = told("file");
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[1], to_json(numbered_alert(2)));
  EXPECT_EQ(rows[3], to_json(next));
  EXPECT_EQ(store_->find(again.id, 1), 2);
  EXPECT_EQ(store_->find(again.id, 2), 4);
  EXPECT_EQ(store_->find(again.id, 3), 0);
  EXPECT_EQ(store_->find(numbered_alert(77).id, 1), 0);
}

TEST_F(Committing, IsAllOrNothing) {
  ASSERT_TRUE(store_->commit({{}, std::vector{control(10, "relief 1")}, to_bytes("before")}));
  // The second control contradicts what is logged, so nothing of this may stay.
  const std::vector<Alert> alerts = {numbered_alert(1)};
  const std::vector<LoggedControl> controls = {control(20, "relief 2"), control(10, "relief 9")};
  const std::vector<std::byte> teller = to_bytes("after");
  const Result<void> done = store_->commit({alerts, controls, teller});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().fault, Fault::internal);
  reopen();
  EXPECT_TRUE(told("file").empty());
  EXPECT_EQ(store_->controls(0)->size(), 1U);
  EXPECT_EQ(to_string(*store_->teller()), "before");
  EXPECT_TRUE(store_->commit({alerts, {}, teller}));
  EXPECT_EQ(to_string(*store_->teller()), "after");
}

TEST_F(Committing, ControlsComeBackAsTheyWere) {
  EXPECT_TRUE(store_->controls(0)->empty());
  ASSERT_TRUE(store_->commit({{}, std::vector{control(30, "c"), control(10, "a")}, {}}));
  ASSERT_TRUE(store_->commit({{}, std::vector{control(20, "")}, {}}));
  ASSERT_TRUE(store_->commit({{}, std::vector{control(20, "")}, {}})) << "the same again";
  reopen();
  const auto controls = store_->controls(11);
  ASSERT_TRUE(controls);
  ASSERT_EQ(controls->size(), 2U);
  EXPECT_EQ((*controls)[0].sequence, 20U);
  EXPECT_TRUE((*controls)[0].body.empty());
  EXPECT_EQ((*controls)[1].sequence, 30U);
  EXPECT_EQ((*controls)[1].time, 30 * minute);
  EXPECT_EQ((*controls)[1].kind, Control::Kind::budget);
  EXPECT_EQ(to_string((*controls)[1].body), "c");
}

TEST_F(Committing, ControlsGoOnceNoSnapshotNeedsThem) {
  ASSERT_TRUE(store_->commit({{}, std::vector{control(10, "a"), control(20, "b")}, {}}));
  for (std::size_t i = 0; i + 1 < group_count; ++i) {
    ASSERT_TRUE(store_->snapshot(static_cast<GroupId>(i), 20, {}, {}));
  }
  EXPECT_EQ(store_->controls(0)->size(), 2U) << "one group would begin at 0";
  ASSERT_TRUE(store_->snapshot(static_cast<GroupId>(group_count - 1), 15, {}, {}));
  EXPECT_EQ(store_->controls(0)->size(), 1U);
  snapshot_all_groups(50);
  EXPECT_EQ(store_->controls(0)->size(), 1U) << "the snapshots before are kept as well";
  snapshot_all_groups(60);
  EXPECT_TRUE(store_->controls(0)->empty());
}

TEST_F(Committing, AnEmptyCommitLeavesTheTellerAlone) {
  EXPECT_TRUE(store_->teller()->empty());
  commit(1, 1, "told 1");
  commit(2, 2);
  ASSERT_TRUE(store_->commit({}));
  EXPECT_EQ(to_string(*store_->teller()), "told 1");
}

TEST_F(Committing, EverySinkHasACursor) {
  commit(1, 5);
  EXPECT_EQ(told("file", 2).size(), 2U);
  ASSERT_TRUE(store_->delivered("file", 3));
  reopen();
  EXPECT_EQ(told("file"), (std::vector{to_json(numbered_alert(4)), to_json(numbered_alert(5))}));
  EXPECT_EQ(told("console").size(), 5U);
  // A sink that lost what it had is told again.
  ASSERT_TRUE(store_->delivered("file", 1));
  EXPECT_EQ(told("file").size(), 4U);
}

TEST_F(Committing, ANewSinkIsToldWhatComesFromThenOn) {
  commit(1, 3);
  ASSERT_TRUE(store_->delivered("file", 2));
  options_.sinks = {{"file", "slack"}};
  reopen();
  EXPECT_TRUE(told("slack").empty());
  EXPECT_EQ(told("file").size(), 1U);
  commit(4, 4);
  EXPECT_EQ(told("slack"), std::vector{to_json(numbered_alert(4))});
  options_.sinks = {{"console", "slack"}};
  reopen();
  EXPECT_EQ(told("slack").size(), 1U);
  EXPECT_TRUE(told("console").empty()) << "it was forgotten when it was not named";
}

TEST_F(Committing, KeepsTheNewestDeliveredAlerts) {
  options_.alerts_max = 10;
  reopen();
  snapshot_all_groups(1'000);
  snapshot_all_groups(1'001);
  commit(1, 50);
  EXPECT_EQ(store_->summary()->alerts, 50U) << "nobody has them yet";
  ASSERT_TRUE(store_->delivered("file", 50));
  ASSERT_TRUE(store_->delivered("console", 20));
  commit(51, 51);
  EXPECT_EQ(store_->summary()->alerts, 31U) << "the console is at 20";
  ASSERT_TRUE(store_->delivered("console", 51));
  commit(52, 52);
  EXPECT_EQ(store_->summary()->alerts, 10U);
  EXPECT_EQ(store_->find(numbered_alert(42).id, 1), 0);
  EXPECT_EQ(store_->find(numbered_alert(43).id, 1), 43);
  EXPECT_EQ(told("file").size(), 2U) << "it is at 50";
}

TEST_F(Committing, WhatAReplayTellsAgainIsKept) {
  options_.alerts_max = 1;
  reopen();
  snapshot_all_groups(5);
  snapshot_all_groups(7);
  commit(1, 9);
  ASSERT_TRUE(store_->delivered("file", 9));
  ASSERT_TRUE(store_->delivered("console", 9));
  commit(10, 10);
  EXPECT_EQ(store_->find(numbered_alert(4).id, 1), 0);
  EXPECT_EQ(store_->find(numbered_alert(5).id, 1), 5);
}

TEST_F(Committing, ASinkThatNeverAnswersEndsInAnErrorThatNamesIt) {
  options_.waiting_max = 100;
  reopen();
  commit(1, 90);
  ASSERT_TRUE(store_->delivered("file", 90));
  std::vector<Alert> alerts;
  for (std::uint64_t i = 91; i <= 101; ++i) alerts.push_back(numbered_alert(i));
  const Result<void> done = store_->commit({alerts, {}, {}});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().fault, Fault::system);
  EXPECT_NE(done.error().message.find("\"console\""), std::string::npos) << done.error().message;
  EXPECT_EQ(store_->summary()->alerts, 90U);
  ASSERT_TRUE(store_->delivered("console", 50));
  EXPECT_TRUE(store_->commit({alerts, {}, {}}));
}

TEST_F(Committing, KnowsWhichConfigurationWroteIt) {
  EXPECT_EQ(store_->summary()->pipeline, "pipeline 1");
  EXPECT_TRUE(check_fingerprint(*store_->summary(), "pipeline 1", "state"));
  options_.pipeline_fingerprint = "pipeline 2";
  reopen();
  EXPECT_EQ(store_->summary()->pipeline, "pipeline 1");
  const Result<void> same = check_fingerprint(*store_->summary(), "pipeline 2", "state");
  ASSERT_FALSE(same);
  EXPECT_EQ(same.error().fault, Fault::usage);
  ASSERT_TRUE(store_->set_fingerprint("pipeline 2"));
  reopen();
  EXPECT_TRUE(check_fingerprint(*store_->fingerprint(), "pipeline 2", "state"));
}

TEST_F(Committing, AnotherConfigurationsSinksCountOnceItIsAccepted) {
  commit(1, 3);
  ASSERT_TRUE(store_->delivered("file", 2));
  const StoreOptions before = options_;
  options_.pipeline_fingerprint = "pipeline 2";
  options_.sinks = {{"slack"}};
  reopen();  // and refused
  options_ = before;
  reopen();
  EXPECT_EQ(told("file").size(), 1U);
  options_.pipeline_fingerprint = "pipeline 2";
  options_.sinks = {{"slack"}};
  reopen();
  ASSERT_TRUE(store_->set_fingerprint("pipeline 2"));
  EXPECT_TRUE(told("slack").empty());
  EXPECT_EQ(told("file").size(), 3U) << "forgotten";
}

// The engine's threads at once: one commits, one takes snapshots, one delivers, two evict.
TEST_F(Committing, ServesItsThreadsAtOnce) {
  constexpr std::uint64_t rounds = 200;
  std::atomic<std::int64_t> delivered = 0;
  std::atomic<bool> all_committed = false;
  std::atomic<int> failures = 0;
  const auto expect = [&failures](bool holds) { failures += holds ? 0 : 1; };
  std::vector<std::thread> threads;
  threads.emplace_back([&] {
    for (std::uint64_t i = 0; i < rounds; ++i) {
      const std::vector<Alert> alerts = {numbered_alert(2 * i), numbered_alert(2 * i + 1)};
      expect(store_->commit({alerts, std::vector{control(i, "c")}, to_bytes("t")}).has_value());
    }
    all_committed = true;
  });
  threads.emplace_back([&] {
    for (std::uint64_t i = 0; i < rounds; ++i) {
      const auto group = static_cast<GroupId>(i % 8);
      expect(store_->snapshot(group, i + 1, {}, std::vector<std::byte>(1'000)).has_value());
      expect(store_->restore(group)->has_value());
    }
  });
  threads.emplace_back([&] {
    while (delivered < static_cast<std::int64_t>(2 * rounds) && failures == 0) {
      const bool is_last_look = all_committed;
      const auto rows = store_->outbox("file", 7);
      expect(rows.has_value() && !(rows->empty() && is_last_look));
      if (!rows || rows->empty()) continue;
      expect(rows->front().row == delivered + 1);
      delivered = rows->back().row;
      expect(store_->delivered("file", delivered).has_value());
    }
  });
  for (unsigned shard = 0; shard < 2; ++shard) {
    threads.emplace_back([&, shard] {
      const auto group = static_cast<GroupId>(10 + shard);
      EntityStore& entities = store_->entities();
      for (std::uint64_t i = 0; i < rounds; ++i) {
        const std::string name = fmt::format("host{}", i % 5);
        expect(entities.put(group, name, 2 * i, to_bytes(name)).has_value());
        expect(entities.get(group, name, 2 * i + 1) == to_bytes(name));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(delivered, static_cast<std::int64_t>(2 * rounds));
  EXPECT_EQ(store_->summary()->controls, rounds);
}

}  // namespace
}  // namespace retimu
