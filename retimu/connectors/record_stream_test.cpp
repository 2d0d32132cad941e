// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/connectors_test_tools.hpp"
#include "retimu/connectors/record_stream.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

using Lines = std::vector<std::string>;

// Frames of a text that comes in pieces of `step` bytes and ends.
Lines frames_of(std::string_view text, std::size_t step, const FileInput& reading = {},
                const std::string& name = "stdin") {
  RecordStream stream(reading, name);
  Lines frames;
  const auto take = [&](Flow flow) {
    for (std::string_view frame = stream.take(flow); !frame.empty(); frame = stream.take(flow)) {
      frames.emplace_back(frame);
    }
  };
  for (std::size_t at = 0; at < text.size(); at += step) {
    stream.feed(text.substr(at, step));
    take(Flow::goes_on);
  }
  take(Flow::ended);
  EXPECT_EQ(stream.taken(), text.size());
  EXPECT_FALSE(stream.holds_some());
  return frames;
}

// What the frames hold, each read by itself as the journal's source does.
Lines events_of(const Lines& frames) {
  Lines all;
  for (const std::string& frame : frames) {
    const Lines lines = read_text(frame, {}, "stdin");
    all.insert(all.end(), lines.begin(), lines.end());
  }
  return all;
}

std::string many_rows(std::size_t rows) {
  std::string text;
  for (std::size_t i = 0; i < rows; ++i) {
    text += fmt::format("{},pump{},{}\n", 1'700'000'000 + i, i % 3, i);
  }
  return text;
}

TEST(RecordStream, GivesWhatAFileGivesHoweverItComes) {
  const std::string csv = "ts,host,load\n" + many_rows(40'000);
  const Lines wanted = read_text(csv, {}, "stdin");
  ASSERT_EQ(wanted.size(), 40'000U);
  for (const std::size_t step : {1'000U, 65'537U, 10'000'000U}) {
    const Lines frames = frames_of(csv, step);
    EXPECT_GT(frames.size(), 3U);
    EXPECT_EQ(events_of(frames), wanted);
  }
}

TEST(RecordStream, GivesEveryFrameOfCsvTheHeader) {
  const Lines frames = frames_of("ts,load\r\n" + many_rows(30'000), 4'096);
  ASSERT_GT(frames.size(), 2U);
  for (const std::string& frame : frames) EXPECT_TRUE(frame.starts_with("ts,load\n"));
  const Lines nameless = frames_of("1700000000;1,5\n1700000001;1,6\n", 7);
  EXPECT_EQ(nameless, (Lines{"column_1;column_2\n1700000000;1,5\n1700000001;1,6\n"}));
}

TEST(RecordStream, KeepsTheLinesOfARecordTogether) {
  const std::string first = "2024-01-01 00:00:00 ERROR it broke\n  at a\n  at b\n";
  const std::string second = "2024-01-01 00:00:01 INFO on\n";
  FileInput reading;
  RecordStream stream(reading, "app.log");
  stream.feed("2024-01-01 00:00:00 INFO start\n");
  EXPECT_EQ(stream.take(Flow::goes_on), "");  // what it is is not known yet
  EXPECT_EQ(stream.take(Flow::settled), "2024-01-01 00:00:00 INFO start\n");
  for (const char byte : first + second) {
    stream.feed(std::string_view(&byte, 1));
    const std::string_view frame = stream.take(Flow::goes_on);
    EXPECT_TRUE(frame.empty() || frame == first) << frame;
  }
  EXPECT_TRUE(stream.holds_some());
  EXPECT_EQ(stream.take(Flow::settled), second);
}

TEST(RecordStream, CountsRecordsAndNoHeader) {
  const auto count = [](std::string_view text, std::size_t step) {
    const FileInput reading;
    RecordStream stream(reading, "stdin");
    std::uint64_t records = 0;
    for (std::size_t at = 0; at <= text.size(); at += step) {
      stream.feed(text.substr(at, step));
      const Flow flow = at + step > text.size() ? Flow::ended : Flow::goes_on;
      while (!stream.take(flow).empty()) records += stream.records();
    }
    return records;
  };
  const std::string rows = many_rows(20'000);
  for (const std::size_t step : {std::size_t{4'096}, std::size_t{10'000'000}}) {
    EXPECT_EQ(count("ts,host,load\n" + rows, step), 20'000U);
    EXPECT_EQ(count(rows, step), 20'000U);
    EXPECT_EQ(count("ts,host,note\n1,a,\"x\n\ny\"\n\n2,b,\"z\"\"\"\n", step), 2U);
    EXPECT_EQ(count("2024-01-01 00:00:00 ERROR it broke\n  at a\n\n  at b\n"
                    "2024-01-01 00:00:01 INFO on",
                    step),
              2U);
    EXPECT_EQ(count("{\"a\":1}\n\n{\"a\":2}\nx\n", step), 3U);
    EXPECT_EQ(count("\n\n", step), 0U);
  }
}

TEST(RecordStream, HoldsBackHalfALineUntilTheEnd) {
  FileInput reading;
  reading.format = RecordFormat::jsonl;
  RecordStream stream(reading, "x");
  stream.feed("{\"a\":1}\n{\"a\":");
  EXPECT_EQ(stream.take(Flow::settled), "{\"a\":1}\n");
  EXPECT_EQ(stream.take(Flow::settled), "");
  stream.feed("2}");
  EXPECT_EQ(stream.take(Flow::settled), "");
  EXPECT_EQ(stream.take(Flow::ended), "{\"a\":2}\n");
}

TEST(RecordStream, GoesOnBehindABeginningThatItLearnsFrom) {
  FileInput reading;
  RecordStream stream(reading, "readings");
  stream.learn("ts,load\n1700000000,1\n");
  stream.feed("1700000001,2\n");
  EXPECT_EQ(stream.take(Flow::goes_on), "ts,load\n1700000001,2\n");
  EXPECT_EQ(stream.taken(), 13U);
}

TEST(RecordStream, CutsWhatHasNoEnd) {
  FileInput reading;
  reading.record_bytes_max = 300'000;
  reading.format = RecordFormat::jsonl;
  const Lines frames =
      frames_of(std::string(900'000, 'x') + "\n" + "{\"a\":1}\n", 100'000, reading);
  ASSERT_EQ(frames.size(), 2U);
  EXPECT_LE(frames[0].size(), 400'001U);
  EXPECT_EQ(frames[1], "{\"a\":1}\n");
}

TEST(RecordStream, BlankTextIsNothing) {
  EXPECT_EQ(frames_of("", 1), Lines());
  EXPECT_EQ(frames_of("\n\n  \n", 2), Lines());
}

}  // namespace
}  // namespace retimu
