// SPDX-License-Identifier: Apache-2.0
#include "retimu/rules/rule_book.hpp"

#include "retimu/rules/rules_test_tools.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

struct Book {
  Columns columns;
  std::unique_ptr<RuleBook> rules;

  explicit Book(std::vector<Rule> all) {
    Result<std::unique_ptr<RuleBook>> made = RuleBook::make(std::move(all), columns);
    EXPECT_TRUE(made) << made.error().message;
    if (made) rules = std::move(*made);
  }
  explicit Book(std::string expr, Duration hold = 0, std::optional<Duration> stale = {})
      : Book(std::vector<Rule>{{"a rule", std::move(expr), hold, Severity::major, {}, stale, {}}}) {
  }
  const RuleBook& operator*() const { return *rules; }
};

TEST(RuleBook, RaisesAndResolvesAtTheEvent) {
  Book book("pressure > 8.5 && pump == 1");
  Sender sender(*book, book.columns);
  sender.send(second, {{"pressure", 9.0}});
  EXPECT_EQ(sender.told(), "");  // the pump is not known
  EXPECT_EQ(sender.truth(second), TruthValue::unknown);
  sender.send(2 * second, {{"pump", 1}});
  ASSERT_EQ(sender.changes.size(), 1U);
  const RuleChange& raised = sender.changes[0];
  ASSERT_EQ(raised.values.size(), 2U);
  EXPECT_EQ(book.columns.name(raised.values[0].column), "pressure");
  EXPECT_EQ(raised.values[0].value, 9.0);
  EXPECT_EQ(raised.values[0].time, second);
  EXPECT_EQ(raised.values[1].value, 1);
  EXPECT_EQ(sender.told(), "raised 2s since 2s");
  EXPECT_TRUE(sender.holds());
  sender.send(3 * second, {{"pressure", 9.5}});
  EXPECT_EQ(sender.told(), "");
  sender.send(4 * second, {{"pressure", 8.5}});
  EXPECT_EQ(sender.told(), "resolved 4s since 2s until 3s");
  EXPECT_FALSE(sender.holds());
  EXPECT_EQ(sender.wake_time(), std::nullopt);
}

TEST(RuleBook, ForIsExactWithoutAnEvent) {
  Book book("x > 1", 10 * second);
  Sender sender(*book, book.columns);
  sender.send(0, {{"x", 2}});
  sender.send(5 * second, {{"x", 3}});
  EXPECT_EQ(sender.wake_time(), 10 * second);
  EXPECT_TRUE(sender.holds());
  sender.tick(10 * second - 1);
  EXPECT_EQ(sender.told(), "");
  sender.tick(14 * second);
  EXPECT_EQ(sender.told(), "raised 10s since 0s");
  EXPECT_EQ(sender.wake_time(), std::nullopt);
}

TEST(RuleBook, WhatWasDueComesBeforeTheEvent) {
  Book book("x > 1", 10 * second);
  Sender sender(*book, book.columns);
  sender.send(0, {{"x", 2}});
  sender.send(12 * second, {{"x", 0}});
  EXPECT_EQ(sender.told(), "raised 10s since 0s, resolved 12s since 0s until 10s");
  sender.send(20 * second, {{"x", 2}});
  sender.send(30 * second, {{"x", 0}});  // true for ten whole seconds
  EXPECT_EQ(sender.told(), "raised 30s since 20s, resolved 30s since 20s until 30s");
}

TEST(RuleBook, ForBeginsAnewAfterABreak) {
  Book book("x > 1", 10 * second, 4 * second);
  Sender sender(*book, book.columns);
  sender.send(0, {{"x", 2}});
  sender.send(3 * second, {{"x", 0}});
  sender.send(4 * second, {{"x", 2}});
  EXPECT_EQ(sender.wake_time(), 8 * second + 1);  // when x is stale
  sender.tick(9 * second);
  EXPECT_EQ(sender.wake_time(), std::nullopt);  // unknown has ended it
  sender.send(10 * second, {{"x", 2}});
  for (int i = 11; i < 20; ++i) sender.send(i * second, {{"x", 2}});
  EXPECT_EQ(sender.told(), "");
  sender.tick(20 * second);
  EXPECT_EQ(sender.told(), "raised 20s since 10s");
}

TEST(RuleBook, UnknownDoesNotResolve) {
  Book book("x > 1", 0, 10 * second);
  Sender sender(*book, book.columns);
  sender.send(0, {{"x", 2}});
  EXPECT_EQ(sender.told(), "raised 0s since 0s");
  EXPECT_EQ(sender.truth(10 * second), TruthValue::is_true);
  EXPECT_EQ(sender.truth(10 * second + 1), TruthValue::unknown);
  sender.tick(day);
  sender.send(day, {{"y", 1}});
  EXPECT_EQ(sender.told(), "");
  EXPECT_TRUE(sender.holds());
  sender.send(2 * day, {{"x", 0}});
  EXPECT_EQ(sender.told(), "resolved 2d since 0s until 0s");
}

