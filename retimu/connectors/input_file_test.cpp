// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/connectors_test_tools.hpp"
#include "retimu/core/random.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

using Lines = std::vector<std::string>;

FileInput with_time(const std::string& time) {
  FileInput input;
  input.time = time;
  return input;
}

std::string error_of(const std::string& text, const FileInput& input = {},
                     const std::string& path = "readings") {
  const Lines lines = read_text(text, input, path);
  return lines.empty() ? "" : lines[0];
}

TEST(Format, IsFoundByNameThenByContent) {
  const std::string json = "{\"ts\":1,\"a\":2}\n", table = "ts,a\n1,2\n";
  const Lines event = {"1 input a=2"};
  for (const char* path : {"a.jsonl", "a.ndjson", "a.json", "a.jsonl.gz", "a.log", "a"}) {
    EXPECT_EQ(read_text(json, {}, path), event) << path;
  }
  for (const char* path : {"a.csv", "a.tsv", "a.csv.gz", "a.txt", "a"}) {
    EXPECT_EQ(read_text(path == std::string("a.tsv") ? "ts\ta\n1\t2\n" : table, {}, path), event)
        << path;
  }
  FileInput input;
  input.format = RecordFormat::jsonl;
  EXPECT_EQ(read_text(json, input, "a.csv"), event);
  input.format = RecordFormat::csv;
  EXPECT_EQ(read_text(table, input, "a.json"), event);
}

TEST(Format, MayHaveAByteOrderMark) {
  const std::string mark = "\xEF\xBB\xBF";
  EXPECT_EQ(read_text(mark + "ts,a\n1,2\n"), (Lines{"1 input a=2"}));
  EXPECT_EQ(read_text(mark + "\"ts\",\"a\nb\"\n1,2\n"), (Lines{"1 input a\nb=2"}));
  EXPECT_EQ(read_text(mark + "{\"ts\":1,\"a\":2}"), (Lines{"1 input a=2"}));
  EXPECT_EQ(read_text(mark + "\n\nts,a\n1,2\n", {}, "a.csv"), (Lines{"1 input a=2"}));
  EXPECT_EQ(read_text(mark), Lines{});
  EXPECT_NE(error_of(std::string("\xFF\xFEt\0s\0\n\0", 8)).find("iconv -f UTF-16"),
            std::string::npos);
}

TEST(Format, IsRefusedIfItIsNoneThatIsRead) {
  EXPECT_NE(error_of(std::string("\x7F"
                                 "ELF\0\1\1\n1,2\n",
                                 12))
                .find("is a binary file"),
            std::string::npos);
  const std::string log = "12:00:01 sshd: accepted\n12:00:02 sshd: closed\n";
  const std::string error = error_of(log, {}, "log.jsonl");
  EXPECT_EQ(
      error.find("error: log.jsonl: taken for JSON lines, but it is not this format: 2 of the "
                 "first 2 records cannot be read (record 1: not a JSON object)"),
      0U)
      << error;
  EXPECT_NE(error_of("[{\"ts\":1},\n{\"ts\":2}]\n", {}, "a.json").find("jq -c '.[]' a.json"),
            std::string::npos);
  EXPECT_EQ(read_text("{\"ts\":1}\nx\n"), (Lines{"1 input", "! not a JSON object"}));
}

// A logger that lost power leaves zeros; the rest of its file is good.
TEST(Format, MayHaveAHoleOfZeros) {
  const Lines lines = read_text("ts,a\n1,2\n" + std::string(500, '\0') + "\n3,4\n5,6\n");
  EXPECT_EQ(lines, (Lines{"1 input a=2", "! has a zero byte", "3 input a=4", "5 input a=6"}));
}

