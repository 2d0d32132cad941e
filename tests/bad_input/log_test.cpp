// SPDX-License-Identifier: Apache-2.0
// Commands that read logs, with files that are no logs, and with one that is.
#include "tests/bad_input/bad_input_case.hpp"

#include <zlib.h>

namespace retimu {
namespace {

using BadLog = BadInput;

TEST_F(BadLog, IsMissingEmptyOrBinary) {
  expect_told({"templates", "absent.log"}, told_input, {"absent.log", "No such file"});
  write("empty.log", "");
  expect_told({"templates", "empty.log"}, told_input, {"empty.log", "no line"});
  write("blank.log", "\n  \n\r\n");
  expect_told({"templates", "blank.log"}, told_input, {"blank.log", "no line"});
  write("picture.log", std::string("valve 7 opened\nGIF\0\1\2\n", 23));
  expect_told({"templates", "picture.log"}, told_input, {"picture.log:2", "no text"});
  EXPECT_EQ(run({"templates"}).code, told_usage);
}

TEST_F(BadLog, AnOutputThatIsReadIsRefused) {
  write("plant.log", "valve 7 opened\n");
  expect_told({"templates", "plant.log", "--output", "plant.log"}, told_usage, {"overwritten"});
  EXPECT_EQ(read_file(folder_ / "plant.log"), "valve 7 opened\n");
  expect_told({"templates", "plant.log", "--output", "absent/t.csv"}, told_system, {"absent"});
}

TEST_F(BadLog, EvaluatingLogsHasNoDetectors) {
  expect_told({"evaluate", "loghub", "--data", ".", "--online"}, told_usage, {"no detectors"});
  expect_told({"evaluate", "loghub", "--data", ".", "--detector", "adwin"}, told_usage,
              {"no detectors"});
  expect_told({"evaluate", "loghub"}, told_usage, {"--data"});
  expect_told({"evaluate", "loghub", "--data", "."}, told_input, {"the set is not there"});
}

TEST_F(BadLog, AGoodOneIsTold) {
  const std::string text = "valve 7 opened\n\nvalve 8 opened\r\ntank full";
  const std::string name = folder_ / "plant.log.gz";
  gzFile file = gzopen(name.c_str(), "wb");
  ASSERT_EQ(gzwrite(file, text.data(), static_cast<unsigned>(text.size())),
            static_cast<int>(text.size()));
  gzclose(file);
  const Outcome outcome = run({"templates", "plant.log.gz", "--output", "templates.csv"});
  EXPECT_EQ(outcome.code, told_done) << outcome.errors;
  EXPECT_NE(outcome.output.find("3 lines, 2 templates"), std::string::npos) << outcome.output;
  EXPECT_NE(outcome.output.find("valve <*> opened"), std::string::npos) << outcome.output;
  const std::vector<std::string> rows = lines_of(read_file(folder_ / "templates.csv"));
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[0], "LineId,EventId,EventTemplate");
  EXPECT_TRUE(rows[1].starts_with("1,") && rows[1].ends_with(",\"valve <*> opened\""));
  EXPECT_EQ(rows[2].substr(2), rows[1].substr(2));
  EXPECT_TRUE(rows[3].ends_with(",\"tank full\""));
  EXPECT_EQ(run({"templates", "plant.log.gz", "--json"}).code, told_done);
}

}  // namespace
}  // namespace retimu
