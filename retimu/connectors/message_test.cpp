// SPDX-License-Identifier: Apache-2.0
// JSON lines and CSV whose records are log lines.
#include "retimu/connectors/connectors_test_tools.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

using Lines = std::vector<std::string>;

FileInput with_message(std::string message, std::string level = {}) {
  FileInput input;
  input.message = std::move(message);
  input.level = std::move(level);
  return input;
}

TEST(Messages, OfJsonLines) {
  const std::string text =
      R"({"ts":1,"host":"a","say":{"what":"it \"broke\""},"bad":"WARN","pid":7})"
      "\n"
      R"({"ts":2,"host":"b","say":{"what":"2024-03-04 05:06:07 ERROR x.Y it broke"}})"
      "\n"
      R"({"ts":3,"host":"b","say":{"what":"it runs"},"bad":null})"
      "\n"
      R"({"ts":4,"host":"b"})"
      "\n"
      R"({"ts":5,"host":"b","say":{"what":"a\u0000b"}})"
      "\n"
      R"({"ts":6,"host":"b","load":2})"
      "\n";
  FileInput input = with_message("/say/what", "bad");
  input.entity = {"host"};
  EXPECT_EQ(
      read_text(text, input),
      (Lines{"1 a [warning] it \"broke\"", "2 b [major] 2024-03-04 05:06:07 ERROR x.Y it broke",
             "3 b [indeterminate] it runs", "! no message in the record", "! has a zero byte",
             "6 b load=2"}));
  EXPECT_EQ(read_text(text, with_message("saying")).at(0),
            "error: readings: message \"saying\" is not in the file, did you mean \"say\"? It has: "
            "ts, host, say, say/what, bad, pid, load");
  EXPECT_NE(read_text(text, with_message("say/what", "bed")).at(0).find("level \"bed\" is not"),
            std::string::npos);
}

TEST(Messages, OfJsonLinesAreFoundWhereNothingIsANumber) {
  const auto read = [](std::string_view record, RecordFormat format = RecordFormat::automatic) {
    FileInput input;
    input.format = format;
    return read_text(std::string(record) + "\n", input).at(0);
  };
  EXPECT_EQ(read(R"({"ts":1,"Level":"error","MSG":"it broke"})"), "1 input [major] it broke");
  EXPECT_EQ(read(R"({"ts":1,"msg":"it broke","load":1})"), "1 input load=1");
  EXPECT_EQ(read(R"({"ts":1,"msg":"it broke","deep":{"load":1}})"), "1 input deep/load=1");
  EXPECT_EQ(read(R"({"ts":1,"msg":7})"), "1 input msg=7");
  EXPECT_EQ(read(R"({"ts":1,"remark":"it broke"})"), "1 input");
  EXPECT_EQ(read(R"({"ts":1,"msg":"it broke"})", RecordFormat::jsonl), "1 input");

  Columns columns;
  const auto file = open_text("{\"ts\":1,\"msg\":\"x\",\"user\":\"y\"}\n", {}, columns);
  ASSERT_TRUE(file);
  EXPECT_EQ((*file)->notes(), Lines{"is read as a log: field \"msg\" holds messages; with format = "
                                    "\"jsonl\" it is not"});
}

TEST(Messages, OfCsv) {
  const std::string text =
      "ts,host,severity,what,load\n"
      "1,a,warn,\"it broke,\nthen ran\",7\n"
      "2,b,,it runs,8\n"
      "3,b,FATAL,it burns,\n";
  FileInput input = with_message("what");
  input.entity = {"host"};
  const Lines expected = {"1 a [warning] it broke,\nthen ran", "2 b [indeterminate] it runs",
                          "3 b [critical] it burns"};
  EXPECT_EQ(read_text(text, input), expected);
  input.level = "severity";
  EXPECT_EQ(read_text(text, input), expected);
  EXPECT_EQ(read_text(text, with_message("load", "host")).at(1), "2 input [indeterminate] 8");
  EXPECT_EQ(
      read_text(text, with_message("whta")).at(0),
      "error: readings: message \"whta\" is not in the file, did you mean \"what\"? It has: ts, "
      "host, severity, what, load");
  EXPECT_NE(read_text(text, with_message("what", "levl")).at(0).find("level \"levl\" is not"),
            std::string::npos);
}

TEST(Messages, OfLogsAreSaidByTheirPattern) {
  FileInput input = with_message("msg");
  input.format = RecordFormat::log;
  EXPECT_NE(read_text("2024-03-04 05:06:07 x\n", input).at(0).find("its pattern says"),
            std::string::npos);
}

}  // namespace
}  // namespace retimu
