// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/metrics.hpp"

#include "retimu/engine/exposition.hpp"
#include "retimu/engine/health_facts.hpp"
#include "retimu/engine/reading_tally.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <regex>
#include <set>
#include <sstream>

namespace retimu {
namespace {

// What https://prometheus.io/docs/instrumenting/exposition_formats/ and `promtool check metrics`
// ask for; the first thing that is wrong, or nothing.
class Parser {
 public:
  std::string parse(const std::string& text) {
    if (!text.ends_with('\n')) return "no line end";
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      const std::string wrong = line.starts_with("# ") ? comment(line) : sample(line);
      if (!wrong.empty()) return wrong + ": " + line;
    }
    for (const auto& [name, type] : types_) {
      if (!has_samples_.contains(name)) return "no samples: " + name;
    }
    return {};
  }
  std::map<std::string, double> values;  // by name with labels

 private:
  std::string comment(const std::string& line) {
    static const std::regex help(R"(# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) ((?:[^\\]|\\\\|\\n)+))");
    static const std::regex type(R"(# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|summary))");
    std::smatch found;
    if (std::regex_match(line, found, help)) {
      if (!helps_.insert(found[1]).second) return "help twice";
      if (!found[2].str().ends_with('.')) return "help is no sentence";
      return {};
    }
    if (!std::regex_match(line, found, type)) return "not a comment";
    name_ = found[1];
    if (!helps_.contains(name_)) return "no help";
    if (!types_.emplace(name_, found[2]).second) return "type twice";
    if ((found[2] == "counter") != name_.ends_with("_total")) return "counters end in _total";
    return {};
  }
  std::string sample(const std::string& line) {
    const std::string label = R"re([a-zA-Z_]\w*="(?:[^"\\]|\\["\\n])*")re";
    const std::string value_text = R"((NaN|[+-]Inf|-?[0-9.]+(?:e[+-]?[0-9]+)?))";
    const std::regex whole(R"(([a-zA-Z_:][a-zA-Z0-9_:]*)(\{)" + label + "(?:," + label +
                           R"()*\})? )" + value_text);
    std::smatch found;
    if (!std::regex_match(line, found, whole)) return "not a sample";
    std::string family = found[1];
    if (types_[name_] == "summary" && family != name_) {
      if (family != name_ + "_sum" && family != name_ + "_count") return "of another family";
      family = name_;
    }
    if (family != name_) return "of another family";
    has_samples_.insert(name_);
    const std::string key = found[1].str() + found[2].str();
    const double value =
        found[3] == "NaN" ? std::nan("") : std::strtod(found[3].str().c_str(), nullptr);
    if (!values.emplace(key, value).second) return "twice";
    if (types_[name_] == "counter" && !(value >= 0)) return "a counter below 0";
    return {};
  }

  std::string name_;
  std::set<std::string> helps_, has_samples_;
  std::map<std::string, std::string> types_;
};

TEST(Metrics, AreWhatPrometheusReads) {
  Configuration configuration;
  Vitals vitals;
  vitals.records = 12;
  vitals.raised = 3;
  vitals.watermark = 1'700'000'000 * second;
  vitals.open_episodes = 4;
  vitals.open_incidents = 1;
  for (int i = 0; i < 3; ++i) vitals.count_rejected("a.csv", "no time");
  vitals.count_rejected("http", "field 3 is no \"number\"");
  vitals.set_sinks({{"jsonl:a \"b\"\\c\nd", "", 7, 8, 9},
                    {"console:", "x", 0, 0, 1},
                    {"console:", "", 0, 0, 0}});
  vitals.set_latencies({{1'000'000, 2'000'000, 3'000'000, 4'000'000}, 10, 0.5});
  Parser parser;
  const std::string text = metrics_text({configuration, vitals});
  ASSERT_EQ(parser.parse(text), "") << text;
  EXPECT_EQ(parser.values.at("retimu_records_total"), 12);
  EXPECT_EQ(parser.values.at("retimu_alerts_total{change=\"raised\"}"), 3);
  EXPECT_EQ(parser.values.at("retimu_episodes_open"), 4);
  EXPECT_EQ(parser.values.at("retimu_incidents_open"), 1);
  EXPECT_EQ(parser.values.at(R"(retimu_source_rejected_total{source="a.csv",reason="no time"})"),
            3);
  EXPECT_EQ(parser.values.at(
                R"(retimu_source_rejected_total{source="http",reason="field 3 is no \"number\""})"),
            1);
  EXPECT_EQ(parser.values.at(R"(retimu_sink_waiting{sink="jsonl:a \"b\"\\c\nd"})"), 7);
  EXPECT_EQ(parser.values.at("retimu_sink_up{sink=\"console:\"}"), 0);
  EXPECT_EQ(parser.values.at("retimu_latency_seconds{quantile=\"0.99\"}"), 0.003);
  EXPECT_EQ(parser.values.at("retimu_latency_seconds_count"), 10);
  EXPECT_TRUE(std::isnan(parser.values.at("retimu_last_snapshot_seconds")));
  EXPECT_GT(parser.values.at("process_resident_memory_bytes"), 1e6);
  EXPECT_GT(parser.values.at("process_open_fds"), 2);
}

