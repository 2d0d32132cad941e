// SPDX-License-Identifier: Apache-2.0
// Laws of the rules' state: ticks, cuts and edits of other rules change nothing of what is said.
#include "retimu/core/random.hpp"
#include "retimu/rules/rules_test_tools.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

std::vector<Rule> all_kinds() {
  return {{.name = "plain", .expr = "a > 5 && b == 1"},
          {.name = "held", .expr = "a > 4 || b == 1", .hold = 7 * second},
          {.name = "stale", .expr = "a > 1", .hold = 5 * second, .stale = 4 * second},
          {.name = "silent", .expr = "age(c) >= 6s && a > 2", .hold = 2 * second},
          {.name = "stuck", .expr = "stuck(b) > 9s || stuck(a) < 1s"},
          {.name = "rate", .expr = "rate(a) > 1 || delta(c) == 0", .hold = second},
          {.name = "windows", .expr = "mean(a, 30s) > 5 && min(b, 10s) == 0 || max(c, 1m) > 9"},
          {.name = "other", .expr = "a > 0", .entities = {"fan"}}};
}

struct Event {
  Time time = 0, clock = 0;
  Row row;
};

std::vector<Event> random_events(std::uint64_t seed, std::size_t count) {
  Random random(seed);
  std::vector<Event> events;
  Time clock = 0;
  for (std::size_t i = 0; i < count; ++i) {
    Event event;
    const double pause = random.uniform() < 0.1 ? 20 : 3;
    event.time = clock + static_cast<Duration>(random.uniform() * pause) * (second / 2);
    if (random.uniform() < 0.1) event.time = std::max<Time>(0, clock - 2 * second);  // late
    clock = std::max(clock, event.time);
    event.clock = clock;
    for (const char* name : {"a", "b", "c"}) {
      if (random.uniform() < 0.4) continue;
      double value = std::floor(random.uniform() * (name[0] == 'b' ? 2 : 10));
      if (random.uniform() < 0.05) value = std::nan("");
      event.row.push_back({name, value});
    }
    events.push_back(event);
  }
  return events;
}

TEST(RuleState, TicksChangeNothing) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Columns columns;
    const auto book = *RuleBook::make(all_kinds(), columns);
    Sender ticked(*book, columns), plain(*book, columns);
    Random random(seed + 100);
    Time clock = 0;
    for (const Event& event : random_events(seed, 400)) {
      for (Time tick = clock; tick <= event.clock; tick += second / 4) {
        if (random.uniform() < 0.5) ticked.tick(tick);
      }
      clock = event.clock;
      ticked.send(event.time, event.row, event.clock);
      plain.send(event.time, event.row, event.clock);
    }
    ticked.tick(clock + hour);
    plain.tick(clock + hour);
    const std::string told = plain.told();
    EXPECT_EQ(ticked.told(), told) << seed;
    for (std::size_t rule = 0; rule < 7; ++rule) {
      EXPECT_NE(told.find(fmt::format("[{}]", rule)), std::string::npos) << rule;
    }
    EXPECT_EQ(ticked.save(), plain.save());
  }
}

TEST(RuleState, CutAndRestoredAfterEveryEvent) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    Columns columns;
    const auto book = *RuleBook::make(all_kinds(), columns);
    Sender cut(*book, columns), whole(*book, columns);
    for (const Event& event : random_events(seed, 300)) {
      cut.send(event.time, event.row, event.clock);
      whole.send(event.time, event.row, event.clock);
      const std::vector<std::byte> bytes = cut.save();
      ASSERT_EQ(bytes, whole.save());  // which changes nothing
      ASSERT_TRUE(cut.load(bytes));
      ASSERT_EQ(cut.save(), bytes);
      ASSERT_EQ(cut.wake_time(), whole.wake_time());
      ASSERT_EQ(cut.told(), whole.told());
      cut.tick(event.clock + second);
      whole.tick(event.clock + second);
    }
    cut.tick(day);
    whole.tick(day);
    EXPECT_EQ(cut.told(), whole.told());
  }
}

TEST(RuleState, AnEditedRuleBeginsAnewAndOthersGoOn) {
  Columns columns;
  const std::vector<Rule> before = {{.name = "gone", .expr = "x > 1 && mean(y, 60s) > 1"},
                                    {.name = "kept", .expr = "x > 1", .hold = 10 * second},
                                    {.name = "edited", .expr = "x > 2", .hold = 10 * second}};
  const std::vector<Rule> after = {{.name = "edited", .expr = "x > 1", .hold = 8 * second},
                                   {.name = "new", .expr = "x > 1"},
                                   {.name = "kept", .expr = "x>1", .hold = 10 * second}};
  const auto old_book = *RuleBook::make(before, columns);
  const auto new_book = *RuleBook::make(after, columns);
  Sender old_sender(*old_book, columns), sender(*new_book, columns);
  old_sender.send(0, {{"x", 3}, {"y", 1}});
  ASSERT_TRUE(sender.load(old_sender.save()));
  EXPECT_EQ(sender.wake_time(), 10 * second);
  sender.align(0, {{"x", 3}, {"y", 1}});  // what the entity's row is
  sender.send(4 * second, {{"y", 1}});
  EXPECT_EQ(sender.told(), "raised 4s since 4s [1]");  // from the row
  sender.tick(minute);
  EXPECT_EQ(sender.told(), "raised 10s since 0s [2], raised 12s since 4s [0]");
}

TEST(RuleState, DamagedBytesAreRefusedOrHarmless) {
  Columns columns;
  const auto book = *RuleBook::make(all_kinds(), columns);
  Sender sender(*book, columns);
  for (const Event& event : random_events(3, 60)) sender.send(event.time, event.row, event.clock);
  const std::vector<std::byte> bytes = sender.save();
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(sender.load(std::span(bytes).first(length)));
  }
  Random random(5);
  std::size_t loaded = 0;
  for (int i = 0; i < 2'000; ++i) {
    std::vector<std::byte> damaged = bytes;
    for (int flips = 0; flips < 3; ++flips) {
      const auto at =
          static_cast<std::size_t>(random.uniform() * static_cast<double>(bytes.size()));
      damaged[at] ^= static_cast<std::byte>(1U << static_cast<unsigned>(random.uniform() * 8));
    }
    if (!sender.load(damaged)) continue;
    ++loaded;
    for (const Event& event : random_events(4, 20)) sender.send(event.time, event.row, event.clock);
    sender.tick(day);
    sender.changes.clear();
  }
  EXPECT_GT(loaded, 100U);
}

}  // namespace
}  // namespace retimu