// What is shown of a line that is too long may be blank.
TEST(Format, IsFoundOfABlankBeginning) {
  for (const RecordFormat format :
       {RecordFormat::automatic, RecordFormat::csv, RecordFormat::jsonl}) {
    FileInput input = with_time("row");
    input.format = format;
    input.record_bytes_max = 40;
    EXPECT_EQ(read_text(std::string(80, '\t') + "x\n", input).at(0).find("error: "), 0U);
  }
}

// A blank line lies between the record before and the torn one.
TEST(Seek, ToATornRecordGivesItAgainWhereRowsAreCounted) {
  Columns columns;
  const auto file = open_text("a,b\n1,2\n\n3,\"", with_time("row"), columns, "a.csv");
  ASSERT_TRUE(file) << file.error().message;
  const Lines lines = read_lines(**file, columns);
  ASSERT_EQ(lines.size(), 2U);
  const std::uint64_t end = (*file)->position().offset;
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE((*file)->seek(end));
    EXPECT_EQ(read_lines(**file, columns), Lines{lines[1]});
    EXPECT_EQ((*file)->position().offset, end);
  }
}

TEST(Format, NeedsAHeaderThatIsRead) {
  FileInput input;
  input.record_bytes_max = 40;
  EXPECT_EQ(error_of("ts," + std::string(50, 'a') + "\n1,2\n", input, "a.csv"),
            "error: a.csv: its header cannot be read: longer than record_bytes_max");
  EXPECT_EQ(error_of("ts,\"a\n1,2\n3,4\n", {}, "a.csv"),
            "error: a.csv: its header cannot be read: a quote is misplaced or not closed");
}

TEST(Format, OfAnEmptyFileIsNone) {
  for (const char* path : {"a.csv", "a.jsonl", "a"}) {
    EXPECT_EQ(read_text("", {}, path), Lines{}) << path;
    EXPECT_EQ(read_text("\n \r\n", {}, path), Lines{}) << path;
  }
}

// ---- where reading begins and ends

// All records from a position on, and the positions behind each.
struct Walk {
  Lines lines;
  std::vector<std::uint64_t> offsets;
};

Walk walk(InputFile& file, const Columns& columns) {
  Walk walk;
  walk.offsets.push_back(file.position().offset);
  Batch batch;
  for (;;) {
    batch.clear();
    (void)file.read(batch, 1);
    if (batch.events.empty() && batch.rejected.empty()) return walk;
    append_lines(batch, columns, walk.lines);
    walk.offsets.push_back(file.position().offset);
  }
}

std::string numbers(std::uint64_t seed, bool is_json) {
  Random random(seed);
  std::string text = is_json ? "" : "ts,host,load,note\n";
  for (std::uint64_t i = 0; i < 60; ++i) {
    const std::uint64_t value = random.below(1'000);
    if (random.below(8) == 0) text += random.below(2) == 0 ? "garbage\n" : "\r\n";
    if (is_json) {
      text += fmt::format("{{\"ts\":{},\"host\":\"h{}\",\"load\":{}}}", i, value % 3, value);
    } else {
      text += fmt::format("{},h{},{},{}", i, value % 3, value,
                          value % 5 == 0             ? "\"a,\n\"\"b\"\"\""
                          : value % 7 == 0 && i < 59 ? "\"x\"y"
                                                     : "c");
    }
    text += i + 1 < 60 || seed % 2 == 0 ? "\n" : "";
  }
  return text;
}

TEST(Reading, GoesOnAtEveryRecord) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    for (const bool is_json : {false, true}) {
      for (const char* time : {"ts", "row"}) {
        SCOPED_TRACE(fmt::format("seed {} json {} time {}", seed, is_json, time));
        Columns columns;
        FileInput input = with_time(time);
        input.entity = {"host"};
        const auto file = open_text(numbers(seed, is_json), input, columns, "readings", 50);
        ASSERT_TRUE(file) << file.error().message;
        const Walk all = walk(**file, columns);
        EXPECT_GE(all.lines.size(), 60U);
        for (std::size_t i = 0; i < all.offsets.size(); ++i) {
          ASSERT_TRUE((*file)->seek(all.offsets[i])) << i;
          EXPECT_EQ((*file)->position().offset, all.offsets[i]);
          const Walk rest = walk(**file, columns);
          ASSERT_EQ(rest.lines, Lines(all.lines.begin() + static_cast<long>(i), all.lines.end()));
          ASSERT_EQ(rest.offsets.back(), all.offsets.back());
        }
      }
    }
  }
}

