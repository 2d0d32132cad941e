// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/connectors_test_tools.hpp"
#include "retimu/core/random.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

using Lines = std::vector<std::string>;

FileInput csv(std::string time = "", std::vector<std::string> entity = {}) {
  FileInput input;
  input.format = RecordFormat::csv;
  input.time = std::move(time);
  input.entity = std::move(entity);
  return input;
}

// What a file gives beside its records.
std::vector<std::string> notes_of(const std::string& text, const FileInput& input = csv()) {
  Columns columns;
  const auto file = open_text(text, input, columns);
  if (!file) return {"error: " + file.error().message};
  (void)read_lines(**file, columns);
  return (*file)->notes();
}

TEST(Csv, GivesAnEventARecord) {
  EXPECT_EQ(read_text("ts,host,load,temp\n17,a,1.5,20\n18,b,,21\n", csv("ts", {"host"})),
            (Lines{"17 a load=1.5 temp=20", "18 b temp=21"}));
  // In the order of names, whatever the order of fields; ids come as they stand.
  EXPECT_EQ(read_text("z,y,id,ts\n1,2,007,17\n", csv("", {"id"})), (Lines{"17 007 y=2 z=1"}));
  EXPECT_EQ(read_text("ts,load\n17,1\n", csv()), (Lines{"17 input load=1"}));
  EXPECT_EQ(read_text("ts,a,b\n17,x/y,z\n", csv("", {"a", "b"})), (Lines{"17 x\\/y/z"}));
  EXPECT_EQ(read_text("load\n1\n2\n"), (Lines{"1 input load=1", "2 input load=2"}));
}

TEST(Csv, HasAnyDelimiter) {
  const Lines expected = {"1764072000 input a=1.5 b=2", "1764072060 input a=2.5 b=3"};
  EXPECT_EQ(read_text("t,a,b\n2025-11-25 12:00:00,1.5,2\n2025-11-25 12:01:00,2.5,3\n"), expected);
  EXPECT_EQ(read_text("t;a;b\n2025-11-25 12:00:00;1,5;2\n2025-11-25 12:01:00;2,5;3\n"), expected);
  EXPECT_EQ(read_text("t\ta\tb\n2025-11-25 12:00:00\t1.5\t2\n2025-11-25 12:01:00\t2.5\t3\n"),
            expected);
  EXPECT_EQ(read_text("t|a|b\n2025-11-25 12:00:00|1.5|2\n2025-11-25 12:01:00|2.5|3\n"), expected);
  // Decimal commas are more than the semicolons, but with them less can be read.
  EXPECT_EQ(read_text("1764072000;1,5;2,5;3,5\n"),
            (Lines{"1 input column_1=1764072000 column_2=1.5 column_3=2.5 column_4=3.5"}));
  EXPECT_EQ(read_text("t;m;v\n17;a, b, c;1\n"), (Lines{"1 input t=17 v=1"}));
  FileInput colon = csv("ts");
  colon.delimiter = ':';
  EXPECT_EQ(read_text("ts:a\n17:1\n", colon), (Lines{"17 input a=1"}));
  EXPECT_EQ(read_text("ts,x\ta\n17,5\t1\n", {}, "readings.tsv"), (Lines{"1 input a=1"}));
}

TEST(Csv, IsReadThroughItsQuotes) {
  EXPECT_EQ(read_text("\"ts\",\"the \"\"load\"\", in %\"\n\"17\",\"1\"\n"),
            (Lines{"17 input the \"load\", in %=1"}));
  EXPECT_EQ(read_text("ts,\"two\nlines\",b\n17,1,\"2\"\n18,\"3\n\",4\n"),
            (Lines{"17 input b=2 two\nlines=1", "18 input b=4"}));
  EXPECT_EQ(read_text("ts,note,a\n17,\"x,\n\"\"y\"\"\",1\n18,\"\",2\n"),
            (Lines{"17 input a=1", "18 input a=2"}));
}

TEST(Csv, LosesOneLineToAStrayQuote) {
  const std::string misplaced = "! a quote is misplaced or not closed";
  // 12" at the start of a field would hold everything up to the next quote.
  EXPECT_EQ(read_text("ts,pipe,a\n17,x,1\n18,\"12 inch,2\n19,y,3\n20,\"z\",4\n21,x,5\n"),
            (Lines{"17 input a=1", misplaced, "19 input a=3", "20 input a=4", "21 input a=5"}));
  EXPECT_EQ(read_text("ts,pipe,a\n17,x,1\n18,\"12 inch,2\n19,y,3\n"),
            (Lines{"17 input a=1", misplaced, "19 input a=3"}));
  EXPECT_EQ(read_text("ts,pipe,a\n17,x,1\n18,\"12\" inch,2\n19,y,3\n"),
            (Lines{"17 input a=1", misplaced, "19 input a=3"}));
}

