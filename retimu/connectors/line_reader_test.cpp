// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/line_reader.hpp"

#include "retimu/connectors/memory_reader.hpp"

#include <gtest/gtest.h>

#include <string>

namespace retimu {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  LineReader reader(std::make_unique<MemoryReader>(text));
  std::vector<std::string> lines;
  for (;;) {
    const auto line = reader.next();
    EXPECT_TRUE(line);
    if (!line || !*line) return lines;
    lines.emplace_back(**line);
  }
}

using Lines = std::vector<std::string>;

TEST(LineReaderTest, EveryLineAlsoBlankOnes) {
  EXPECT_EQ(lines_of(""), Lines{});
  EXPECT_EQ(lines_of("a\n\nb\r\n  \nc"), (Lines{"a", "", "b", "  ", "c"}));
  EXPECT_EQ(lines_of("\n"), Lines{""});
}

TEST(LineReaderTest, LongLinesAreCut) {
  constexpr std::size_t max = LineReader::line_bytes_max;
  for (const std::size_t size :
       {max - 1, max, max + 1, 2 * max - 1, 2 * max, 2 * max + 1, 9 * max}) {
    const std::string line(size, 'x');
    const std::string cut = line.substr(0, max);
    EXPECT_EQ(lines_of(line), Lines{cut}) << size;
    EXPECT_EQ(lines_of("a\n" + line + "\nb\n" + line), (Lines{"a", cut, "b", cut})) << size;
  }
}

TEST(LineReaderTest, ManyLines) {
  std::string text;
  Lines expected;
  for (std::size_t i = 0; i < 20'000; ++i) {
    expected.push_back(std::string(i % 97, 'a'));
    text += expected.back() + "\n";
  }
  EXPECT_EQ(lines_of(text), expected);
}

}  // namespace
}  // namespace retimu
