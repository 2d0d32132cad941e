// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/labelled_spans.hpp"

#include "retimu/core/incident.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

constexpr std::string_view text =
    "fault,entity,begin,end,size\r\n"
    "leak,pump1,2026-01-01T01:00:00Z,2026-01-01T02:00:00Z,3\r\n"
    "\n"
    "\"cut, fibre\",link1+host1,2026-01-01 03:00,2026-01-01 04:00,\n"
    ",,2026-01-01T05:00:00Z,2026-01-01T06:00:00Z,1\n";

std::vector<LabelledSpan> spans() {
  const Result<std::vector<LabelledSpan>> parsed = parse_labelled_spans(text, "labels.csv");
  EXPECT_TRUE(parsed) << parsed.error().message;
  return parsed ? *parsed : std::vector<LabelledSpan>();
}

Time at(std::string_view clock) { return *parse_iso_time("2026-01-01T" + std::string(clock)); }

class Told {
 public:
  void tell(std::uint64_t id, std::string_view entity, std::string_view clock,
            std::vector<std::string> with = {}) {
    Alert alert;
    alert.id = {id, id};
    alert.entity = entity;
    alert.time = at(clock);
    alert.change = Change::raised;
    if (!with.empty()) {
      Incident incident;
      incident.first = std::move(with);
      alert.incident = std::make_shared<const Incident>(std::move(incident));
    }
    episodes_.add(alert);
  }
  SpansTold of(std::span<const LabelledSpan> spans) { return find_told(spans, episodes_.list()); }

 private:
  ToldEpisodes episodes_;
};

TEST(LabelledSpans, AreReadByTheirHeader) {
  const std::vector<LabelledSpan> read = spans();
  ASSERT_EQ(read.size(), 3U);
  EXPECT_EQ(read[0].name, "leak");
  EXPECT_EQ(read[0].entities, std::vector<std::string>{"pump1"});
  EXPECT_EQ(read[0].end - read[0].begin, hour);
  EXPECT_EQ(read[1].name, "cut, fibre");
  EXPECT_EQ(read[1].entities, (std::vector<std::string>{"link1", "host1"}));
  EXPECT_TRUE(read[2].entities.empty());
}

TEST(LabelledSpans, SayWhatCannotBeRead) {
  const auto error = [](std::string_view of) {
    const Result<std::vector<LabelledSpan>> parsed = parse_labelled_spans(of, "l.csv");
    return parsed ? std::string() : parsed.error().message;
  };
  EXPECT_NE(error("entity,from,to\n").find("l.csv:1: labels need a header with begin and end"),
            std::string::npos);
  EXPECT_NE(error("begin,end\n2026-01-01,yesterday\n").find("l.csv:2: not a label"),
            std::string::npos);
  EXPECT_NE(error("begin,end\n2026-01-02,2026-01-01\n").find("l.csv:2: "), std::string::npos);
  EXPECT_EQ(error("begin,end\n"), "l.csv: has no labels");
  EXPECT_EQ(error(""), "l.csv: has no labels");
}

TEST(LabelledSpans, AreFoundByTheFirstWhoNamesThemInTime) {
  Told told;
  told.tell(1, "pump1", "00:59:59Z");  // false: before
  told.tell(2, "pump2", "01:10:00Z");  // false: another one
  told.tell(3, "pump1", "01:20:00Z");
  told.tell(4, "pump1", "01:30:00Z");   // again
  told.tell(5, "pump1", "02:04:00Z");   // recovery
  told.tell(6, "switch", "03:30:00Z");  // an incident that host1 joins
  told.tell(6, "switch", "03:40:00Z", {"switch", "host1"});
  told.tell(7, "anyone", "05:00:00Z");
  const SpansTold found = told.of(spans());
  ASSERT_EQ(found.delays.size(), 3U);
  EXPECT_EQ(found.delays[0], 20 * minute);
  EXPECT_EQ(found.delays[1], 40 * minute);
  EXPECT_EQ(found.delays[2], 0);
  EXPECT_EQ(found.found, 3U);
  EXPECT_EQ(found.delay, 20 * minute);
  ASSERT_EQ(found.false_episodes.size(), 2U);
  EXPECT_EQ(found.false_episodes[1]->entity, "pump2");
}

TEST(LabelledSpans, AreNotFoundByTheirRecovery) {
  Told told;
  told.tell(1, "pump1", "02:00:00Z");  // the first moment after
  told.tell(2, "pump1", "02:05:00Z");  // false
  const SpansTold found = told.of(spans());
  EXPECT_EQ(found.found, 0U);
  EXPECT_FALSE(found.delay);
  EXPECT_EQ(found.false_episodes.size(), 1U);
}

}  // namespace
}  // namespace retimu