TEST(Csv, KnowsAHeaderFromARecord) {
  EXPECT_EQ(
      read_text("1764072000,5\n1764072001,6\n"),
      (Lines{"1 input column_1=1764072000 column_2=5", "2 input column_1=1764072001 column_2=6"}));
  EXPECT_EQ(read_text("2025-11-25T12:00:00Z,5\n2025-11-25T12:00:01Z,6\n"),
            (Lines{"1764072000 input column_2=5", "1764072001 input column_2=6"}));
  EXPECT_EQ(read_text("host1,17,5\nhost1,18,6\n", csv("column_2", {"column_1"})),
            (Lines{"17 host1 column_3=5", "18 host1 column_3=6"}));
  // A name that is asked for makes a header of what looks like a record.
  EXPECT_EQ(read_text("host,2019,2020\na,1,2\n", csv("row", {"host"})),
            (Lines{"1 a 2019=1 2020=2"}));
  // pandas writes its index without a name.
  EXPECT_EQ(read_text(",ts,load\n0,17,5\n"), (Lines{"17 input column_1=0 load=5"}));
  EXPECT_EQ(read_text("ts,a,b\n"), Lines{});
  EXPECT_EQ(read_text("5\n6\n"), (Lines{"1 input column_1=5", "2 input column_1=6"}));
}

TEST(Csv, MakesItsNamesUnique) {
  EXPECT_EQ(read_text("ts,load,load,load_2,\n17,1,2,3,4\n"),
            (Lines{"17 input column_5=4 load=1 load_2=2 load_2_2=3"}));
}

TEST(Csv, FindsItsTime) {
  EXPECT_EQ(read_text("load,Timestamp\n1,17\n"), (Lines{"17 input load=1"}));
  EXPECT_EQ(read_text("time,ts,a\nnoon,17,1\n"), (Lines{"17 input a=1"}));
  EXPECT_EQ(read_text("a,when\n1,2025-11-25 12:00\n"), (Lines{"1764072000 input a=1"}));
  EXPECT_EQ(read_text("ts,a\n1764072000123,1\n"), (Lines{"1764072000123000000ns input a=1"}));
  EXPECT_EQ(read_text("ts,a\n1.764072e+09,1\n"), (Lines{"1764072000 input a=1"}));
  // The first value counts that is not missing.
  EXPECT_EQ(read_text("ts,a\n,1\n17,2\n18,2\n"),
            (Lines{"! its time cannot be read", "17 input a=2", "18 input a=2"}));
  EXPECT_EQ(read_text("when,a\nmorning,1\nnoon,2\n"), (Lines{"1 input a=1", "2 input a=2"}));
  EXPECT_EQ(read_text("ts,a\n17,1\n18,2\n", csv("row")),
            (Lines{"1 input a=1 ts=17", "2 input a=2 ts=18"}));
  EXPECT_EQ(notes_of("a,b\n1,2\n").at(0).find("no time was found"), 0U);
  EXPECT_EQ(notes_of("a,b\n1,2\n", csv("row")), Lines{});
}

TEST(Csv, ReadsDatesAsPeopleWriteThem) {
  EXPECT_EQ(read_text("ts,a\n25.11.2025 12:00:00,1\n01.12.2025 12:00:00,2\n"),
            (Lines{"1764072000 input a=1", "1764590400 input a=2"}));
  // The file's first date says what is first in all of them.
  EXPECT_EQ(read_text("ts,a\n11/25/2025 12:00 PM,1\n12/01/2025 12:00 PM,2\n"),
            (Lines{"1764072000 input a=1", "1764590400 input a=2"}));
  EXPECT_EQ(read_text("ts,a\n25/11/2025 12:00,1\n01/12/2025 12:00,2\n12/13/2025 12:00,3\n"),
            (Lines{"1764072000 input a=1", "1764590400 input a=2", "! its time cannot be read"}));
}

TEST(Csv, RefusesDatesThatCouldBeOthers) {
  const auto why = [](const std::string& text, const FileInput& input) {
    return read_text(text, input)[0];
  };
  const std::string dates = "ts,a\n04/07/2016 00:00,1\n04/13/2016 00:00,2\n05/13/2016 00:00,3\n";
  for (const std::string& message : {why(dates, csv()), why(dates, csv("ts"))}) {
    EXPECT_NE(message.find("\"04/07/2016 00:00\", the day and the month cannot be told apart"),
              std::string::npos)
        << message;
  }
  EXPECT_EQ(why(dates, csv("row")), "1 input a=1");
  const std::string message = why("DATETIME,a\n04/07/16 00,1\n04/07/16 01,2\n", csv());
  EXPECT_NE(
      message.find("\"04/07/16 00\", not a time that is known; known are such as 2024-12-31T"),
      std::string::npos)
      << message;
  EXPECT_NE(message.find("or set time to row"), std::string::npos) << message;
  EXPECT_NE(why("ts,a\n25.11.2025 12:00 CET,1\n25.11.2025 12:01 CET,2\n", csv()).find("CET\""),
            std::string::npos);
  EXPECT_EQ(why("date,a\nmonday,1\ntuesday,2\n", csv()), "1 input a=1");
}

