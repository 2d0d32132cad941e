// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/record_check.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

using enum RecordFormat;

CheckedRecords check(RecordFormat format, const std::string& body) {
  RecordCheck check(100);
  return check.check(format, body);
}

// "bytes|3 it is no JSON object".
std::string text(RecordFormat format, const std::string& body) {
  const CheckedRecords checked = check(format, body);
  std::string to = checked.bytes;
  for (const BadLine& bad : checked.errors) to += fmt::format("|{} {}", bad.line, bad.reason);
  return to;
}

TEST(RecordCheck, JsonLines) {
  EXPECT_EQ(text(jsonl, "{\"a\":1}\n{\"b\":[1,{\"c\":null}]}"),
            "{\"a\":1}\n{\"b\":[1,{\"c\":null}]}\n");
  EXPECT_EQ(text(jsonl, "\xEF\xBB\xBF{\"a\": 1}\r\n\n  \r\n{\"b\":2}\r\n"),
            "{\"a\": 1}\n{\"b\":2}\n");
  EXPECT_EQ(text(jsonl, "{\"a\":1}\n{\"b\":\n[1]\n7\n{} {}\n{\"c\":3}\n"),
            "{\"a\":1}\n{\"c\":3}\n|2 it is no JSON object|3 it is no JSON object"
            "|4 it is no JSON object|5 it is no JSON object");
  EXPECT_EQ(text(jsonl, "bad\n{\"c\":3}\n"), "{\"c\":3}\n|1 it is no JSON object");
  EXPECT_EQ(text(jsonl, ""), "");
  EXPECT_EQ(text(jsonl, " \n\n"), "");
  EXPECT_EQ(text(jsonl, "{\"a\":\"" + std::string(100, 'x') + "\"}\n{\"b\":1}\n"),
            "{\"b\":1}\n|1 the line is too long");
}

TEST(RecordCheck, WhatTheDecoderReadsIsLetThrough) {
  for (const char* good : {R"({"a":NaN})", R"({"a":[Infinity,-Infinity]})", R"({"a":1e999})",
                           R"({"a":123456789012345678901234567890})"}) {
    EXPECT_EQ(text(jsonl, std::string(good) + "\n{}"), std::string(good) + "\n{}\n");
  }
  for (const char* bad :
       {R"({"a":NaNa})", R"({"a":nul})", R"({"a":1e9x})", R"({"a":NaN}})", R"({"a":NaN} x)",
        R"({"a":NaN,"b":[1,}})", R"({"a":NaN,"b":"\x"})", "{\"a\":\"\xff\"}"}) {
    EXPECT_EQ(text(jsonl, "{}\n" + std::string(bad)), "{}\n|2 it is no JSON object") << bad;
  }
}

TEST(RecordCheck, OneObjectOrAnArrayInAnyLayout) {
  EXPECT_EQ(text(jsonl, "{\n  \"a\": 1.10,\n  \"b\": \"x y\\n\"\n}\n"),
            "{\"a\":1.10,\"b\":\"x y\\n\"}\n");
  EXPECT_EQ(text(jsonl, "[ {\"a\": \"],[{\\\"\"},\n {\"b\": [1, 2]} ]"),
            "{\"a\":\"],[{\\\"\"}\n{\"b\":[1,2]}\n");
  EXPECT_EQ(text(jsonl, "[]"), "");
  EXPECT_EQ(text(jsonl, "[{\"a\":1},7,{\"b\":2},]"),
            "{\"a\":1}\n{\"b\":2}\n|2 it is no JSON object|4 it is no JSON object");
  EXPECT_EQ(check(automatic, "[{\"a\":1}]").format, jsonl);
  EXPECT_EQ(check(automatic, "{\"a\":1}\nx").rejected, 1U);
}

// Nothing says that it is JSON but its beginning.
TEST(RecordCheck, BrokenJsonIsKnownByItsBeginning) {
  EXPECT_EQ(text(automatic, "{\"a\":\n"), "|1 it is no JSON object");
  EXPECT_EQ(text(automatic, "{\"a\":}\n{\"b\":2}\nx\n"),
            "{\"b\":2}\n|1 it is no JSON object|3 it is no JSON object");
  EXPECT_EQ(text(automatic, "\n{ \"a\": 1,\n"), "|2 it is no JSON object");
  EXPECT_EQ(text(automatic, "[ {\"a\":1}, {\"b\"} ]"), "{\"a\":1}\n|2 it is no JSON object");
  EXPECT_EQ(text(automatic, "[{\"a\":1}"), "|1 it is no JSON object");
  EXPECT_EQ(text(automatic, "[ ]"), "");
}

TEST(RecordCheck, Csv) {
  EXPECT_EQ(text(csv, "t,a\n1,2\n\n2,\"3,4\"\n"), "t,a\n1,2\n2,\"3,4\"\n");
  EXPECT_EQ(text(csv, "t;a\r\n1;2,5"), "t;a\n1;2,5\n");
  EXPECT_EQ(text(csv, "t,a\n1\n1,2,3\n1,\"x\n2,3\n"),
            "t,a\n2,3\n|2 it has not as many fields as the header"
            "|3 it has not as many fields as the header"
            "|4 a quote is not closed on its line, or text follows it");
  EXPECT_EQ(text(csv, "t,a\n"), "");
  EXPECT_EQ(text(csv, std::string("t,a\n1,\0\n", 8)), "|2 it holds a zero byte");
}

TEST(RecordCheck, Lines) {
  EXPECT_EQ(text(log, "one\r\n\n  two"), "one\n\n  two\n");
  EXPECT_EQ(check(log, "one\r\n\n  two").accepted, 2U);
  EXPECT_EQ(text(log, "one\r\r\n"), "one\n");
  EXPECT_EQ(text(log, std::string("a\0\nb\n", 5)), "b\n|1 it holds a zero byte");
  EXPECT_EQ(text(automatic, "[Mon Mar 04] [error] x\n{ y"), "[Mon Mar 04] [error] x\n{ y\n");
  EXPECT_EQ(text(automatic, "{ y\n{'a': 1}"), "{ y\n{'a': 1}\n");
  EXPECT_EQ(text(automatic, "[1, 2]"), "[1, 2]\n");
  EXPECT_EQ(check(automatic, "a b").format, automatic);
}

TEST(RecordCheck, ErrorsAreCountedAndSomeNamed) {
  std::string body = "{}\n";
  for (int i = 0; i < 1'000; ++i) body += "x\n";
  const CheckedRecords checked = check(jsonl, body);
  EXPECT_EQ(checked.accepted, 1U);
  EXPECT_EQ(checked.rejected, 1'000U);
  ASSERT_EQ(checked.errors.size(), CheckedRecords::errors_max);
  EXPECT_EQ(checked.errors.back().line, 21U);
}

TEST(RecordCheck, DeepNestingIsNoStackOverflow) {
  const std::string open(60'000, '['), close(60'000, ']');
  RecordCheck check(1 << 20);
  EXPECT_EQ(check.check(jsonl, "{\"a\":" + open + close + "}").rejected, 1U);
  EXPECT_EQ(check.check(jsonl, "{\"n\":NaN,\"a\":" + open + close + "}").rejected, 1U);
  EXPECT_EQ(check.check(jsonl, open + close).rejected, 1U);
}

}  // namespace
}  // namespace retimu
