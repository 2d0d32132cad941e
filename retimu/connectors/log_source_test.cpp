// SPDX-License-Identifier: Apache-2.0
// Logs among the files of a source.
#include "retimu/connectors/file_fuzz.hpp"
#include "retimu/core/random.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>

namespace retimu {
namespace {

using Lines = std::vector<std::string>;
using Opened = Result<std::unique_ptr<Source>>;

FileInput input_of(std::vector<std::string> paths) {
  FileInput input;
  input.paths = std::move(paths);
  return input;
}

std::string error_of(const Opened& source) { return source ? "" : source.error().message; }

// What is left of a source.
Lines read_lines(Source& source, const Columns& columns) {
  Lines lines;
  Batch batch;
  for (Read state = Read::open; state == Read::open;) {
    batch.clear();
    const Result<Read> read = source.read(batch, 100, {});
    if (!read) return {read.error().message};
    state = *read;
    append_lines(batch, columns, lines);
  }
  return lines;
}

TEST(LogFiles, KeepTheirFirstYear) {
  const TemporaryFolder folder;
  const std::string a =
      folder.write("a.log", "Dec 31 23:59:59 plant a: x\nJan  1 00:00:00 plant a: y\n");
  const auto written = [&](int days) {
    const std::time_t time = 1'704'067'200 + days * 86'400;  // 2024-01-01
    const std::array<::timespec, 2> times = {{{time, 0}, {time, 0}}};
    ASSERT_EQ(::utimensat(AT_FDCWD, a.c_str(), times.data(), 0), 0);
  };
  Columns columns;
  written(0);
  const Opened first = open_files({input_of({a})}, columns);
  ASSERT_TRUE(first) << error_of(first);
  EXPECT_EQ(read_lines(**first, columns),
            (Lines{"1704067199 input [indeterminate] x", "1704067200 input [indeterminate] y"}));
  const std::vector<Partition> known = (*first)->partitions();
  EXPECT_TRUE(known[0].mark.ends_with(":2023")) << known[0].mark;
  // It is touched a year later: what was read before stays what it was, and so does its mark.
  written(400);
  const Opened anew = open_files({input_of({a})}, columns);
  EXPECT_EQ(read_lines(**anew, columns)[0], "1735689599 input [indeterminate] x");
  const Opened later = open_files({input_of({a})}, columns);
  ASSERT_TRUE((*later)->recognise(known));
  EXPECT_EQ((*later)->partitions()[0].mark, known[0].mark);
  ASSERT_TRUE((*later)->seek(std::vector<Position>{{known[0].number, 27}}));
  EXPECT_EQ(read_lines(**later, columns), Lines{"1704067200 input [indeterminate] y"});
}

TEST(LogFiles, AreMergedAndTellWhatIsCut) {
  const TemporaryFolder folder;
  std::string text = "2024-03-04 05:06:07 ERROR x\n";
  for (int i = 0; i < 1'200; ++i) text += "  at y\n";
  const std::string a = folder.write("a.log", text);
  const std::string b = folder.write("b.csv", "ts,b\n1709528766,1\n1709528768,2\n");
  Columns columns;
  const Opened source = open_files({input_of({a, b})}, columns);
  ASSERT_TRUE(source) << error_of(source);
  const Lines lines = read_lines(**source, columns);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0], "1709528766 input b=1");
  EXPECT_TRUE(lines[1].starts_with("1709528767 input [major] x\n  at y\n"));
  EXPECT_EQ(lines[1].size(), 28 + 999 * 7U - 2);
  EXPECT_EQ((*source)->report().notes,
            (Lines{a + ": 1 records have more than 1,000 lines or 64 KiB, what is more is left out",
                   a + ": is read as a log: lines with a time, \"{time}\""}));
}

// Pieces of logs in any order are read the same way however they come and from wherever.
TEST(LogFiles, MayHoldAnything) {
  constexpr std::array<std::string_view, 22> pieces = {
      "\n",
      "\n",
      "\r\n",
      " ",
      "  at b\n",
      "Caused by: x\n",
      "Mar  4 05:06:07 plant a[1]: x\n",
      "Dec 31 23:59:59 plant a: x\n",
      "Jan  1 00:00:00 ",
      "<11>",
      "Feb 30 00:00:00 a b: c\n",
      "2024-03-04 05:06:07,123 WARN x: y\n",
      "2024-03-04 05:06:07 [a] INFO b: c\n",
      "time=1709528767 level=warn msg=\"a b\"\n",
      "msg=\"",
      "\xff\x1b",
      "[Mon Mar 04 05:06:07 2024] ",
      "[error] x\n",
      "- 1709528767 2024.03.04 n1 x n1 RAS KERNEL INFO y\n",
      "host program: ",
      "\t",
      "="};
  Random random(17);
  for (int i = 0; i < 4'000; ++i) {
    std::string text;
    for (std::uint64_t count = random.below(14) + 1; count > 0; --count) {
      text += pieces[random.below(pieces.size())];
    }
    if (random.below(8) == 0) text[random.below(text.size())] = '\0';
    check_reading(text,
                  choose_input(static_cast<std::uint8_t>(random.below(128)), RecordFormat::log));
  }
}

}  // namespace
}  // namespace retimu