// Law 3: the first k records give the first k lines of the whole file.
TEST(Reading, OfAFilesBeginningGivesTheSame) {
  const std::string late = "ts;state;a;b\n1;;1,5;\n2;;2;\n3;on;;x\n4;off;4,5;y\n";
  for (const std::string& text :
       {numbers(2, false), numbers(2, true), late, std::string("1,2,x\n3,4,y\n5,6,z\n"),
        std::string("{\"a\":1}\n{\"a\":\"x\"}\n{\"b\":{\"c\":2}}\n")}) {
    FileInput input;
    input.ignore_if_present = {"host"};
    const Lines all = read_text(text, input);
    for (std::size_t end = 0; end != std::string::npos && end < text.size();
         end = text.find('\n', end + 1)) {
      if (end == 0) continue;
      const Lines some = read_text(text.substr(0, end + 1), input);
      // Before a half of the records is good, the file is refused.
      if (!some.empty() && some[0].starts_with("error")) continue;
      // A quote that the next line closes is open here.
      if (!some.empty() && some.back().find("quote") != std::string::npos) continue;
      ASSERT_LE(some.size(), all.size());
      ASSERT_EQ(some, Lines(all.begin(), all.begin() + static_cast<long>(some.size())));
    }
  }
}

// Reads `before`, is stopped, and goes on in a file that has grown.
Lines read_grown(const std::string& before, const std::string& grown, const FileInput& input = {}) {
  Columns columns;
  const auto first = open_text(before, input, columns);
  if (!first) return {first.error().message};
  Lines lines = read_lines(**first, columns);
  const auto then = open_text(grown, input, columns);
  if (!then) return {then.error().message};
  if (const Result<void> sought = (*then)->seek((*first)->position().offset); !sought) {
    return {sought.error().message};
  }
  for (std::string& line : read_lines(**then, columns)) lines.push_back(std::move(line));
  return lines;
}

TEST(Reading, GoesOnInAFileThatHasGrown) {
  for (const FileInput& input : {with_time("ts"), with_time("row")}) {
    const std::string text = "ts,a\n1,2\n3,4\n5,67\n", more = "7,8\n9,10\n";
    const Lines all = read_text(text + more, input);
    EXPECT_EQ(read_grown(text, text + more, input), all);
    EXPECT_EQ(read_grown("ts,a\n", text + more, input), all);
    EXPECT_EQ(read_grown("", text + more, input), all);
    // The line end of the last record was not there yet.
    EXPECT_EQ(read_grown(text.substr(0, text.size() - 1), text + more, input), all);
    // Half a line that could not be read is read when it is whole.
    const std::string half = text + "7";
    const Lines first = read_text(text, input);
    Lines expected = read_text(half, input);
    ASSERT_EQ(expected.back(), "! has 1 fields, the first record has 2");
    for (std::size_t i = first.size(); i < all.size(); ++i) expected.push_back(all[i]);
    EXPECT_EQ(read_grown(half, text + more, input), expected);
  }
  // Half a line that looked whole has been told; what is behind it is no record.
  EXPECT_EQ(read_grown("ts,a\n1,2\n5,6", "ts,a\n1,2\n5,67\n7,8\n"),
            (Lines{"1 input a=2", "5 input a=6",
                   "! its beginning was read before the line was complete", "7 input a=8"}));
  EXPECT_EQ(read_grown("{\"ts\":1}\n{\"ts\"", "{\"ts\":1}\n{\"ts\":2}\n"),
            (Lines{"1 input", "! not a JSON object", "2 input"}));
}