TEST(Metrics, OfManyReasonsTheRestIsCountedTogether) {
  Vitals vitals;
  for (std::size_t i = 0; i < Vitals::reasons_max + 5; ++i) {
    vitals.count_rejected("a.csv", fmt::format("reason {}", i));
    vitals.count_rejected("a.csv", "reason 0");
  }
  EXPECT_EQ(vitals.rejected_of().size(), Vitals::reasons_max + 1);
  EXPECT_EQ(vitals.rejected_of().at({"a.csv", "other"}), 5U);
  EXPECT_EQ(vitals.rejected_of().at({"a.csv", "reason 0"}), Vitals::reasons_max + 6);
  for (std::size_t i = 0; i < Vitals::rejected_max; ++i) {
    vitals.count_rejected(fmt::format("{}.csv", i), "no time");
  }
  EXPECT_EQ(vitals.rejected_of().size(), Vitals::rejected_max + 1);
  EXPECT_EQ(vitals.rejected_of().at({"", "other"}), Vitals::reasons_max + 1);
}

TEST(Metrics, LabelsAreUtf8WithoutControlsAndShort) {
  const std::string raw = std::string("a\x1B[31m\xFF\x7F\"b\" ") + std::string(300, 'x');
  Vitals vitals;
  vitals.count_rejected("http\xC3", reason_label(raw));
  const Configuration configuration;
  const std::string text = metrics_text({configuration, vitals});
  Parser parser;
  ASSERT_EQ(parser.parse(text), "") << text;
  const std::string xs(100 - 14, 'x');
  EXPECT_EQ(
      parser.values.at(R"(retimu_source_rejected_total{source="http?",reason="a?[31m??\"...\" )" +
                       xs + "\"}"),
      1)
      << text;
  EXPECT_EQ(reason_label("no number: \"abc\""), "no number");
}

TEST(Metrics, AreParsedStrictly) {
  EXPECT_NE(Parser().parse("a 1"), "");
  EXPECT_NE(Parser().parse("a 1\n"), "");
  EXPECT_NE(Parser().parse("# HELP a_total X.\n# TYPE a_total gauge\na_total 1\n"), "");
  EXPECT_NE(Parser().parse("# HELP a X.\n# TYPE a gauge\na 1\na 1\n"), "");
  EXPECT_NE(Parser().parse("# HELP a X.\n# TYPE a gauge\na{b=\"\\x\"} 1\n"), "");
  EXPECT_EQ(Parser().parse("# HELP a X.\n# TYPE a gauge\na{b=\"\\\\\"} 1\n"), "");
}

TEST(Alive, IsWhoGoesOn) {
  Vitals vitals;
  const Time now = hour;
  EXPECT_EQ(why_not_alive(vitals, now), "");  // it is starting
  EXPECT_NE(why_not_ready(vitals), "");
  vitals.is_reading = true;
  vitals.read_at = now - 20 * second;
  EXPECT_EQ(why_not_alive(vitals, now), "");
  EXPECT_NE(why_not_ready(vitals), "");
  vitals.is_caught_up = true;
  EXPECT_EQ(why_not_ready(vitals), "");
  vitals.read_at = now - 40 * second;
  EXPECT_EQ(why_not_alive(vitals, now), "nothing was read for 40s");
  vitals.read_at = now;
  vitals.dispatched = 5;
  vitals.committed = 4;
  vitals.committed_at = now - minute;
  EXPECT_EQ(why_not_alive(vitals, now), "nothing was committed for 1m, and something waits to be");
  vitals.committed = 5;
  EXPECT_EQ(why_not_alive(vitals, now), "");
  vitals.set_state("segments: full");
  EXPECT_EQ(why_not_alive(vitals, now), "segments: full");
}

}  // namespace
}  // namespace retimu
