// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/alert_json.hpp"
#include "retimu/connectors/random_alert.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace retimu {
namespace {

TEST(AlertJson, IsReadAsItWasWritten) {
  for (std::uint64_t seed = 1; seed <= 5'000; ++seed) {
    Random random(seed);
    const Alert alert = random_alert(random);
    const std::string json = to_json(alert);
    EXPECT_TRUE(json.starts_with(alert_json_begin));
    const Result<Alert> read = parse_alert(json);
    ASSERT_TRUE(read) << "seed " << seed << ": " << read.error().message;
    ASSERT_TRUE(are_equal(*read, alert)) << "seed " << seed << ": " << json;
    ASSERT_EQ(to_json(*read), json) << "seed " << seed;
  }
}

TEST(AlertJson, KeepsWhatItCanOfWhatHasNoJson) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  Alert alert;
  alert.change = Change::raised;
  alert.severity = Severity::minor;
  alert.entity = "K\xF6ln";
  alert.samples = infinity;
  alert.reasons = {{"a", "", 1, -infinity, infinity, 1}};
  const Result<Alert> read = parse_alert(to_json(alert));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->entity, "K\xEF\xBF\xBDln");
  EXPECT_EQ(read->samples, infinity);
  EXPECT_EQ(read->reasons[0].expected_low, -infinity);
  EXPECT_EQ(read->reasons[0].expected_high, infinity);
  EXPECT_FALSE(read->log10_p);
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

TEST(AlertJson, MustBeAnAlert) {
  Random random(3);
  Alert alert = random_alert(random);
  alert.change = Change::raised;
  alert.severity = Severity::minor;
  alert.revision = 7;
  alert.lead = "someone";
  const std::string json = to_json(alert);
  const std::vector<std::string> wrong = {
      "",
      "{}",
      "[]",
      "5",
      json.substr(0, json.size() / 2),
      json + "}",
      replaced(json, "\"id\":\"", "\"id\":\"g"),
      replaced(json, "\"change\":\"raised\"", "\"change\":\"risen\""),
      replaced(json, "\"change\":\"raised\"", "\"change\":1"),
      replaced(json, "\"severity\":\"minor\"", "\"severity\":\"tiny\""),
      replaced(json, "\"revision\":7", "\"revision\":-7"),
      replaced(json, "\"revision\":7", "\"revision\":4294967296"),
      replaced(json, "\"revision\":7", "\"revision\":\"7\""),
      replaced(json, "\"time\":\"", "\"time\":\"x"),
      replaced(json, "\"lead\":\"someone\"", "\"lead\":null"),
      replaced(json, "\"entity\":", "\"entities\":"),
      replaced(json, "\"shift\":", "\"shift\":5,\"x\":"),
      replaced(json, "\"sequence\":", "\"sequence\":-"),
      replaced(json, "\"detectors\":[", "\"detectors\":[5,"),
      replaced(json, "\"reasons\":[", "\"reasons\":[{},"),
      replaced(json, "\"reasons\":[", "\"reasons\":5,\"x\":["),
  };
  for (const std::string& one : wrong) {
    const Result<Alert> read = parse_alert(one);
    ASSERT_FALSE(read) << one;
    EXPECT_EQ(read.error().fault, Fault::input);
    EXPECT_EQ(read.error().message.find("not an alert of RETIMU: \""), 0U);
  }
  EXPECT_TRUE(parse_alert(replaced(json, "\"lead\":", "\"later\":[{}],\"lead\":")));
}

}  // namespace
}  // namespace retimu