// By default a value is good for five minutes, or as long as `for`.
TEST(RuleBook, WhatIsStaleByDefault) {
  EXPECT_EQ(stale_of({.name = "", .expr = "", .hold = 0}), 5 * minute);
  EXPECT_EQ(stale_of({.name = "", .expr = "", .hold = hour}), hour);
  EXPECT_EQ(stale_of({.name = "", .expr = "", .hold = hour, .stale = second}), second);
  Book book("x > 1", hour);
  Sender sender(*book, book.columns);
  sender.send(0, {{"x", 2}});
  sender.tick(2 * hour);
  EXPECT_EQ(sender.told(), "raised 1h since 0s");
}

TEST(RuleBook, AgeFiresToTheNanosecond) {
  Book book("age(x) > 60s");
  Sender sender(*book, book.columns);
  sender.send(0, {{"y", 1}});
  EXPECT_EQ(sender.wake_time(), std::nullopt);  // x was never sent
  sender.send(10 * second, {{"x", 1}});
  EXPECT_EQ(sender.wake_time(), 70 * second + 1);
  sender.send(20 * second, {{"x", 1}});
  sender.tick(80 * second);
  EXPECT_EQ(sender.told(), "");
  sender.tick(90 * second);
  EXPECT_EQ(sender.told(), "raised 1m20s1ns since 1m20s1ns");
  sender.send(100 * second, {{"y", 1}});
  EXPECT_EQ(sender.told(), "");
  sender.send(2 * hour, {{"x", 1}});  // no value is too old for its age
  EXPECT_EQ(sender.told(), "resolved 2h since 1m20s1ns until 1m20s1ns");
}

TEST(RuleBook, EveryComparisonOfAnAge) {
  for (const std::string expr : {"age(x) >= 60s", "60s <= age(x)", "!(age(x) < 60s)",
                                 "age(x) >= 2 * y", "!(60s > age(x))"}) {
    Book book(expr, 10 * second);
    Sender sender(*book, book.columns);
    sender.send(0, {{"x", 1}, {"y", 30}});
    EXPECT_EQ(sender.wake_time(), minute) << expr;
    sender.tick(hour);
    EXPECT_EQ(sender.told(), "raised 1m10s since 1m") << expr;
  }
  for (const std::string expr : {"age(x) < 60s", "60s > age(x)", "!(age(x) >= 60s)"}) {
    Book book(expr);
    Sender sender(*book, book.columns);
    sender.send(0, {{"x", 1}});
    sender.tick(hour);
    EXPECT_EQ(sender.told(), "raised 0s since 0s, resolved 1m since 0s until 0s") << expr;
  }
  Book book("age(x) <= 60s || age(x) > -1 && false");
  Sender sender(*book, book.columns);
  sender.send(0, {{"x", 1}});
  sender.tick(hour);
  EXPECT_EQ(sender.told(), "raised 0s since 0s, resolved 1m1ns since 0s until 0s");
}

TEST(RuleBook, StuckIsSinceTheValueChanged) {
  Book book("stuck(x) >= 5m");
  Sender sender(*book, book.columns);
  for (int i = 0; i <= 4; ++i) sender.send(i * minute, {{"x", i < 2 ? 1 : 2}});
  EXPECT_EQ(sender.wake_time(), 7 * minute);
  sender.send(5 * minute, {{"x", 2}});
  sender.tick(7 * minute);
  EXPECT_EQ(sender.told(), "raised 7m since 7m");
  sender.send(8 * minute, {{"x", 3}});
  EXPECT_EQ(sender.told(), "resolved 8m since 7m until 7m");
  EXPECT_EQ(sender.truth(14 * minute), TruthValue::unknown);  // stale
}

TEST(RuleBook, FunctionsOverTime) {
  Book book({{"rate", "rate(x) == 2"},
             {"delta", "delta(x) == 10"},
             {"mean", "mean(x, 60s) == 4"},
             {"min", "min(x, 60s) == 1"},
             {"max", "max(x, 1m) == 11"}});
  Sender sender(*book, book.columns);
  const auto truths = [&](Time now) {
    std::string text;
    for (std::size_t i = 0; i < 5; ++i) text += name_of(sender.truth(now, i))[0];
    return text;
  };
  sender.send(0, {{"x", 1}});
  EXPECT_EQ(truths(0), "uuftf");
  sender.send(5 * second, {{"x", 11}});  // 10 in 5 s; mean 6
  EXPECT_EQ(truths(5 * second), "ttftt");
  sender.send(20 * second, {{"x", 0}});  // mean 4
  EXPECT_EQ(truths(20 * second), "fftft");
  sender.send(60 * second, {{"x", 1}});  // the reading at 0 s has left: 11, 0, 1
  EXPECT_EQ(truths(60 * second), "fftft");
  sender.send(65 * second, {{"x", 11}});  // 0, 1, 11
  EXPECT_EQ(truths(65 * second), "tttft");
  sender.send(65 * second, {{"x", 21}});  // twice at one time: no rate
  EXPECT_EQ(truths(65 * second), "utfff");
  EXPECT_EQ(truths(66 * second + 5 * minute), "uuuuu");
}

