// SPDX-License-Identifier: Apache-2.0
// JSON lines and CSV whose records are alarms of other systems.
#include "retimu/connectors/alarm_fields.hpp"
#include "retimu/connectors/file_fuzz.hpp"
#include "retimu/core/random.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace retimu {
namespace {

using Lines = std::vector<std::string>;

FileInput with_alarm(std::string alarm, std::string severity = {}, std::string state = {}) {
  FileInput input;
  input.alarm = std::move(alarm);
  input.severity = std::move(severity);
  input.state = std::move(state);
  return input;
}

Lines notes_of(const std::string& text, const FileInput& input) {
  Columns columns;
  const auto file = open_text(text, input, columns);
  return file ? (*file)->notes() : Lines{file.error().message};
}

TEST(Alarms, OfJsonLines) {
  const std::string text =
      R"({"ts":1,"host":"a","it":{"code":"LINK"},"bad":"Major","now":"OPEN","say":"down","n":7})"
      "\n"
      R"({"ts":2,"host":"a","it":{"code":"LINK"},"bad":"Major","now":"RESOLVED","say":"up"})"
      "\n"
      R"({"ts":3,"host":"b","it":{"code":1023},"bad":5})"
      "\n"
      R"({"ts":4,"host":"b","it":{"code":true},"bad":null})"
      "\n"
      R"({"ts":5,"host":"b","it":{"code":"X"},"bad":"hgih","now":[1]})"
      "\n"
      R"({"ts":6,"host":"b","it":{"code":"X\u0000"},"bad":"high"})"
      "\n"
      R"({"ts":7,"it":{"code":"X"},"bad":"high"})"
      "\n";
  FileInput input = with_alarm("/it/code", "bad", "now");
  input.message = "say";
  input.entity = {"host"};
  EXPECT_EQ(read_text(text, input),
            (Lines{"1 a LINK! [major] down", "2 a LINK! [cleared] up", "3 b 1023! [critical] ",
                   "4 b true! [indeterminate] ", "5 b X! [indeterminate] ", "! has a zero byte",
                   "! no entity in the record, or one too long"}));
  input.severity_order = SeverityOrder::descending;
  EXPECT_EQ(read_text(text, input).at(2), "3 b 1023! [indeterminate] ");
  EXPECT_NE(read_text(text, with_alarm("it/codes"))
                .at(0)
                .find("alarm \"it/codes\" is not in the "
                      "file, did you mean \"it/code\"?"),
            std::string::npos);
}

// Every value that says that there is no alarm leaves the record what it would be without the key.
TEST(Alarms, AreSomeOfTheRecordsOfJsonLines) {
  const std::string text = R"({"ts":1,"alarm":"LINK","severity":"minor","load":1})"
                           "\n"
                           R"({"ts":2,"alarm":null,"load":2})"
                           "\n"
                           R"({"ts":3,"alarm":"","load":3,"deep":{"load":4}})"
                           "\n"
                           R"({"ts":4,"alarm":0,"load":NaN})"
                           "\n"
                           R"({"ts":5,"alarm":false,"load":5})"
                           "\n"
                           R"({"ts":6,"alarm":["a"],"load":6})"
                           "\n"
                           R"({"ts":7,"load":7})"
                           "\n"
                           R"({"ts":8,"alarm":"n/a","say":"it runs","load":8,"level":"warn"})"
                           "\n";
  const Lines expected = {"1 input LINK! [minor] ", "2 input load=2", "3 input deep/load=4 load=3",
                          "4 input load=?",         "5 input load=5", "6 input load=6",
                          "7 input load=7",         "8 input load=8"};
  EXPECT_EQ(read_text(text, with_alarm("alarm")), expected);
  FileInput input = with_alarm("alarm");
  input.message = "say";
  EXPECT_EQ(read_text(text, input).at(6), "7 input load=7");
  EXPECT_EQ(read_text(text, input).at(7), "8 input [warning] it runs");
}

TEST(Alarms, MakeNoColumns) {
  Columns columns;
  const auto file = open_text("{\"ts\":1,\"alarm\":\"X\",\"id\":7}\n{\"ts\":2,\"load\":7}\n",
                              with_alarm("alarm"), columns);
  ASSERT_TRUE(file);
  EXPECT_EQ(columns.count(), 1U);
}

TEST(Alarms, OfCsv) {
  const std::string text =
      "ts,host,alarm,severity,status,text,load\n"
      "1,a,\"LINK,1\",P1,firing,\"it broke,\nthen ran\",7\n"
      "2,b,,,,,8\n"
      "3,b,0,critical,,,9\n"
      "4,b,E7,emergency,closed,,\n"
      "5,b,E7,,,,1\n";
  FileInput input = with_alarm("alarm");
  input.entity = {"host"};
  EXPECT_EQ(read_text(text, input),
            (Lines{"1 a LINK,1! [critical] it broke,\nthen ran", "2 b load=8", "3 b load=9",
                   "4 b E7! [cleared] ", "5 b E7! [indeterminate] "}));
  input.message = "host";
  EXPECT_EQ(read_text(text, input).at(1), "2 b [indeterminate] b");
  EXPECT_EQ(read_text(text, input).at(3), "4 b E7! [cleared] b");
  EXPECT_NE(read_text(text, with_alarm("alram")).at(0).find("did you mean \"alarm\"?"),
            std::string::npos);
}

TEST(Alarms, AreFoundWhereNoReadingIsLost) {
  const auto read = [](std::string_view record, RecordFormat format = RecordFormat::automatic) {
    FileInput input;
    input.format = format;
    return read_text(std::string(record) + "\n", input).at(0);
  };
  EXPECT_EQ(read(R"({"ts":1,"Alarm_Name":"LINK","Severity":"major","alarm_id":77,"text":"down"})"),
            "1 input LINK! [major] down");
  EXPECT_EQ(read(R"({"ts":1,"labels":{"alertname":"Down","severity":"P2"},"status":"resolved"})"),
            "1 input Down! [cleared] ");
  EXPECT_EQ(read(R"({"ts":1,"alarm":"LINK","severity":4})"), "1 input LINK! [major] ");
  EXPECT_EQ(read(R"({"ts":1,"alarm":"LINK","severity":"major"})", RecordFormat::jsonl), "1 input");
  // A label of a benchmark, a severity that is none, an alarm without one, readings beside it.
  EXPECT_EQ(read(R"({"ts":1,"alarm":1,"severity":2})"), "1 input alarm=1 severity=2");
  EXPECT_EQ(read(R"({"ts":1,"alarm":true,"severity":"major"})"), "1 input alarm=1");
  EXPECT_EQ(read(R"({"ts":1,"alarm":"attack","severity":7.5})"), "1 input severity=7.5");
  EXPECT_EQ(read(R"({"ts":1,"alarm":"attack"})"), "1 input");
  EXPECT_EQ(read(R"({"ts":1,"alarm":"LINK","severity":"major","load":3})"), "1 input load=3");

  EXPECT_EQ(read_text("ts,alarm_code,severity,state\n1,E7,high,active\n2,E7,high,cleared\n"),
            (Lines{"1 input E7! [major] ", "2 input E7! [cleared] "}));
  EXPECT_EQ(read_text("ts,alarm_code,severity,state\n1,E7,high,active\n",
                      [] {
                        FileInput input;
                        input.format = RecordFormat::csv;
                        return input;
                      }()),
            Lines{"1 input"});
  EXPECT_EQ(read_text("ts,load,alarm\n1,3,0\n2,4,1\n"),
            (Lines{"1 input alarm=0 load=3", "2 input alarm=1 load=4"}));
  EXPECT_EQ(read_text("ts,load,alarm,severity\n1,3,,\n2,4,HOT,major\n"),
            (Lines{"1 input load=3", "2 input load=4"}));
}

TEST(Alarms, AreFoundAmongReadingsAndLogLines) {
  EXPECT_EQ(read_text("{\"ts\":1,\"load\":3}\n"
                      "{\"ts\":2,\"alarm\":\"HOT\",\"severity\":\"major\"}\n"),
            (Lines{"1 input load=3", "2 input HOT! [major] "}));
  const std::string text =
      "{\"ts\":1,\"level\":\"error\",\"msg\":\"it broke\"}\n"
      "{\"ts\":2,\"alarm\":\"HOT\",\"severity\":\"major\",\"msg\":\"too hot\"}\n";
  EXPECT_EQ(read_text(text), (Lines{"1 input [major] it broke", "2 input HOT! [major] too hot"}));
  EXPECT_EQ(notes_of(text, {}),
            (Lines{"alarms are read from it: field \"alarm\" names them, \"severity\" says how bad "
                   "they are; with format = \"jsonl\" they are not",
                   "is read as a log: field \"msg\" holds messages; with format = \"jsonl\" it is "
                   "not"}));
  EXPECT_EQ(notes_of("ts,alarm,severity\n1,HOT,major\n", {}),
            Lines{"alarms are read from it: field \"alarm\" names them, \"severity\" says how bad "
                  "they are; with format = \"csv\" they are not"});
}

TEST(Alarms, TellWhatTheyDoNotKnow) {
  std::string text = "ts,alarm,bad,state\n";
  text += "1,A,hgih,beendet\n2,A,hgih,\n3,A,low,beendet\n";
  for (int i = 0; i < 50; ++i) text += fmt::format("4,A,strange {},\n", i);
  const FileInput input = with_alarm("alarm", "bad", "state");
  const Lines lines = read_text(text, input);
  EXPECT_EQ(lines.at(0), "1 input A! [indeterminate] ");
  EXPECT_EQ(lines.at(2), "3 input A! [warning] ");
  const Lines notes = notes_of(text, input);
  ASSERT_EQ(notes.size(), 20U);
  EXPECT_EQ(notes[0], "state \"beendet\" is not known: alarms with it count as raised");
  EXPECT_EQ(notes[1],
            "severity \"hgih\" is not known and counts as indeterminate, did you mean \"high\"?");
}

TEST(Alarms, AreBounded) {
  const std::string code(5'000, 'c'), said(100'000, 's');
  const Lines lines =
      read_text(fmt::format("{{\"ts\":1,\"alarm\":\"{}\xC3\xBC\",\"msg\":\"{}\"}}\n", code, said),
                with_alarm("alarm"));
  EXPECT_EQ(lines, Lines{fmt::format("1 input {}! [indeterminate] {}", code.substr(0, 1'024),
                                     said.substr(0, 65'536))});
}

TEST(Alarms, AreNotOfLogs) {
  FileInput input = with_alarm("alarm");
  input.format = RecordFormat::log;
  EXPECT_NE(read_text("2024-03-04 05:06:07 x\n", input).at(0).find("not from a log's lines"),
            std::string::npos);
}

TEST(Alarms, AreMergedWithOtherFiles) {
  const TemporaryFolder folder;
  FileInput alarms = with_alarm("alarm");
  alarms.paths = {folder.write("a.csv", "ts,alarm,severity,text\n2,HOT,major,too hot\n")};
  FileInput readings;
  readings.paths = {folder.write("b.csv", "ts,load\n1,5\n3,6\n")};
  Columns columns;
  const auto source = open_files({alarms, readings}, columns);
  ASSERT_TRUE(source) << source.error().message;
  Batch batch;
  Lines lines;
  ASSERT_TRUE((*source)->read(batch, 100, {}));
  append_lines(batch, columns, lines);
  EXPECT_EQ(lines, (Lines{"1 input load=5", "2 input HOT! [major] too hot", "3 input load=6"}));
}

// Pieces in any order are read the same way however they come and from wherever.
TEST(Alarms, MayHoldAnything) {
  constexpr std::array<std::string_view, 16> pieces = {"ts,alarm,severity,text\n",
                                                       "1,",
                                                       "2,HOT,major,x\n",
                                                       "\"",
                                                       "\n",
                                                       ",",
                                                       "\xff\x1b",
                                                       "NaN",
                                                       "{\"ts\":1,",
                                                       "\"alarm\":",
                                                       "\"HOT\",",
                                                       "\"severity\":",
                                                       "[1],",
                                                       "{\"a\":1}",
                                                       "5}\n",
                                                       "\"text\":\"x\"}\n"};
  Random random(23);
  for (int i = 0; i < 4'000; ++i) {
    const bool is_csv = random.below(2) == 0;
    std::string text =
        is_csv ? "ts,alarm,severity,text\n" : "{\"ts\":1,\"alarm\":\"A\",\"text\":1}\n";
    for (std::uint64_t count = random.below(14) + 1; count > 0; --count) {
      text += pieces[random.below(pieces.size())];
    }
    if (random.below(8) == 0) text[random.below(text.size())] = '\0';
    check_reading(text, choose_input(static_cast<std::uint8_t>(128 + random.below(128)),
                                     is_csv ? RecordFormat::csv : RecordFormat::jsonl));
  }
}

// Messages and alarms may be rare among readings.
TEST(AlarmFields, ThatComeBehindTheFirstRecordsAreRead) {
  std::string text;
  for (int i = 0; i < 3'000; ++i) text += fmt::format("{{\"ts\":{},\"load\":1}}\n", i);
  text += R"({"ts":4000,"event_of_alarm":"LINK","perceived":5})"
          "\n"
          R"({"ts":4001,"what_it_says":"hello","with_level":"WARN"})"
          "\n";
  FileInput input = with_alarm("event_of_alarm", "perceived");
  input.message = "what_it_says";
  input.level = "with_level";
  const Lines lines = read_text(text, input);
  ASSERT_EQ(lines.size(), 3'002U);
  EXPECT_EQ(lines[3'000], "4000 input LINK! [critical] ");
  EXPECT_EQ(lines[3'001], "4001 input [warning] hello");
}

}  // namespace
}  // namespace retimu
