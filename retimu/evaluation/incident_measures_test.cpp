// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/baro.hpp"
#include "retimu/evaluation/incident_measures.hpp"
#include "retimu/evaluation/sets_test_tools.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace retimu {
namespace {

TEST(IncidentMeasures, AreWhatIsWorkedByHand) {
  const std::vector<ServiceRun::Fault> faults = {{10 * minute, 2, "cpu"},
                                                 {20 * minute, 0, "return"},
                                                 {21 * minute, 1, "return"},
                                                 {40 * minute, 1, "cpu"}};
  const std::vector<ToldIncident> incidents = {
      {9 * minute, {2}},                          // before its fault
      {10 * minute + 30 * second, {0, 1, 3, 2}},  // of the first, which it names fourth
      {11 * minute, {2}},                         // of the first, too late to name it
      {20 * minute + 90 * second, {1, 0}},        // of the third: the second is over
      {43 * minute, {1}}};                        // out of reach
  const JudgedIncidents judged = judge_incidents(faults, incidents);
  EXPECT_EQ(judged.found, 2U);
  EXPECT_EQ(judged.of_fault, 3U);
  EXPECT_EQ(judged.delay, 30 * second);
  EXPECT_EQ(judged.recall(), 0.5);
  EXPECT_EQ(judged.precision(), 0.6);
  EXPECT_EQ(judged.accuracy(0), 0.25);
  EXPECT_EQ(judged.accuracy(1), 0.25);
  EXPECT_EQ(judged.accuracy(2), 0.5);

  const JudgedIncidents none = judge_incidents(faults, {});
  EXPECT_EQ(none.precision() + none.recall() + none.accuracy(2), 0);
  EXPECT_FALSE(none.delay);
  EXPECT_EQ(judge_incidents({}, incidents).recall(), 0);
  EXPECT_DOUBLE_EQ(by_chance(28, 46).accuracy(1), 3.0 / 46);
  EXPECT_DOUBLE_EQ(by_chance(3, 2).accuracy(2), 1);

  const std::vector<NamedIncidents> rows = {{"a", false, judged}, {"b", true, judged}};
  const Grid grid = make_grid("x", rows);
  EXPECT_EQ(grid.rows[0],
            (std::vector<std::string>{"a", "2 of 4", "30", "5", "0.60", "25.0", "25.0", "50.0"}));
  EXPECT_EQ(grid.rows[1][1], "given");
  EXPECT_EQ(judged.ranks, (std::vector<std::size_t>{4, 0, 1, 0}));
  const std::vector<std::string> services = {"x", "y", "z"};
  const std::vector<NamedIncidents> with_chance = {{"by chance", true, by_chance(4, 3)}, rows[0]};
  const Grid by_fault = make_faults_grid("x", faults, services, with_chance);
  EXPECT_EQ(by_fault.header, (std::vector<std::string>{"fault", "service", "a"}));
  EXPECT_EQ(by_fault.rows[0], (std::vector<std::string>{"1970-01-01T00:10:00Z cpu", "z", "4"}));
  EXPECT_EQ(by_fault.rows[1].back(), "-");
  EXPECT_NE(to_json(rows).find(R"("a":{"knows_times":false,"faults":4,"found":2,)"),
            std::string::npos);
}

TEST(Baro, RanksByTheLargestDeviation) {
  Signals signals;
  for (int i = 0; i < 8; ++i) signals.times.push_back(i * minute);
  // Before: median 3, IQR 2 (numpy.percentile of 1 2 3 4 5); after: (9 - 3) / 2 = 3.
  signals.services.push_back({{1, 2, 3, 4, 5, 9, 0, 0}});
  // IQR 0 counts as 1: 5 - 2 = 3 is a tie, and the order stays.
  signals.services.push_back({{2, 2, 2, 2, 2, 2, 5, 0}});
  // Its second signal: (8 - 2) / 1.
  signals.services.push_back({{1, 1, 1, 1, 1, 1, 1, 1}, {1, 2, 2, 2, 3, 2, 8, 99}});
  // Nothing before, or nothing after.
  const double none = std::numeric_limits<double>::quiet_NaN();
  signals.services.push_back({{none, none, none, none, none, 9, 9, 9}});
  const BaroReach reach{.before = 5 * minute, .after = 2 * minute};
  const std::vector<double> scores = baro_scores(signals, 5 * minute, reach);
  EXPECT_EQ(scores[0], 3);
  EXPECT_EQ(scores[2], 6);
  EXPECT_EQ(ranking_of(scores), (std::vector<std::uint32_t>{2, 0, 1, 3}));
}

class Nezha {
 public:
  Nezha() {
    for (const std::string service : {"ts-a", "ts-b"}) {
      folder_.write("day/metric/" + service + "-1-x_metric.csv",
                    "Time,TimeStamp,PodName,Cpu,NodeCpu\nw,60,p,1,2\nw,120,p,,4\n");
    }
    write_faults("1970-01-01 00:01:30");
    folder_.write(
        "day/log/a_log.csv",
        "TimeUnixNano,PodName,Log\n"
        "1700000000000000000,ts-b-1-x,\"{\"\"log\"\":\"\"00:01:15.1 ERROR x.Y it broke\\n\"\"}\"\n"
        "1700000000000000000,ts-b-1-x,\"{\"\"log\"\":\"\"00:01:15.1 ERROR x.Y it broke\\n\"\"}\"\n"
        "1700000000000000000,ts-c-1-x,\"{\"\"log\"\":\"\"x\"\"}\"\n"
        "1700000000000000000,ts-b-1-x,{\n");
  }
  void write_faults(const std::string& time) const {
    folder_.write("day/2024-fault_list.json",
                  "{\"00\":[{\"inject_time\":\"" + time +
                      "\",\"inject_pod\":\"ts-b-1-x\",\"inject_type\":\"cpu\"}]}");
  }
  const SetFolder& folder() const { return folder_; }