TEST(Csv, LeavesTextOut) {
  const std::string text = "ts,state,a,late\n17,up,1,\n18,down,x,\n19,5,2,off\n";
  EXPECT_EQ(read_text(text), (Lines{"17 input a=1", "18 input", "19 input a=2"}));
  EXPECT_EQ(notes_of(text), (Lines{"column \"state\" is text and left out",
                                   "column \"late\" is text and left out"}));
  FileInput input = csv();
  input.ignore = {"state"};
  input.ignore_if_present = {"late", "absent"};
  EXPECT_EQ(notes_of(text, input), Lines{});
  input.ignore = {"a"};
  EXPECT_EQ(read_text(text, input), (Lines{"17 input", "18 input", "19 input"}));
}

TEST(Csv, PutsMalformedRecordsAside) {
  EXPECT_EQ(read_text("ts,host,a\n17,x,1\n18,x\n19,x,1,2\n,x,1\nnoon,x,1\n20,,1\n21, ,1\n" +
                          std::string("22,\0,1\n", 7) +
                          "23,x,1\n24,x,1\n25,x,1\n26,x,1\n27,x,1\n28,x,1\n",
                      csv("ts", {"host"})),
            (Lines{"17 x a=1", "! has 2 fields, the first record has 3",
                   "! has 4 fields, the first record has 3", "! its time cannot be read",
                   "! its time cannot be read", "! no entity in the record, or one too long",
                   "! no entity in the record, or one too long", "! has a zero byte", "23 x a=1",
                   "24 x a=1", "25 x a=1", "26 x a=1", "27 x a=1", "28 x a=1"}));
  const std::string name(1'025, 'n');
  EXPECT_EQ(read_text("ts,host\n17,x\n18," + name + "\n19,x\n", csv("", {"host"}))[1],
            "! no entity in the record, or one too long");
}

TEST(Csv, MayEndItsLinesWithDelimiters) {
  EXPECT_EQ(read_text("ts,a,\n17,1,\n"), (Lines{"17 input a=1"}));
  EXPECT_EQ(read_text("ts,a\n17,1,\n18,2,,\n19,3\n"),
            (Lines{"17 input a=1", "18 input a=2", "19 input a=3"}));
}

TEST(Csv, TakesNamesAndEntitiesInAnyEncoding) {
  EXPECT_EQ(read_text("ts,h\xF6he,Temp \xC2\xB0"
                      "C,ort\n17,1,2,K\xF6ln\n",
                      csv("", {"ort"})),
            (Lines{"17 K\xF6ln Temp \xC2\xB0"
                   "C=2 h\xF6he=1"}));
}

TEST(Csv, SaysWhichColumnIsNotThere) {
  EXPECT_EQ(read_text("ts,host,load\n17,a,1\n", csv("", {"hos"})),
            (Lines{"error: readings: entity \"hos\" is not in the file, did you mean \"host\"? It "
                   "has: ts, host, load"}));
  EXPECT_EQ(read_text("ts,host,load\n17,a,1\n", csv("zzzzzzzz"))[0].find(
                "error: readings: time \"zzzzzzzz\" is not in the file. It has: "),
            0U);
  FileInput input = csv();
  input.ignore = {"lod"};
  EXPECT_NE(read_text("ts,host,load\n17,a,1\n", input)[0].find("did you mean \"load\"?"),
            std::string::npos);
}

TEST(Csv, HasABoundOfColumns) {
  std::string names = "ts", values = "17";
  for (int i = 1; i < 4'096; ++i) {
    names += fmt::format(",c{}", i);
    values += fmt::format(",{}", i);
  }
  const Lines lines = read_text(names + "\n" + values + "\n");
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(std::ranges::count(lines[0], '='), 4'095);
  EXPECT_EQ(read_text(names + ",more\n" + values + ",1\n"),
            (Lines{"error: readings: the first record has 4097 fields, more than 4096"}));
  Columns few(2);
  const auto file = open_text("ts,a,b,c\n17,1,2,3\n", csv(), few);
  ASSERT_TRUE(file);
  EXPECT_EQ(read_lines(**file, few), (Lines{"17 input a=1 b=2"}));
  EXPECT_NE((*file)->notes().at(0).find("column \"c\" is one too many"), std::string::npos);
}

// Law 4: another order of columns gives the same events.
TEST(Csv, DoesNotDependOnTheOrderOfColumns) {
  Random random(9);
  std::vector<std::size_t> order = {0, 1, 2, 3, 4};
  const std::vector<Lines> fields = {
      {"ts", "17", "18"}, {"b", "1", ""}, {"a", "2", "5"}, {"host", "x", "y"}, {"c", "on", "off"}};
  Lines expected;
  for (int i = 0; i < 20; ++i) {
    std::string text;
    for (std::size_t row = 0; row < 3; ++row) {
      for (const std::size_t field : order) text += fields[field][row] + ",";
      text.back() = '\n';
    }
    const Lines lines = read_text(text, csv("ts", {"host"}));
    if (i == 0) expected = lines;
    EXPECT_EQ(lines, expected) << text;
    for (std::size_t j = order.size() - 1; j > 0; --j)
      std::swap(order[j], order[random.below(j + 1)]);
  }
}

}  // namespace
}  // namespace retimu
