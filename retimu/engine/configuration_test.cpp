// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/configuration.hpp"

#include <gtest/gtest.h>

#include <set>

namespace retimu {
namespace {

constexpr std::string_view source = "[[source]]\ntype = \"file\"\npath = \"a.csv\"\n";

Configuration parsed(const std::string& text) {
  Result<Configuration> configuration = parse_configuration(text, "p.toml");
  EXPECT_TRUE(configuration) << configuration.error().message;
  return configuration ? std::move(*configuration) : Configuration{};
}

// The message for a wrong text, without its newline; every one begins with the place.
std::string message(const std::string& text) {
  const Result<Configuration> configuration = parse_configuration(text, "p.toml");
  EXPECT_FALSE(configuration) << text;
  if (configuration) return {};
  EXPECT_EQ(configuration.error().fault, Fault::usage);
  return configuration.error().message;
}

void expect_message(const std::string& text, std::string_view beginning, std::string_view part) {
  const std::string told = message(text);
  EXPECT_TRUE(told.starts_with(beginning)) << told;
  EXPECT_NE(told.find(part), std::string::npos) << told;
}

TEST(Configuration, ASourceAloneIsAPipeline) {
  const Configuration configuration = parsed(std::string(source));
  EXPECT_EQ(configuration.files.size(), 1U);
  EXPECT_TRUE(configuration.data_dir.empty());
  EXPECT_EQ(configuration.budget_per_day, 0);
  EXPECT_EQ(configuration.entities_max, 1'000'000U);
  Columns columns;
  const auto pipeline = build_pipeline(configuration, columns);
  ASSERT_TRUE(pipeline) << pipeline.error().message;
  EXPECT_GE((*pipeline)->detectors.size(), 1U);
}

TEST(Configuration, EverythingThatItMaySay) {
  const Configuration configuration = parsed(R"(
[pipeline]
data_dir = "state"
shards = 3
seed = 42
delivery = "exactly_once"
snapshot_interval = "90s"
[[source]]
type = "file"
path = ["a.csv", "b*.csv.gz"]
format = "csv"
delimiter = ";"
time = "when"
entity = ["site", "pump"]
ignore = "note"
[columns]
pressure = { unit = "bar" }
counter = { kind = "ignore" }
[detectors]
use = ["moving_average"]
[alerts]
budget = "3 per week"
cooldown = "5m"
shift_after = 32
[limits]
entities_max = 10
columns_max = 20
jump_max = "2h"
[[sink]]
type = "jsonl"
path = "alerts.jsonl"
[[sink]]
type = "console"
)");
  EXPECT_EQ(configuration.data_dir, "state");
  EXPECT_EQ(shard_count(configuration), 3U);
  EXPECT_EQ(configuration.seed, 42U);
  EXPECT_TRUE(configuration.is_exactly_once);
  EXPECT_EQ(configuration.snapshot_interval, 90 * second);
  ASSERT_EQ(configuration.files.size(), 1U);
  EXPECT_EQ(configuration.files[0].paths.size(), 2U);
  EXPECT_EQ(configuration.files[0].entity, (std::vector<std::string>{"site", "pump"}));
  EXPECT_EQ(configuration.files[0].ignore_if_present, std::vector<std::string>{"counter"});
  EXPECT_EQ(configuration.columns.at("pressure").unit, "bar");
  EXPECT_DOUBLE_EQ(configuration.budget_per_day, 3.0 / 7);
  EXPECT_EQ(configuration.cooldown, 5 * minute);
  EXPECT_EQ(configuration.shift_after, 32U);
  EXPECT_EQ(configuration.entities_max, 10U);
  EXPECT_EQ(configuration.columns_max, 20U);
  EXPECT_EQ(configuration.jump_max, 2 * hour);
  EXPECT_EQ(configuration.sinks.size(), 2U);
}

TEST(Configuration, ASourceMayHoldAlarms) {
  const Configuration configuration = parsed(
      "[[source]]\ntype = \"file\"\npath = \"a\"\nalarm = \"code\"\nseverity = \"bad\"\n"
      "severity_order = \"descending\"\nstate = \"now\"\nmessage = \"text\"\n");
  ASSERT_EQ(configuration.files.size(), 1U);
  const FileInput& input = configuration.files[0];
  EXPECT_EQ(input.alarm, "code");
  EXPECT_EQ(input.severity, "bad");
  EXPECT_EQ(input.severity_order, SeverityOrder::descending);
  EXPECT_EQ(input.state, "now");
  EXPECT_EQ(input.message, "text");
}

TEST(Configuration, HowLongALiveSourceMayBeSilent) {
  const auto live = [](const std::string& more) {
    const Configuration configuration = parsed("[[source]]\ntype = \"http\"\n" + more);
    return configuration.live.empty() ? -1 : configuration.live[0].silent_after;
  };
  EXPECT_EQ(live(""), 5 * minute);
  EXPECT_EQ(live("silent_after = \"2h\"\n"), 2 * hour);
  EXPECT_EQ(live("silent_after = \"0s\"\n"), 0);
  const std::string file(source);
  EXPECT_EQ(parsed(file + "follow = true\nsilent_after = \"1h\"\n").live[0].silent_after, hour);
  expect_message(file + "silent_after = \"1h\"\n", "p.toml:4:16: ", "follow = true");
  expect_message("[[source]]\ntype = \"simulator\"\nsilent_after = \"1h\"\n", "p.toml:3:", "");
}

// Where nothing says how its lines are built, each message is read by itself.
TEST(Configuration, SyslogIsReadMessageByMessage) {
  const auto is_syslog = [](const std::string& more) {
    const Configuration configuration =
        parsed("[[source]]\ntype = \"syslog\"\nudp = \"5514\"\n" + more);
    return !configuration.live.empty() && configuration.live[0].reading.is_syslog;
  };
  EXPECT_TRUE(is_syslog(""));
  EXPECT_TRUE(is_syslog("format = \"log\"\n"));
  EXPECT_FALSE(is_syslog("format = \"jsonl\"\n"));
  EXPECT_FALSE(is_syslog("pattern = \"{message}\"\n"));
  EXPECT_FALSE(is_syslog("time = \"when\"\n"));
}

TEST(Configuration, AnUnknownKeyIsToldWithItsPlaceAndTheNearestKnownOne) {
  expect_message("[pipeline]\nshard = 2\n", "p.toml:2:1: ", "shards");
  expect_message("[pipeline]\n  data_dri = \"x\"\n", "p.toml:2:3: ", "data_dir");
  const std::string log = "[[source]]\ntype = \"file\"\npath = \"a\"\n";
  expect_message(log + "format = \"csv\"\npattern = \"{time}\"\n", "", "a pattern is for");
  expect_message(log + "level = \"l\"\n", "", "a level is that of a message");
  expect_message(log + "format = \"log\"\nmessage = \"m\"\n", "", "the pattern says");
  expect_message(log + "state = \"s\"\n", "p.toml:4:9: ", "a state is that of an alarm");
  expect_message(log + "alarm = \"a\"\nseverity_order = \"down\"\n", "p.toml:5:18: ", "descending");
  expect_message(log + "alarm = \"a\"\nformat = \"log\"\n", "p.toml:4:9: ", "not from logs");
  expect_message("[[source]]\ntype = \"file\"\npath = \"a\"\nentiti = \"h\"\n",
                 "p.toml:4:1: ", "entity");
  expect_message("[alert]\nbudget = \"2 per day\"\n", "p.toml:1:", "alerts");
  expect_message("[limits]\nentites_max = 3\n", "p.toml:2:1: ", "entities_max");
  expect_message("[columns]\npressure = { units = \"bar\" }\n", "p.toml:2:", "unit");
  expect_message("[[sink]]\ntype = \"jsonl\"\npaht = \"a\"\n", "p.toml:3:1: ", "path");
}

TEST(Configuration, AWrongValueIsToldWithItsPlace) {
  expect_message("[pipeline]\nshards = \"two\"\n", "p.toml:2:", "shards");
  expect_message("[pipeline]\nshards = 100\n", "p.toml:2:", "64");
  expect_message("[columns]\np = { unit = \"" + std::string(70'000, 'b') + "\" }\n",
                 "p.toml:2:", "unit is longer than 16384 bytes");
  expect_message("[pipeline]\nshards = -1\n", "p.toml:2:", "shards");
  expect_message("[pipeline]\ndelivery = \"twice\"\n", "p.toml:2:", "exactly_once");
  expect_message("[pipeline]\nsnapshot_interval = \"soon\"\n", "p.toml:2:", "snapshot_interval");
  expect_message("[pipeline]\ntime_zone = \"Europe/Berln\"\n", "p.toml:2:", "Europe/Berlin");
  expect_message("[alerts]\nbudget = \"two a day\"\n", "p.toml:2:", "2 per day");
  expect_message("[alerts]\nbudget = \"0 per day\"\n", "p.toml:2:", "budget");
  expect_message("[alerts]\nbudget = \"2 per day\"\nthreshold = 5\n", "p.toml:3:", "not both");
  expect_message("[alerts]\nthreshold = 0.5\n", "p.toml:2:", "threshold");
  expect_message("[limits]\nentities_max = 0\n", "p.toml:2:", "entities_max");
  expect_message("[[source]]\ntype = \"kafka\"\npath = \"a\"\n", "p.toml:2:", "file");
  expect_message("[[source]]\ntype = \"file\"\n", "p.toml:1:", "path");
  expect_message("[[source]]\npath = \"a\"\n", "p.toml:1:", "type");
  expect_message("[[source]]\ntype = \"file\"\npath = \"a\"\ndelimiter = \"::\"\n",
                 "p.toml:4:", "one character");
  expect_message("[[sink]]\ntype = \"jsonl\"\n", "p.toml:1:", "path");
  expect_message("[[sink]]\ntype = \"slack\"\n", "p.toml:2:", "jsonl");
  expect_message("[[sink]]\ntype = \"console\"\n[[sink]]\ntype = \"console\"\n", "p.toml:3:",
                 "another [[sink]] is the same");
  expect_message("source = 3\n", "p.toml:1:", "source");
}

TEST(Configuration, DetectorsAndTheirParameters) {
  expect_message("[detectors]\nuse = [\"moving_averag\"]\n", "p.toml:2:", "moving_average");
  expect_message("[detectors]\nuse = [\"moving_average\", \"moving_average\"]\n",
                 "p.toml:2:", "twice");
  expect_message("[detectors.half_space_trees]\ntree = 3\n", "p.toml:2:1: ", "trees");
  expect_message("[detectors.half_space_trees]\ntrees = \"many\"\n", "p.toml:2:", "number");
  expect_message("[detectors.half_space_trees]\ntrees = 1e9\n", "p.toml:2:", "trees");
  expect_message("[detectors]\nhalf_space_trees = 3\n",
                 "p.toml:2:", "[detectors.half_space_trees]");
  const Configuration configuration = parsed(
      "[detectors]\nuse = [\"half_space_trees\"]\n[detectors.half_space_trees]\ntrees = 5\n"
      "[detectors.moving_average]\n");
  ASSERT_EQ(configuration.detectors.size(), 1U);
  EXPECT_EQ(configuration.detectors[0].parameters.at("trees"), 5);
}

TEST(Configuration, WhatIsNotToml) {
  expect_message("[pipeline\nshards = 2\n", "p.toml:1:", "");
  expect_message("shards = = 2\n", "p.toml:1:", "");
  expect_message("[pipeline]\nshards = 2\nshards = 3\n", "p.toml:3:", "");
  expect_message("\xFF\xFE", "p.toml:1:", "");
}

TEST(Configuration, EveryDescribedKeyIsKnown) {
  std::set<std::string_view> tables;
  for (const KeyDescription& key : configuration_keys()) {
    EXPECT_FALSE(key.summary.empty()) << key.key;
    tables.insert(key.table);
  }
  EXPECT_EQ(tables.size(), 13U);
}

// A data_dir is recognised by this text, and `retimu inspect` reads it back.
TEST(Configuration, TheJudgingTextReadsBackAsItself) {
  for (const std::string text :
       {"",
        "[pipeline]\nseed = 7\ntime_zone = \"Europe/Berlin\"\n[alerts]\nbudget = \"5 per "
        "day\"\ncooldown = \"90s\"\n",
        "[alerts]\nthreshold = 6.5\nshift_after = 20\n[limits]\ncolumns_max = 9\n",
        "[detectors]\nuse = [\"half_space_trees\"]\n[detectors.half_space_trees]\ntrees = 5\n"}) {
    const std::string once = judging_text(parsed(text));
    EXPECT_EQ(judging_text(parsed(once)), once);
  }
  // What changes a judgement changes the text; what does not, does not.
  const std::string usual = judging_text(parsed(""));
  EXPECT_NE(judging_text(parsed("[pipeline]\nseed = 1\n")), usual);
  EXPECT_NE(judging_text(parsed("[alerts]\nbudget = \"1 per week\"\n")), usual);
  EXPECT_NE(judging_text(parsed("[pipeline]\ntime_zone = \"Asia/Kathmandu\"\n")), usual);
  EXPECT_EQ(judging_text(parsed("[pipeline]\ntime_zone = \"UTC\"\n")), usual);
  EXPECT_EQ(judging_text(parsed("[pipeline]\nshards = 5\n")), usual);
  EXPECT_EQ(judging_text(parsed("[limits]\nentities_max = 5\n")), usual);
}

TEST(Configuration, AMissingFileAndAFolder) {
  for (const std::string path : {"/nonexistent/p.toml", "/"}) {
    const Result<Configuration> configuration = read_configuration(path);
    ASSERT_FALSE(configuration);
    EXPECT_EQ(configuration.error().fault, Fault::usage);
    EXPECT_TRUE(configuration.error().message.starts_with(path + ": cannot be read"))
        << configuration.error().message;
  }
}

}  // namespace
}  // namespace retimu