 private:
  SetFolder folder_;
};

TEST(ServiceRuns, AreReadAsEvents) {
  const Nezha nezha;
  const auto runs = read_nezha(nezha.folder().path());
  ASSERT_TRUE(runs) << runs.error().message;
  ASSERT_EQ(runs->size(), 1U);
  const ServiceRun& run = (*runs)[0];
  EXPECT_EQ(run.name, "2024");
  EXPECT_EQ(run.services, (std::vector<std::string>{"ts-a", "ts-b"}));
  EXPECT_EQ(run.metrics, (std::vector<std::string>{"Cpu", "NodeCpu"}));
  ASSERT_EQ(run.faults.size(), 1U);
  EXPECT_EQ(run.faults[0].time, 90 * second);
  EXPECT_EQ(run.faults[0].service, 1U);
  ASSERT_EQ(run.lines.size(), 1U);
  EXPECT_EQ(run.lines[0].level, Severity::major);
  EXPECT_EQ(run.lines[0].text, "00:01:15.1 ERROR x.Y it broke");
  EXPECT_EQ(run.unread_lines, 2U);

  Columns columns;
  Batch batch;
  append_events(run, columns, batch);
  ASSERT_EQ(batch.events.size(), 5U);
  EXPECT_EQ(batch.events[0].entity.text, "ts-a");
  EXPECT_EQ(batch.events[1].time, 60 * second);
  EXPECT_EQ(std::get<Readings>(batch.events[0].payload).values[1], 2);
  EXPECT_TRUE(std::holds_alternative<LogLine>(batch.events[4].payload));

  const Signals metrics = metric_signals(run);
  EXPECT_EQ(metrics.times, (std::vector<Time>{60 * second, 120 * second}));
  ASSERT_EQ(metrics.services[1].size(), 1U);  // without the node's
  EXPECT_EQ(metrics.services[1][0][0], 1);
  EXPECT_TRUE(std::isnan(metrics.services[1][0][1]));
  const Time at = run.lines[0].time;
  for (const Time fault : {at - 29 * second, at, at + second}) {
    const Signals lines = line_signals(run, line_templates(run), fault);
    EXPECT_EQ(lines.times, std::vector<Time>{fault <= at ? fault : fault - 30 * second});
    EXPECT_EQ(lines.services[1][0], std::vector<double>{1});
  }
  ServiceRun more = run;
  for (const std::string text : {"started in 7 ms", "started in 9 ms", "it ended there"}) {
    more.lines.push_back({at + second, 1, Severity::indeterminate, text});
  }
  const Signals counts = line_signals(more, line_templates(more), at);
  EXPECT_EQ(counts.services[1], (std::vector<std::vector<double>>{{1}, {2}, {1}}));
  EXPECT_TRUE(counts.services[0].empty());
}

TEST(ServiceRuns, SayWhatIsWrong) {
  const Nezha nezha;
  nezha.write_faults("yesterday");
  EXPECT_NE(error_of(read_nezha(nezha.folder().path())).find("the fault of yesterday"),
            std::string::npos);
  nezha.folder().write("day/log/b_log.csv", "Time,Log\n");
  nezha.write_faults("1970-01-01 00:01:30");
  EXPECT_NE(error_of(read_nezha(nezha.folder().path())).find("has no column TimeUnixNano"),
            std::string::npos);
  nezha.folder().write("day/metric/ts-c-1-x_metric.csv", "Time,TimeStamp,PodName,Load\nw,60,p,1\n");
  EXPECT_NE(error_of(read_nezha(nezha.folder().path())).find("other columns"), std::string::npos);
  EXPECT_NE(error_of(read_nezha(nezha.folder().path() + "/day/log")).find("not there"),
            std::string::npos);
  EXPECT_NE(error_of(read_nezha(nezha.folder().path() + "/no")).find("no such folder"),
            std::string::npos);
}

}  // namespace
}  // namespace retimu
