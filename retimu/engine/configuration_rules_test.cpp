// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/configuration.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace retimu {
namespace {

constexpr std::string_view whole = R"([[rule]]
name = "pressure over limit"
expr = "pressure > 8.5 && pump == 1"
for = "10s"
severity = "critical"
entity = ["pump-*", "compressor"]
stale = "90s"
[[rule.example]]
given = { pressure = 9.1, pump = 1 }
expect = "true"
[[rule.example]]
given = [{ at = "0s", pressure = 8 }, { at = "1m", pressure = 9.1, pump = nan }]
after = "30s"
expect = false

[[rule]]
name = "silent"
expr = """
  age(pressure) > 10m
"""
entity = "pump-7"
)";

Configuration parsed(std::string_view text) {
  Result<Configuration> configuration = parse_configuration(text, "p.toml");
  EXPECT_TRUE(configuration) << configuration.error().message;
  return configuration ? std::move(*configuration) : Configuration{};
}

TEST(ConfigurationRules, EverythingThatARuleMaySay) {
  const Configuration configuration = parsed(whole);
  ASSERT_EQ(configuration.rules.size(), 2U);
  const Rule& rule = configuration.rules[0];
  EXPECT_EQ(rule.name, "pressure over limit");
  EXPECT_EQ(rule.expr, "pressure > 8.5 && pump == 1");
  EXPECT_EQ(rule.hold, 10 * second);
  EXPECT_EQ(rule.severity, Severity::critical);
  EXPECT_EQ(rule.entities, (std::vector<std::string>{"pump-*", "compressor"}));
  EXPECT_EQ(rule.stale, 90 * second);
  ASSERT_EQ(rule.examples.size(), 2U);
  ASSERT_EQ(rule.examples[0].rows.size(), 1U);
  EXPECT_EQ(rule.examples[0].expected, TruthValue::is_true);
  ASSERT_EQ(rule.examples[1].rows.size(), 2U);
  EXPECT_EQ(rule.examples[1].rows[1].at, minute);
  EXPECT_EQ(rule.examples[1].after, 30 * second);
  EXPECT_EQ(rule.examples[1].expected, TruthValue::is_false);
  const Rule& other = configuration.rules[1];
  EXPECT_EQ(other.hold, 0);
  EXPECT_EQ(other.severity, Severity::major);
  EXPECT_EQ(other.stale, std::nullopt);
  EXPECT_EQ(other.entities, std::vector<std::string>{"pump-7"});
  Columns columns;
  const auto book = build_rules(configuration, columns);
  ASSERT_TRUE(book) << book.error().message;
  EXPECT_EQ((*book)->rules().size(), 2U);
}

TEST(ConfigurationRules, MistakesAreToldWithTheirPlace) {
  const std::string rule = "[[rule]]\nname = \"r\"\nexpr = \"x > 1\"\n";
  const std::string example = rule + "[[rule.example]]\n";
  const std::vector<std::pair<std::string, std::string>> mistakes = {
      {"[[rule]]\nexpr = \"x > 1\"\n", "p.toml:1:1: this [[rule]] needs name"},
      {"[[rule]]\nname = \"r\"\n", "p.toml:1:1: this [[rule]] needs expr"},
      {"[rule]\nname = \"r\"\n", "p.toml:1:1: write [[rule]], there may be several"},
      {rule + "severty = \"major\"\n",
       "p.toml:4:1: unknown key \"severty\" in [rule], did you mean \"severity\"?"},
      {rule + "severity = \"mayor\"\n",
       "p.toml:4:12: severity = \"mayor\" is not known, did you mean \"major\"?"},
      {rule + "severity = \"cleared\"\n", "p.toml:4:12: severity = \"cleared\" is not known"},
      {rule + "for = \"10\"\n", "p.toml:4:7: for must be a duration"},
      {rule + "entity = []\nstale = 5\n", "p.toml:5:9: stale must be a duration"},
      {rule + rule, "p.toml:5:8: another rule is named \"r\", too"},
      {"[[rule]]\nname = \"r\"\nexpr = \"x > 1 && raet(y) > 2\"\n",
       "p.toml:3:8: rule \"r\": character 10 of expr: unknown function raet, did you mean rate?"},
      {example, "p.toml:4:1: an example needs expect"},
      {example + "expect = \"maybe\"\n", "p.toml:5:10: an example needs expect"},
      {example + "expect = true\n", "p.toml:4:1: an example needs given"},
      {example + "expect = true\ngiven = 5\n", "p.toml:6:9: an example needs given"},
      {example + "expect = true\ngiven = []\n", "p.toml:6:9: an example needs given"},
      {example + "expect = true\ngiven = [5]\n", "p.toml:6:10: a row is { at"},
      {example + "expect = true\ngiven = [{ x = 5 }]\n", "p.toml:6:10: this row needs at"},
      {example + "expect = true\ngiven = { pressure = 5 }\n",
       "p.toml:6:11: the rule has no column \"pressure\"; it has: x"},
      {example + "expect = true\ngiven = { y = 5 }\n",
       "p.toml:6:11: the rule has no column \"y\", did you mean \"x\"?"},
      {example + "expect = true\ngiven = { x = \"5\" }\n", "p.toml:6:15: x must be a number"},
      {example + "expect = true\ngiven = [{ at = \"2s\", x = 1 }, { at = \"1s\", x = 1 }]\n",
       "p.toml:6:39: rows stand in the order of their times"},
      {example + "wait = 5\n", "p.toml:5:1: unknown key \"wait\" in [rule.example]"},
  };
  for (const auto& [text, expected] : mistakes) {
    const Result<Configuration> configuration = parse_configuration(text, "p.toml");
    ASSERT_FALSE(configuration) << text;
    EXPECT_EQ(configuration.error().fault, Fault::usage);
    EXPECT_TRUE(configuration.error().message.starts_with(expected))
        << text << configuration.error().message;
  }
}

// A data_dir is recognised by it. Examples and blanks change no judgement.
TEST(ConfigurationRules, AreInTheJudgingText) {
  const Configuration configuration = parsed(whole);
  const std::string once = judging_text(configuration);
  EXPECT_EQ(judging_text(parsed(once)), once);
  EXPECT_NE(once.find("\n[[rule]]\nname = \"silent\"\nexpr = \"age ( pressure ) > 10m\"\nfor = "
                      "\"0s\"\nseverity = \"major\"\nstale = \"5m\"\nentity = [\"pump-7\"]\n"),
            std::string::npos)
      << once;
  Configuration same = configuration;
  same.rules[0].examples.clear();
  same.rules[0].expr = "pressure>8.5&&pump==1";
  EXPECT_EQ(judging_text(same), once);
  for (int change = 0; change < 6; ++change) {
    Configuration other = configuration;
    Rule& rule = other.rules[0];
    if (change == 0) rule.name += "s";
    if (change == 1) rule.expr = "pressure > 8.6 && pump == 1";
    if (change == 2) rule.hold = 0;
    if (change == 3) rule.severity = Severity::minor;
    if (change == 4) rule.stale = minute;
    if (change == 5) rule.entities.pop_back();
    EXPECT_NE(judging_text(other), once) << change;
  }
  const std::string quoted = judging_text(parsed(
      "[[rule]]\nname = \"a \\\"b\\\"\\n\\\\\\u007F\\u0001\"\nexpr = \"`c \\\" \\\\ d` > 1\"\n"));
  EXPECT_EQ(judging_text(parsed(quoted)), quoted);
}

}  // namespace
}  // namespace retimu