TEST(Reading, NeedsWhatWasReadBefore) {
  for (const FileInput& input : {with_time("ts"), with_time("row")}) {
    const Lines lines = read_grown("ts,a\n1,2\n3,4\n5,6\n", "ts,a\n1,2\n", input);
    EXPECT_EQ(lines.back().find("readings: is shorter than it was"), 0U) << lines.back();
    EXPECT_EQ(read_grown("ts,a\n1,2\n3,4\n", "ts,a\n1,2\n3,4", input).back().find("readings: is"),
              0U);
  }
}

TEST(Reading, EndsWhereTheFileIsDamaged) {
  const std::string text = numbers(2, true), packed = to_gzip(text);
  const auto open_packed = [&](std::size_t bytes, Columns& columns) {
    return InputFile::open(
        {}, "x.jsonl.gz",
        make_gzip_reader("x.jsonl.gz", std::make_unique<MemoryReader>(packed.substr(0, bytes))), 0,
        columns);
  };
  Columns columns;
  const auto whole = open_packed(packed.size(), columns);
  ASSERT_TRUE(whole);
  const Lines all = read_lines(**whole, columns);
  const auto cut = open_packed(packed.size() * 3 / 4, columns);
  ASSERT_TRUE(cut);
  Lines some = read_lines(**cut, columns);
  EXPECT_NE(some.back().find("! x.jsonl.gz: the gzip data end in the middle"), std::string::npos);
  EXPECT_EQ((*cut)->records(), some.size());
  some.pop_back();
  EXPECT_GT(some.size(), 20U);
  ASSERT_EQ(some, Lines(all.begin(), all.begin() + static_cast<long>(some.size())));
  // Once it is whole, reading goes on with the record that could not be had.
  ASSERT_TRUE((*whole)->seek((*cut)->position().offset));
  for (const std::string& line : read_lines(**whole, columns)) some.push_back(line);
  EXPECT_EQ(some, all);
}

TEST(Reading, CountsRecords) {
  Columns columns;
  const auto file = open_text("ts,a\n1,2\nx\n3,4\n5,6\n", {}, columns);
  ASSERT_TRUE(file);
  EXPECT_EQ((*file)->records(), 0U);
  Batch batch;
  batch.keep_origins = true;
  EXPECT_TRUE((*file)->read(batch, 3));
  EXPECT_EQ((*file)->records(), 3U);
  EXPECT_EQ((*file)->rejected(), 1U);
  EXPECT_FALSE((*file)->read(batch, 3));
  ASSERT_EQ(batch.origins.size(), 3U);
  EXPECT_EQ(batch.origins[1].row, 3U);
  EXPECT_EQ(batch.origins[1].time_text, "3");
  ASSERT_EQ(batch.rejected.size(), 1U);
  EXPECT_EQ(batch.rejected[0].row, 2U);
  EXPECT_EQ(batch.rejected[0].before, 1U);
  EXPECT_EQ(batch.rejected[0].text, "x");
  EXPECT_EQ(batch.rejected[0].position.offset, 9U);
  // From the middle rows are not known.
  ASSERT_TRUE((*file)->seek(9));
  batch.clear();
  EXPECT_FALSE((*file)->read(batch, 10));
  EXPECT_EQ(batch.rejected[0].row, 0U);
  EXPECT_EQ((*file)->records(), 3U);
}

// How much is read at once must not show, nor how large the batches are.
TEST(Reading, DoesNotDependOnSteps) {
  for (const bool is_json : {false, true}) {
    const std::string text = numbers(3, is_json);
    FileInput input;
    input.record_bytes_max = 30;
    const Lines all = read_text(text, input);
    for (const std::size_t step : {std::size_t{1}, std::size_t{13}, std::size_t{100}}) {
      EXPECT_EQ(read_text(text, input, "readings", step), all);
    }
  }
}

}  // namespace
}  // namespace retimu
