// SPDX-License-Identifier: Apache-2.0
#include "retimu/rules/condition.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <map>

namespace retimu {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
using Values = std::map<std::string, double>;

Condition compiled(std::string_view expr) {
  Result<Condition> condition = Condition::compile(expr);
  EXPECT_TRUE(condition) << expr << ": " << condition.error().message;
  return condition ? std::move(*condition) : Condition{};
}

// With each column read just now; NaN: never.
std::string truth(std::string_view expr, const Values& values) {
  const Condition condition = compiled(expr);
  std::vector<Track> tracks;
  for (const std::string& name : condition.columns()) {
    Track& track = tracks.emplace_back();
    const auto at = values.find(name);
    if (at != values.end() && !std::isnan(at->second)) track.take(at->second, 0);
  }
  const std::vector<RuleWindow> windows(condition.windows().size());
  return std::string(name_of(condition.evaluate(tracks, windows, 0, minute).truth));
}

// A number of the expression, told by comparison.
void expect_number(const std::string& expr, double expected, const Values& values = {}) {
  Values all = values;
  all["expected"] = expected;
  EXPECT_EQ(truth("(" + expr + ") == expected", all), "true") << expr;
}

std::string message(std::string_view expr) {
  const Result<Condition> condition = Condition::compile(expr);
  EXPECT_FALSE(condition) << expr;
  if (condition) return {};
  EXPECT_EQ(condition.error().fault, Fault::usage);
  return condition.error().message;
}

// 1, 0 and nothing for x and y; what Kleene's tables say.
TEST(Condition, ThreeValuedAsKleeneHasIt) {
  constexpr std::array<double, 3> values = {0, 1, nan};
  constexpr std::array<std::array<const char*, 3>, 3> both = {
      {{"false", "false", "false"}, {"false", "true", "unknown"}, {"false", "unknown", "unknown"}}};
  constexpr std::array<std::array<const char*, 3>, 3> either = {
      {{"false", "true", "unknown"}, {"true", "true", "true"}, {"unknown", "true", "unknown"}}};
  constexpr std::array<const char*, 3> inverse = {"true", "false", "unknown"};
  for (std::size_t x = 0; x < 3; ++x) {
    EXPECT_EQ(truth("!x", {{"x", values[x]}}), inverse[x]);
    for (std::size_t y = 0; y < 3; ++y) {
      const Values row = {{"x", values[x]}, {"y", values[y]}};
      EXPECT_EQ(truth("x == 1 && y == 1", row), both[x][y]) << x << y;
      EXPECT_EQ(truth("x == 1 || y == 1", row), either[x][y]) << x << y;
      EXPECT_EQ(truth("x && y", row), both[x][y]) << x << y;
      EXPECT_EQ(truth("!(!x || !y)", row), both[x][y]) << x << y;
    }
  }
}

TEST(Condition, WhatIsNotKnownMakesAComparisonUnknown) {
  for (const std::string op : {"<", "<=", ">", ">=", "==", "!="}) {
    EXPECT_EQ(truth("x " + op + " 1", {}), "unknown") << op;
    EXPECT_EQ(truth("1 " + op + " x", {}), "unknown") << op;
    EXPECT_EQ(truth("x + 1 " + op + " x", {}), "unknown") << op;
    EXPECT_EQ(truth("-abs(x) * 0 " + op + " 0", {}), "unknown") << op;
  }
  EXPECT_EQ(truth("x == x", {}), "unknown");
  EXPECT_EQ(truth("x == x || true", {}), "true");
}

TEST(Condition, ComparesNumbers) {
  struct Case {
    std::string_view op, below, same, above;
  };
  for (const Case& one :
       {Case{"<", "true", "false", "false"}, Case{"<=", "true", "true", "false"},
        Case{">", "false", "false", "true"}, Case{">=", "false", "true", "true"},
        Case{"==", "false", "true", "false"}, Case{"!=", "true", "false", "true"}}) {
    const std::string expr = "x " + std::string(one.op) + " 8.5";
    EXPECT_EQ(truth(expr, {{"x", 8.25}}), one.below) << expr;
    EXPECT_EQ(truth(expr, {{"x", 8.5}}), one.same) << expr;
    EXPECT_EQ(truth(expr, {{"x", 9}}), one.above) << expr;
  }
}

TEST(Condition, BindsAsItIsUsed) {
  expect_number("1 + 2 * 3", 7);
  expect_number("(1 + 2) * 3", 9);
  expect_number("7 - 2 - 1", 4);
  expect_number("8 / 4 / 2", 1);
  expect_number("2 ^ 3 ^ 2", 512);
  expect_number("-2 ^ 2", -4);
  expect_number("2 * -3", -6);
  expect_number("x > 1 ? 10 : 20", 10, {{"x", 2}});
  expect_number("x > 1 ? 10 : x > 0 ? 15 : 20", 15, {{"x", 1}});
  EXPECT_EQ(truth("a || b && c", {{"a", 1}, {"b", 0}, {"c", 0}}), "true");
  EXPECT_EQ(truth("(a || b) && c", {{"a", 1}, {"b", 0}, {"c", 0}}), "false");
  EXPECT_EQ(truth("a > 1 && b + 1 > 2 * a", {{"a", 2}, {"b", 4}}), "true");
  EXPECT_EQ(truth("!a == b", {{"a", 0}, {"b", 1}}), "true");
  EXPECT_EQ(truth("!(a == b)", {{"a", 0}, {"b", 0}}), "false");
  EXPECT_EQ(truth("(a > 1) + (b > 1) + (c > 1) >= 2", {{"a", 2}, {"b", 0}, {"c", 2}}), "true");
  EXPECT_EQ(truth("x ? a > 1 : b > 1", {{"a", 2}, {"b", 0}}), "unknown");
}

TEST(Condition, Functions) {
  expect_number("abs(x)", 3, {{"x", -3}});
  expect_number("sqrt(x)", 1.5, {{"x", 2.25}});
  expect_number("exp(x)", 1, {{"x", 0}});
  expect_number("log(x)", 0, {{"x", 1}});
  expect_number("x ^ 0.5", 3, {{"x", 9}});
  expect_number("x ^ -2", 0.0625, {{"x", -4}});
  expect_number("x ^ 0", 1, {{"x", 0}});
  EXPECT_EQ(truth("abs(x ^ 2.5 - 32) < 1e-12", {{"x", 4}}), "true");
  EXPECT_EQ(truth("abs(x ^ -1.5 - 0.125) < 1e-15", {{"x", 4}}), "true");
}

TEST(Condition, WhatIsNotFiniteIsUnknown) {
  for (const std::string expr :
       {"x / 0", "0 / 0 * x", "(x - 1) / (x - 1)", "log(x - 1)", "sqrt(-x)",
        "x ^ 1e300 * 1e300 * "
        "1e300",
        "exp(1000 * x)", "1e308 * 10 * x", "(x - 1) ^ -1", "(-x) ^ 0.3", "(2 * x) ^ 99999",
        "(-2 * x) ^ 2000"}) {
    EXPECT_EQ(truth(expr + " > 0", {{"x", 1}}), "unknown") << expr;
    EXPECT_EQ(truth(expr + " > 0 && x > 5", {{"x", 1}}), "false") << expr;
  }
}

TEST(Condition, NamesAndLiterals) {
  EXPECT_EQ(
      truth("`disk-usage %` > 90 && node.cpu_0 < 5", {{"disk-usage %", 91}, {"node.cpu_0", 4}}),
      "true");
  EXPECT_EQ(truth("`a && b` > 1", {{"a && b", 2}}), "true");
  EXPECT_EQ(truth("`Überdruck` > 1", {{"Überdruck", 2}}), "true");
  EXPECT_EQ(truth("`true` == 0 && rate == 1 && `and` == 2", {{"true", 0}, {"rate", 1}, {"and", 2}}),
            "true");
  EXPECT_EQ(truth("v0 == 1 && v1 == 2", {{"v0", 1}, {"v1", 2}}), "true");
  EXPECT_EQ(truth("x == .5e1", {{"x", 5}}), "true");
  EXPECT_EQ(truth("x == 1h30m", {{"x", 5'400}}), "true");
  EXPECT_EQ(truth("x == 250ms", {{"x", 0.25}}), "true");
  EXPECT_EQ(truth("x == 1 && true || false", {{"x", 1}}), "true");
  EXPECT_EQ(compiled("x>1\n&&  `a b`<2").text(), "x > 1 && `a b` < 2");
  EXPECT_EQ(compiled(compiled("`true`>1&&`x y`<2&&mean(z,60s)>1").text()).text(),
            "`true` > 1 && `x y` < 2 && mean ( z , 60s ) > 1");
  const Condition condition = compiled("a > b && a < mean(c, 5m) && max(c, 300s) > 1");
  EXPECT_EQ(std::vector<std::string>(condition.columns().begin(), condition.columns().end()),
            (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(condition.windows().size(), 1U);
}

TEST(Condition, MistakesNameThePlaceAndWhatToWrite) {
  const std::vector<std::pair<std::string, std::string>> mistakes = {
      {"raet(x) > 1", "character 1 of expr: unknown function raet, did you mean rate?"},
      {"x > 1 && maen(x, 60s) > 1",
       "character 10 of expr: unknown function maen, did you mean mean?"},
      {"frobnicate(x) > 1", "known: rate, delta, age"},
      {"x = 1", "character 3 of expr: = is no comparison; write =="},
      {"x > 1 & y > 1", "character 7 of expr: write && for &"},
      {"x > 1 and y > 1", "character 7 of expr: write && for and"},
      {"`ä` > 1 OR y > 1", "character 9 of expr: write || for OR"},
      {"x == \"on\"", "character 6 of expr: texts cannot be compared"},
      {"x > 10 bar", "character 8 of expr: an operator such as && or > is missing before bar"},
      {"x > 10bar", "10bar is no number and no duration such as 10s"},
      {"x > 1.2.3", "1.2.3 is no number"},
      {"x > 1e999", "1e999 is out of the range of numbers"},
      {"x > 0x10", "0x10 is no number"},
      {"x > ", "character 3 of expr: nothing follows >; a value is missing"},
      {"> 1", "character 1 of expr: a value is missing before >"},
      {"x > * 1", "character 5 of expr: a value is missing before *"},
      {"(x > 1", "expr has a ( without its )"},
      {"x > 1)", "character 6 of expr: a parenthesis does not fit here"},
      {"x (1) > 1", "character 1 of expr: unknown function x"},
      {"x > 1, y > 1", "expr is not one condition"},
      {"mean(x) > 1", "mean is written mean(column, 60s)"},
      {"rate(x, 60s) > 1", "rate is written rate(column)"},
      {"mean(x, y) > 1", "character 9 of expr: mean is over a duration above 0"},
      {"mean(x, 60) > 1", "character 9 of expr: mean is over a duration above 0"},
      {"mean(x, 0s) > 1", "mean is over a duration above 0"},
      {"mean(x, 400d) > 1", "up to 366d"},
      {"rate(x + 1) > 1", "character 6 of expr: rate is of a column, as in rate(column)"},
      {"rate(5) > 1", "rate is of a column"},
      {"mean(rate(x), 60s) > 1", "mean is of a column"},
      {"1 < x < 5", "write a < b && b < c for a < b < c"},
      {"x", "expr is a number and no condition; compare it, as in x > 0"},
      {"x + 1", "compare it, as in (x + 1) > 0"},
      {"1 > 2", "expr names no column"},
      {"true", "expr names no column"},
      {"age(x)", "age is compared as it is with a number by <, <=, > or >=, as in age(x) > 60s"},
      {"age(x) + 1 > 60s", "age is compared as it is"},
      {"age(x) == 60s", "age is compared as it is"},
      {"age(x) > stuck(y)", "is compared as it is"},
      {"!age(x)", "age is compared as it is"},
      {"stuck(x) && y", "stuck is compared as it is"},
      {"x > 1 ? y > 1", "a choice is written condition ? this : that"},
      {"x > 1 : y > 1", "a choice is written condition ? this : that"},
      {"`x > 1", "character 1 of expr: the name that begins here has no second backtick"},
      {"`` > 1", "no name between the backticks"},
      {"größe > 1", "character 3 of expr: a name with other characters than A-Z a-z 0-9 _ ."},
      {"x > 1 # high", "# has no meaning here"},
      {"x > 1; y > 1", "; has no meaning here"},
      {"", "expr is empty"},
      {"  \n", "expr is empty"},
      {"()", "a parenthesis does not fit here"},
      {"x > ++1", "a value is missing before +"},
  };
  for (const auto& [expr, expected] : mistakes) {
    const std::string told = message(expr);
    EXPECT_NE(told.find(expected), std::string::npos) << expr << "\n  " << told;
  }
}

std::string repeated(std::string_view part, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += part;
  return text;
}

TEST(Condition, HasLimits) {
  EXPECT_NE(message("x > " + std::string(5'000, '1')).find("at most 4096"), std::string::npos);
  EXPECT_NE(message(repeated("x+", 1'000) + "x > 1").find("more than 1024 words"),
            std::string::npos);
  EXPECT_EQ(truth(repeated("x+", 500) + "x > 500.5", {{"x", 1}}), "true");
  EXPECT_EQ(truth(repeated("(", 400) + "x" + repeated(")", 400) + " > 1", {{"x", 2}}), "true");
  EXPECT_EQ(truth(repeated("abs(", 200) + "x" + repeated(")", 200) + " > 1", {{"x", -2}}), "true");
  EXPECT_EQ(truth(repeated("(1+", 62) + "x" + repeated(")", 62) + " > 1", {{"x", 2}}), "true");
  EXPECT_NE(
      message(repeated("(1+", 90) + "x" + repeated(")", 90) + " > 1").find("nested too deeply"),
      std::string::npos);
  std::string many = "a > 1", windows = "a > 1";
  for (std::size_t i = 0; i < 40; ++i) {
    many += " && a" + std::to_string(i) + " > 1";
    windows += " && mean(a, " + std::to_string(i + 1) + "s) > 1";
  }
  EXPECT_NE(message(many).find("more than 32 columns"), std::string::npos);
  EXPECT_NE(message(windows).find("more than 16 windows"), std::string::npos);
  EXPECT_EQ(truth("`" + std::string(2'000, 'n') + "` > 1", {}), "unknown");
}

}  // namespace
}  // namespace retimu
