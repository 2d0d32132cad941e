// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/alarm_measures.hpp"

#include "retimu/evaluation/sets_test_tools.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

namespace retimu {
namespace {

constexpr std::uint32_t none = AlarmStream::no_phase;

// Alarms of one code on one host at these seconds.
AlarmStream stream_at(const std::vector<std::int64_t>& seconds) {
  AlarmStream stream{"x", {"code"}, {"host"}, {}, {}};
  for (const std::int64_t at : seconds) stream.records.push_back({at, 0, 0, none, none});
  return stream;
}

TEST(AlarmTelling, FoldsWithAWaitThatDoubles) {
  const auto told = [](const std::vector<std::int64_t>& seconds) {
    return tell_folded(stream_at(seconds), {}).is_told;
  };
  using Told = std::vector<std::uint8_t>;
  // Told at 0, waits 600; at 600, waits 1,200; at 1,800, waits 2,400; at 4,200, waits 3,600.
  EXPECT_EQ(told({0, 599, 600, 1'799, 1'800, 4'199, 4'200, 7'799, 7'800}),
            (Told{1, 0, 1, 0, 1, 0, 1, 0, 1}));
  EXPECT_EQ(told({0, 600, 3'000, 5'400}), (Told{1, 1, 1, 1}));  // 2 x 1,200: the wait still doubles
  EXPECT_EQ(told({0, 600, 3'001, 3'601}), (Told{1, 1, 1, 1}));  // beyond: 600 again
  EXPECT_EQ(told({0, 600, 3'000, 3'600}), (Told{1, 1, 1, 0}));
  AlarmStream other = stream_at({0, 1, 2});
  other.hosts.emplace_back("second");
  other.records[1].host = 1;
  EXPECT_EQ(tell_folded(other, {}).is_told, (Told{1, 1, 0}));
}

TEST(AlarmTelling, RanksByTheShareOfACode) {
  AlarmStream stream = stream_at({0, 1, 2, 3});
  stream.codes.emplace_back("rare");
  stream.records[3].code = 1;
  const std::vector<double> scores = tell_rare(stream).scores;
  EXPECT_EQ(scores[2], 0);
  EXPECT_DOUBLE_EQ(scores[3], std::log(4));
}

TEST(AlarmMeasures, AreWhatIsWorkedByHand) {
  AlarmStream stream = stream_at({0, 1, 2, 3, 4, 86'400});
  stream.phases = {"scan", "dirb", "leak"};
  stream.records[1].phase_then = 0;
  stream.records[2].phase_then = 0;
  stream.records[2].phase_itself = 1;
  stream.records[3].phase_then = 1;
  stream.records[3].phase_itself = 2;
  stream.records[4].phase_itself = 2;
  const JudgedAlarms judged =
      judge_alarms(stream, {{1, 1, 0, 0, 1, 0}, {0.1, 0.5, 0.5, 0.2, 0.9, 0.3}});
  EXPECT_EQ(judged.told, 3U);
  EXPECT_EQ(judged.reduction(), 2);
  EXPECT_EQ(judged.told_a_day(), 3);
  EXPECT_EQ(judged.then.found, 1U);  // scan at 1; dirb at 3 is not told
  EXPECT_EQ(judged.then.all, 2U);
  EXPECT_DOUBLE_EQ(judged.then.by_chance, 0.75 + 0.5);
  EXPECT_EQ(judged.itself.found, 1U);  // leak at 4
  EXPECT_DOUBLE_EQ(judged.itself.by_chance, 0.5 + 0.75);
  // Others: .1 .5 .3. dirb .5 wins two and ties one; leak .2 wins one, .9 all.
  EXPECT_DOUBLE_EQ(judged.auc.value_or(0), (2.5 / 3 + 4.0 / 6) / 2);

  const JudgedAlarms sum =
      sum_of(std::vector{judged, judge_alarms(stream_at({0, 1}), {{0, 0}, {1, 1}})});
  EXPECT_EQ(sum.alarms, 8U);
  EXPECT_EQ(sum.auc, judged.auc);  // the other has no phase
  EXPECT_EQ(judge_alarms(stream_at({5}), {{0}, {1}}).reduction(), 0);
}

TEST(AlarmMeasures, OfTheReferences) {
  AlarmStream stream = stream_at({0, 1, 2});
  stream.phases = {"scan"};
  stream.records[1].phase_then = stream.records[1].phase_itself = 0;
  const std::vector streams = {stream};
  const auto judged = judge_tellers(streams, reference_tellers());
  ASSERT_TRUE(judged);
  ASSERT_EQ(judged->size(), 3U);
  EXPECT_EQ((*judged)[0].streams[0].auc, 0.5);
  EXPECT_EQ((*judged)[2].streams[0].told, 1U);
  EXPECT_EQ((*judged)[2].streams[0].itself.found, 0U);
  const std::vector<Grid> grids = make_grids(streams, *judged);
  EXPECT_EQ(grids[0].rows[2], (std::vector<std::string>{"fold", "1", "43200", "3.0", "0 of 1",
                                                        "0.3", "0 of 1", "0.3"}));
  EXPECT_EQ(grids[1].rows[0], (std::vector<std::string>{"all", "0.500", "0.500"}));
  EXPECT_NE(to_json(streams, *judged).find(R"("fold":{"all":{"alarms":3,"told":1,)"),
            std::string::npos);
}

TEST(AlarmStreams, AreReadByTime) {
  const SetFolder folder;
  const auto error = [&] {
    const auto streams = read_ait_alerts(folder.path());
    return streams ? std::string() : streams.error().message;
  };
  EXPECT_NE(error(), "");
  const std::string header = "time,name,ip,host,short,time_label,event_label\n";
  folder.write("b_alerts.csv",
               header + "7,\"X, y\",1.2.3.4,mail,x,dirb,-\n5,Z,,web,z,false_positive,scan\n");
  folder.write("a_alerts.csv", header + "7,X,,mail,x,false_positive,-\n");
  const auto streams = read_ait_alerts(folder.path());
  ASSERT_TRUE(streams) << streams.error().message;
  ASSERT_EQ(streams->size(), 2U);
  EXPECT_EQ((*streams)[0].name, "a");
  const AlarmStream& stream = (*streams)[1];
  EXPECT_EQ(stream.records[0].seconds, 5);
  EXPECT_EQ(stream.codes[stream.records[1].code], "X, y");
  EXPECT_EQ(stream.hosts[stream.records[1].host], "mail");
  EXPECT_EQ(stream.phases[stream.records[1].phase_then], "dirb");
  EXPECT_EQ(stream.records[1].phase_itself, none);
  EXPECT_EQ(stream.records[0].phase_then, none);
  EXPECT_EQ(stream.phases[stream.records[0].phase_itself], "scan");

  Batch batch;
  append_events(stream, batch);
  ASSERT_EQ(batch.events.size(), 2U);
  EXPECT_EQ(batch.events[1].time, 7 * second);
  EXPECT_EQ(batch.events[1].entity.text, "mail");
  const Alarm& alarm = std::get<Alarm>(batch.events[1].payload);
  EXPECT_EQ(alarm.code, "X, y");
  EXPECT_EQ(alarm.severity, Severity::indeterminate);

  folder.write("a_alerts.csv", header + "7.5,X,,mail,x,false_positive,-\n");
  EXPECT_NE(error().find("a_alerts.csv:2: its time"), std::string::npos);
  folder.write("a_alerts.csv", header + "7,X\n");
  EXPECT_NE(error().find(":2: has only 2 fields"), std::string::npos);
  folder.write("a_alerts.csv", "time,name\n");
  EXPECT_NE(error().find("has no column host"), std::string::npos);
  folder.write("a_alerts.csv", header);
  EXPECT_NE(error().find("has no alarm"), std::string::npos);
}

// All four streams, where RETIMU_DATA names a folder that holds them.
TEST(AlarmStreamsDataTest, AFoldSparesMuchAndLosesNoPhase) {
  const char* folder = std::getenv("RETIMU_DATA");
  if (folder == nullptr) GTEST_SKIP() << "RETIMU_DATA names no folder";
  const auto streams = read_ait_alerts(folder);
  if (!streams) GTEST_SKIP() << streams.error().message;
  if (streams->size() < 4) GTEST_SKIP() << "only " << streams->size() << " streams are there";
  std::vector<JudgedAlarms> judged;
  for (const AlarmStream& stream : *streams) {
    judged.push_back(judge_alarms(stream, tell_folded(stream, {})));
  }
  const JudgedAlarms all = sum_of(judged);
  EXPECT_EQ(all.alarms, 1'265'588U);
  EXPECT_EQ(all.told, 9'749U);
  EXPECT_EQ(all.then.found, 39U);
  EXPECT_EQ(all.itself.found, 33U);
}

}  // namespace
}  // namespace retimu
