// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/connectors_test_tools.hpp"
#include "retimu/connectors/json_fields.hpp"
#include "retimu/core/random.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

using Lines = std::vector<std::string>;

FileInput jsonl(std::string time = "", std::vector<std::string> entity = {}) {
  FileInput input;
  input.format = RecordFormat::jsonl;
  input.time = std::move(time);
  input.entity = std::move(entity);
  return input;
}

// Good records around one, so that it is not the format that is doubted.
std::string read_one(const std::string& record, const FileInput& input = jsonl("ts", {"host"})) {
  const std::string good = R"({"ts":1,"host":"h","x":1})"
                           "\n";
  const Lines lines = read_text(good + good + record + "\n" + good, input);
  return lines.size() == 4 ? lines[2] : fmt::format("{} lines, {}", lines.size(), lines[0]);
}

TEST(Json, GivesAnEventARecord) {
  EXPECT_EQ(read_one(R"({"ts":17,"host":"a","load":1.5,"temp":-2e3})"), "17 a load=1.5 temp=-2000");
  EXPECT_EQ(read_one(R"( { "temp" : 2 , "ts" : 17 , "load" : 1 , "host" : "a" } )"),
            "17 a load=1 temp=2");
  EXPECT_EQ(read_one(R"({"ts":17,"host":"a","on":true,"off":false,"gone":null})"),
            "17 a gone=? off=0 on=1");
  EXPECT_EQ(read_one(R"({"ts":17,"host":"a"})"), "17 a");
  EXPECT_EQ(read_text("{\"load\":1}\n{\"load\":2}\n", jsonl()),
            (Lines{"1 input load=1", "2 input load=2"}));
}

TEST(Json, ReadsTimesAsTheyAreWritten) {
  EXPECT_EQ(read_one(R"({"ts":"2025-11-25T13:00:00+01:00","host":"a"})"), "1764072000 a");
  EXPECT_EQ(read_one(R"({"ts":"1764072000","host":"a"})"), "1764072000 a");
  EXPECT_EQ(read_one(R"({"ts":1764072000000000001,"host":"a"})"), "1764072000000000001ns a");
  EXPECT_EQ(read_one(R"({"ts":1764072000.123456789 ,"host":"a"})"), "1764072000123456789ns a");
  EXPECT_EQ(read_one(R"({"ts":"2025-11-25\u002012:00:00","host":"a"})"), "1764072000 a");
  EXPECT_EQ(read_one(R"({"ts":17,"host":"a","ts":18})"), "18 a");
  for (const char* wrong : {"\"noon\"", "99999999999999999999", "1e99", "1x", "-", "1.2.3"}) {
    EXPECT_EQ(read_one(fmt::format(R"({{"ts":{},"host":"a"}})", wrong)),
              "! its time cannot be read")
        << wrong;
  }
  for (const char* none : {"null", "true", "[17]", "{\"s\":17}", "\"\""}) {
    EXPECT_EQ(read_one(fmt::format(R"({{"ts":{},"host":"a"}})", none)), "! no time in the record")
        << none;
  }
  EXPECT_EQ(read_one(R"({"host":"a"})"), "! no time in the record");
}

TEST(Json, ReadsDatesAsPeopleWriteThem) {
  EXPECT_EQ(
      read_text("{\"ts\":\"11/25/2025 12:00 PM\"}\n{\"ts\":\"12/01/2025 12:00 PM\"}\n", jsonl()),
      (Lines{"1764072000 input", "1764590400 input"}));
  EXPECT_EQ(read_one(R"({"ts":"25.11.2025 12:00:00 GMT","host":"a"})"), "1764072000 a");
}

TEST(Json, FindsItsTime) {
  EXPECT_EQ(read_text("{\"Time\":17,\"a\":1}\n", jsonl()), (Lines{"17 input a=1"}));
  EXPECT_EQ(read_text("{\"time\":\"noon\",\"ts\":17}\n", jsonl()), (Lines{"17 input"}));
  EXPECT_EQ(read_text("{\"time\":\"noon\",\"ts\":17}\n", jsonl("row")), (Lines{"1 input ts=17"}));
  // Also if it is not in the first record.
  EXPECT_EQ(read_text("{\"type\":\"begin\"}\n{\"ts\":17}\n{\"ts\":18}\n", jsonl()),
            (Lines{"! no time in the record", "17 input", "18 input"}));
  EXPECT_EQ(read_text("{\"meta\":{\"at\":17},\"a\":1}\n", jsonl("/meta/at")),
            (Lines{"17 input a=1"}));
}