TEST(RuleBook, LateReadingsAreLeftOut) {
  Book book("x > 1 && max(x, 60s) < 5", 10 * second);
  Sender sender(*book, book.columns);
  sender.send(10 * second, {{"x", 2}});
  sender.send(5 * second, {{"x", 9}}, 10 * second);
  EXPECT_EQ(sender.truth(10 * second), TruthValue::is_true);
  EXPECT_EQ(sender.wake_time(), 20 * second);
  sender.send(6 * second, {{"y", 1}}, 10 * second);
  EXPECT_EQ(sender.wake_time(), 20 * second);
  sender.tick(20 * second);
  EXPECT_EQ(sender.told(), "raised 20s since 10s");
}

TEST(RuleBook, AClockThatIsSetBack) {
  Book book("x > 1 && mean(x, 60s) > 1", 10 * second, 5 * second);
  Sender sender(*book, book.columns);
  sender.send(second, {{"x", 2}, {"y", 1}});
  sender.send(1'000 * day, {{"x", 2}});
  EXPECT_EQ(sender.told(), "");  // stale in between
  sender.send(2 * second, {{"y", 1}});
  EXPECT_EQ(sender.wake_time(), std::nullopt);
  EXPECT_EQ(sender.truth(2 * second), TruthValue::unknown);  // x is not known any more
  for (const Time time : {3, 7, 11}) sender.send(time * second, {{"x", 2}});
  sender.tick(20 * second);
  EXPECT_EQ(sender.told(), "raised 13s since 3s");
}

TEST(RuleBook, RulesAreForTheEntitiesThatTheyName) {
  std::vector<Rule> rules = {{"pumps", "x > 1"}, {"all", "x > 2"}, {"two", "x > 3"}};
  rules[0].entities = {"pump-*"};
  rules[2].entities = {"fan", "valve"};
  Book book(rules);
  const auto told = [&](const std::string& name) {
    Sender sender(*book, book.columns, name);
    sender.send(0, {{"x", 4}});
    return sender.told();
  };
  EXPECT_EQ(told("pump-1"), "raised 0s since 0s [0], raised 0s since 0s [1]");
  EXPECT_EQ(told("valve"), "raised 0s since 0s [1], raised 0s since 0s [2]");
  EXPECT_EQ(told("other"), "raised 0s since 0s [1]");
}

TEST(RuleBook, ColumnsMayComeLater) {
  Book book("a > 1 || z > 1");
  Sender sender(*book, book.columns);
  sender.send(0, {{"b", 5}});
  sender.send(1, {{"c", 5}, {"z", 0}});
  EXPECT_EQ(sender.truth(1), TruthValue::unknown);
  sender.send(2, {{"a", 5}});
  EXPECT_EQ(sender.told(), "raised 2ns since 2ns");
  sender.send(3, {{"a", std::nan("")}});
  EXPECT_EQ(sender.truth(3), TruthValue::is_true);  // missing is not stale yet
}

TEST(RuleBook, TellsInOrderOfTime) {
  Book book({{"b", "age(x) > 20s"}, {"a", "age(x) > 10s"}, {"c", "age(x) > 10s"}});
  Sender sender(*book, book.columns);
  sender.send(0, {{"x", 1}});
  sender.tick(minute);
  EXPECT_EQ(sender.told(),
            "raised 10s1ns since 10s1ns [1], raised 10s1ns since 10s1ns [2], "
            "raised 20s1ns since 20s1ns [0]");
}

TEST(RuleBook, RefusesWhatIsNoBook) {
  Columns columns;
  const auto message = [&](std::vector<Rule> rules) {
    const auto made = RuleBook::make(std::move(rules), columns);
    EXPECT_FALSE(made);
    return made ? std::string() : made.error().message;
  };
  EXPECT_EQ(message({{"a", "x > 1"}, {"a", "x > 2"}}),
            "two rules are named \"a\"; give each a name of its own");
  EXPECT_EQ(message({{"a", "x > 1"}, {"b", "x = 2"}}),
            "rule \"b\": character 3 of expr: = is no comparison; write ==");
  EXPECT_NE(message(std::vector<Rule>(1'001)).find("at most 1000"), std::string::npos);
}

TEST(RuleBook, NoRulesNeedNoMemory) {
  Book book(std::vector<Rule>{});
  EXPECT_EQ((*book).bytes(5), 0U);
  EXPECT_EQ((*book).allocated_bytes_max(), 0U);
  Sender sender(*book, book.columns);
  EXPECT_TRUE(sender.save().empty());
}

}  // namespace
}  // namespace retimu
