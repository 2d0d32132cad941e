// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/syslog_framer.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

constexpr std::size_t bytes_max = 480;

struct Framed {
  std::string records;
  SyslogCounts counts;
};

Framed frame(std::string_view bytes, std::size_t step = SIZE_MAX) {
  Framed framed;
  SyslogFramer framer(bytes_max);
  for (std::size_t at = 0; at < bytes.size(); at += std::min(step, bytes.size() - at)) {
    framer.take(bytes.substr(at, step), framed.records, framed.counts);
  }
  framer.end(framed.records, framed.counts);
  EXPECT_TRUE(framer.is_empty());
  return framed;
}

TEST(SyslogFramer, LinesAndCountsInOneConnection) {
  const std::string bytes = "<34>one\n6 <1>a\nb<34>two\r\n6 <34>x\n\n2024 plain\n9 <34>three<0>end";
  const std::string records = "<34>one\n<1>a b\n<34>two\n<34>x\n2024 plain\n<34>three\n<0>end\n";
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    const Framed framed = frame(bytes, step);
    EXPECT_EQ(framed.records, records) << step;
    EXPECT_EQ(framed.counts.messages, 7U);
    EXPECT_EQ(framed.counts.cut + framed.counts.torn, 0U);
  }
}

TEST(SyslogFramer, WhatIsNoCount) {
  for (const char* line : {"0 <34>x", "007 <34>x", "123456789 <34>x", "12x <34>", "12 bottles",
                           "12", "-1 <34>x", " 5 <34>x"}) {
    EXPECT_EQ(frame(std::string(line) + "\n<1>y\n").records, std::string(line) + "\n<1>y\n");
    EXPECT_EQ(frame(std::string(line) + "\n<1>y\n", 1).records, std::string(line) + "\n<1>y\n");
  }
}

TEST(SyslogFramer, WrongCounts) {
  EXPECT_EQ(frame("4 <34>short\n5 <34>a").records, "<34>\nshort\n<34>a\n");
  EXPECT_EQ(frame("15 <34>long\n5 <34>\n<1>next\n").records, "<34>long 5 <34>\n<1>next\n");
}

TEST(SyslogFramer, LongMessagesAreCut) {
  const std::string kept = "<34>" + std::string(bytes_max - 4, 'x');
  const std::string more = kept + std::string(5'000, 'y');
  for (const std::size_t step : {std::size_t{1}, std::size_t{7}, std::size_t{100'000}}) {
    Framed framed = frame(more + "\n<1>z\n", step);
    EXPECT_EQ(framed.records, kept + "\n<1>z\n");
    EXPECT_EQ(framed.counts.cut, 1U);
    framed = frame(std::to_string(more.size()) + " " + more + "5 <1>z\n", step);
    EXPECT_EQ(framed.records, kept + "\n<1>z\n");
    EXPECT_EQ(framed.counts.cut, 1U);
    framed = frame(kept + "\n", step);
    EXPECT_EQ(framed.records, kept + "\n");
    EXPECT_EQ(framed.counts.cut, 0U);
  }
}

// Whether a byte far behind the bound is there decides whether something was cut.
TEST(SyslogFramer, LongMessagesAreCutWithinZeroBytes) {
  const std::string kept(bytes_max - 1, 'x');
  const std::string zeros(100, '\0');
  for (const std::size_t step : {std::size_t{1}, std::size_t{7}, std::size_t{100'000}}) {
    Framed framed = frame(kept + zeros + "y" + zeros + "\n", step);
    EXPECT_EQ(framed.records, kept + "\n");
    EXPECT_EQ(framed.counts.cut, 1U);
    framed = frame(kept + zeros + "\n", step);
    EXPECT_EQ(framed.records, kept + "\n");
    EXPECT_EQ(framed.counts.cut, 0U);
  }
}

// The bound is on what came: what a mark says of the text is looked at behind it.
TEST(SyslogFramer, LongMessagesAreCutBehindAByteOrderMark) {
  const std::string utf8 = "\xEF\xBB\xBF" + std::string(bytes_max - 3, 'x');
  std::string wide = "\xFE\xFF", signs = "\xFE\xFF";  // UTF-16, the high byte first
  for (std::size_t at = 1; at < bytes_max / 2; ++at) {
    wide += std::string("\0x", 2);
    signs += "\x4E\x2D";
  }
  for (const std::size_t step : {std::size_t{1}, std::size_t{7}, std::size_t{100'000}}) {
    Framed framed = frame(utf8 + "\n", step);
    EXPECT_EQ(framed.records, std::string(bytes_max - 3, 'x') + "\n");
    EXPECT_EQ(framed.counts.cut, 0U);
    framed = frame(utf8 + std::string(300, 'y') + "z\n", step);
    EXPECT_EQ(framed.records, std::string(bytes_max - 3, 'x') + "\n");
    EXPECT_EQ(framed.counts.cut, 1U);
    framed = frame(wide + "\n", step);
    EXPECT_EQ(framed.records, std::string(bytes_max / 2 - 1, 'x') + "\n");
    EXPECT_EQ(framed.counts.cut, 0U);
    framed = frame(wide + wide + "\n", step);
    EXPECT_EQ(framed.records, std::string(bytes_max / 2 - 1, 'x') + "\n");
    EXPECT_EQ(framed.counts.cut, 1U);
    framed = frame(signs + "\n", step);  // each three bytes of UTF-8
    EXPECT_EQ(framed.records.size(), bytes_max + 1);
    EXPECT_EQ(framed.counts.cut, 1U);
  }
}

TEST(SyslogFramer, TheEndOfAConnection) {
  EXPECT_EQ(frame("<34>no line end").records, "<34>no line end\n");
  EXPECT_EQ(frame("12").records, "12\n");
  const Framed torn = frame("<1>a\n20 <34>half");
  EXPECT_EQ(torn.records, "<1>a\n");
  EXPECT_EQ(torn.counts.torn, 1U);
  EXPECT_EQ(frame("").records, "");
  EXPECT_EQ(frame("\n\n\r\n").records, "");
}

TEST(SyslogFramer, ZeroBytes) {
  using std::string_literals::operator""s;
  EXPECT_EQ(frame("<1>a\0b\0\n<1>c\0\0\n"s).records, "<1>a b\n<1>c\n");
}

}  // namespace
}  // namespace retimu