TEST(Json, NamesItsEntity) {
  EXPECT_EQ(read_one(R"({"ts":17,"host":"\u0061\/b\n\"c\" \ud83d\ude00"})"),
            "17 a/b\n\"c\" \xF0\x9F\x98\x80");
  EXPECT_EQ(read_one(R"({"ts":17,"host":0042.50})"), "! malformed JSON");
  EXPECT_EQ(read_one(R"({"ts":17,"host":42.50 })"), "17 42.50");
  EXPECT_EQ(read_one(R"({"ts":17,"host":12345678901234567890123})"), "17 12345678901234567890123");
  EXPECT_EQ(read_one(R"({"ts":17,"host":"a","host":"b"})"), "17 b");
  const std::string none = "! no entity in the record, or one too long";
  for (const char* wrong : {"null", "true", "\"\"", "[\"a\"]", "{\"a\":1}"}) {
    EXPECT_EQ(read_one(fmt::format(R"({{"ts":17,"host":{}}})", wrong)), none) << wrong;
  }
  EXPECT_EQ(read_one(R"({"ts":17})"), none);
  EXPECT_EQ(read_one(fmt::format(R"({{"ts":17,"host":"{}"}})", std::string(1'025, 'x'))), none);
  EXPECT_EQ(read_one(fmt::format(R"({{"ts":17,"host":"{}"}})", std::string(1'024, 'x'))),
            "17 " + std::string(1'024, 'x'));
}

TEST(Json, JoinsSeveralFieldsToAnEntity) {
  const FileInput input = jsonl("ts", {"site", "/meta/host", "unit"});
  const auto read = [&](const std::string& record) {
    return read_text(record + "\n", input).at(0);
  };
  EXPECT_EQ(read(R"({"ts":17,"unit":3,"meta":{"host":"a","load":1},"site":"x"})"),
            "17 x/a/3 meta/load=1");
  // Names that would be the same by their characters alone.
  EXPECT_EQ(read(R"({"ts":17,"site":"x/y","meta":{"host":"z\\"},"unit":"u"})"), "17 x\\/y/z\\\\/u");
  // The texts of both stand in the parser's memory at once.
  EXPECT_EQ(
      read(R"({"site":"\u0041\u0041","ts":"\u0031\u0037","meta":{"host":"\u0042"},"unit":"C"})"),
      "17 AA/B/C");
}

TEST(Json, HasNestedObjects) {
  EXPECT_EQ(read_one(R"({"ts":17,"host":"a","m":{"x":1,"n":{"y":2},"z":{}},"w":3})"),
            "17 a m/n/y=2 m/x=1 w=3");
  std::string deep = "1";
  for (int i = 0; i < 8; ++i) deep = "{\"d\":" + deep + "}";
  EXPECT_EQ(read_one(R"({"ts":17,"host":"a","x":)" + deep + ",\"y\":2}"), "17 a y=2");
  deep = "1";
  for (int i = 0; i < 7; ++i) deep = "{\"d\":" + deep + "}";
  EXPECT_EQ(read_one(R"({"ts":17,"host":"a","x":)" + deep + "}"), "17 a x/d/d/d/d/d/d/d=1");
  EXPECT_EQ(
      read_one(R"({"ts":17,"host":"a","x":)" + std::string(900, '[') + std::string(900, ']') + "}"),
      "17 a");
}

TEST(Json, LeavesOutTextsAndLists) {
  Columns columns;
  const auto file = open_text(R"({"ts":1,"s":"up","l":[1,{"x":2}],"a":1,"m":{"s":"x","n":2}})"
                              "\n"
                              R"({"ts":2,"s":5,"l":"","a":"x"})"
                              "\n",
                              jsonl("ts"), columns);
  ASSERT_TRUE(file);
  // Each record by itself: a number is read where a text stood before, as after a restart.
  EXPECT_EQ(read_lines(**file, columns), (Lines{"1 input a=1 m/n=2", "2 input s=5"}));
  EXPECT_EQ((*file)->notes(),
            (Lines{"column \"s\" is text and left out", "column \"l\" is a list and left out",
                   "column \"m/s\" is text and left out"}));
}

TEST(Json, IgnoresWhatItIsTold) {
  FileInput input = jsonl("ts", {"m/host"});
  input.ignore = {"b", "/m"};
  input.ignore_if_present = {"absent", "d"};
  EXPECT_EQ(read_text(R"({"ts":1,"m":{"host":"h","x":1,"n":{"y":1}},"b":1,"c":2,"d":[]})"
                      "\n",
                      input),
            (Lines{"1 h c=2"}));
}

TEST(Json, TakesNumbersAsTheyCome) {
  EXPECT_EQ(read_one(R"({"ts":17,"host":"a","x":12345678901234567890123,"y":-0,"z":1e-400})"),
            "17 a x=1.2345678901234568e+22 y=-0 z=0");
  // What Python writes, and what no double holds, is missing.
  EXPECT_EQ(read_one(R"({"ts":17,"host":"a","p":NaN,"q":Infinity,"r":-Infinity,"s":1e400})"),
            "17 a p=? q=? r=? s=?");
  EXPECT_EQ(read_one(R"({"ts":17,"host":"a","p":NaN})"), "17 a p=?");
  for (const char* wrong : {"01", "+1", "1.", ".5", "1e", "0x1", "nan", "Nan", "NaNa", "inf",
                            "infinity", "--1", "1a", "tru", "truex", "nul", "nullx", "'a'", ""}) {
    EXPECT_EQ(read_one(fmt::format(R"({{"ts":17,"host":"a","p":{}}})", wrong)), "! malformed JSON")
        << wrong;
  }
  EXPECT_EQ(read_one(R"({"ts":17,"host":"a","x":1,"x":2,"y":3})"), "17 a x=2 y=3");
}

TEST(Json, PutsMalformedRecordsAside) {
  for (const char* wrong : {"", "[]", "[1,2,3]", "5", "\"a\"", "null", "not json", "{",
                            R"({"ts":17,"host":"a")", R"({"ts":17,"host":"a)"}) {
    if (*wrong == '\0') continue;
    EXPECT_EQ(read_one(wrong), "! not a JSON object") << wrong;
  }
  for (const char* wrong :
       {R"({"ts":17,"host":"a",})", R"({"ts":17 "host":"a"})", R"({"ts":17,,"host":"a"})",
        R"({"ts" 17,"host":"a"})", R"({ts:17,"host":"a"})", R"({"ts":17,"host":"a","x":{"y":1})",
        R"({"ts":17,"host":"\ud800"})", R"({"ts":17,"host":"\x"})", R"({"ts":17,"ho\st":"a"})",
        R"({"ts":17,"host":"a":1})"}) {
    EXPECT_EQ(read_one(wrong), "! malformed JSON") << wrong;
  }
  for (const char* wrong :
       {R"({"ts":17,"host":"a"}{})", R"({"ts":17,"host":"a"} {"ts":18})",
        R"({"ts":17,"host":"a"}})", R"({"ts":17,"host":"a"},)", R"({"ts":17,"host":"a"} x})"}) {
    const std::string line = read_one(wrong);
    EXPECT_TRUE(line == "! more than one JSON value in the line" || line == "! not a JSON object")
        << wrong << ": " << line;
  }
  EXPECT_EQ(read_one("{\"ts\":17,\"host\":\"\xFF\"}"), "! not a JSON object");
  EXPECT_EQ(read_one(std::string("{\"ts\":17,\"host\":\"a\0\"}", 21)), "! not a JSON object");
}

TEST(Json, KnowsKeysHoweverTheyAreWritten) {
  // The same key plain and escaped, and keys that look alike.
  EXPECT_EQ(read_one(R"({"t\u0073":17,"host":"a","\u0078":5,"x\"":6,"x\\":7})"),
            "17 a x=5 x\"=6 x\\=7");
  const std::string plain = R"({"ts":1,"b\\b":1})", escaped = R"({"ts":2,"b\b":2})";
  EXPECT_EQ(read_text(plain + "\n" + escaped + "\n" + plain + "\n", jsonl("ts")),
            (Lines{"1 input b\\b=1", "2 input b\b=2", "1 input b\\b=1"}));
  EXPECT_EQ(read_one(R"({"ts":17,"host":"a","":1,"m":{"":2}})"), "17 a m/=2");
  EXPECT_EQ(read_one(R"({"ts":17,"host":"a","m/x":1,"m":{"x":2}})"), "17 a m/x=2");
}

// A key at the very end of the memory, where the one expected is longer than what is left.
TEST(Json, LooksForNoKeyBeyondTheRecord) {
  const std::string name(4'000, 'k');
  EXPECT_EQ(
      read_text(fmt::format("{{\"ts\":1,\"{}\":1}}\n{{\"ts\":2,\"k\":1}}", name), jsonl("ts")),
      (Lines{fmt::format("1 input {}=1", name), "2 input k=1"}));
}

TEST(Json, HasABoundOfColumnsAndNames) {
  std::string record = "{\"ts\":1";
  for (int i = 0; i < 5'000; ++i) record += fmt::format(",\"c{}\":1", i);
  const Lines lines = read_text(record + "}\n", jsonl("ts"));
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(std::ranges::count(lines[0], '='), 4'096);
  EXPECT_EQ(
      read_one(fmt::format(R"({{"ts":17,"host":"a","{}":1,"y":2}})", std::string(5'000, 'k'))),
      "17 a y=2");
  // Names that never come again do not fill the memory.
  Columns columns;
  JsonFields fields(DecoderOptions{}, JsonLayout{});
  const JsonField* last = nullptr;
  for (int i = 0; i < 70'000; ++i) {
    fields.begin_record();
    last = fields.find(nullptr, fmt::format("key{}", i));
  }
  EXPECT_TRUE(last->is_ignored);
  EXPECT_EQ(fields.find(last, "inner"), last);
  EXPECT_FALSE(fields.find(nullptr, "key5")->is_ignored);
}

TEST(Json, SaysWhichFieldIsNotThere) {
  const std::string text = "{\"ts\":1,\"meta\":{\"host\":\"a\"}}\n";
  EXPECT_EQ(read_text(text, jsonl("", {"/meta/hots"})),
            (Lines{"error: readings: entity \"/meta/hots\" is not in the file, did you mean "
                   "\"meta/host\"? It has: ts, meta, meta/host"}));
  EXPECT_NE(read_text(text, jsonl("tss"))[0].find("time \"tss\" is not in the file"),
            std::string::npos);
}

TEST(JsonPath, IsThatOfAPointer) {
  EXPECT_EQ(json_path("host"), "host");
  EXPECT_EQ(json_path("meta/host"), "meta/host");
  EXPECT_EQ(json_path("/meta/host"), "meta/host");
  EXPECT_EQ(json_path("/a~1b/c~0d/~01"), "a/b/c~d/~1");
  EXPECT_EQ(json_path("/"), "");
  EXPECT_EQ(json_path("/~"), "~");
}

// Records of changing shape: what is remembered of the one before must not show.
TEST(Json, ReadsEachRecordByItself) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Random random(seed);
    std::string text;
    Lines expected;
    for (int i = 0; i < 40; ++i) {
      std::string record = fmt::format("{{\"ts\":{}", i);
      for (std::uint64_t left = random.below(6); left > 0; --left) {
        const std::uint64_t name = random.below(5);
        switch (random.below(5)) {
          case 0: record += fmt::format(",\"k{}\":\"x\"", name); break;
          case 1: record += fmt::format(",\"m{}\":{{\"a\":1,\"k{}\":{}}}", name, name, left); break;
          case 2: record += fmt::format(",\"\\u006b{}\":{}", name, left); break;
          default: record += fmt::format(",\"k{}\":{}", name, left);
        }
      }
      record += random.below(10) == 0 ? ",}\n" : "}\n";
      text += record;
      Lines alone = read_text(record + R"({"ts":1})"
                                       "\n",
                              jsonl("ts"));
      expected.push_back(alone.front());
    }
    ASSERT_EQ(read_text(text, jsonl("ts")), expected) << "seed " << seed;
  }
}

}  // namespace
}  // namespace retimu
