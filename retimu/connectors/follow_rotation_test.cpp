// SPDX-License-Identifier: Apache-2.0
// Files that were rotated while nobody read them, as logrotate does it.
#include "retimu/connectors/follow_receiver.hpp"
#include "retimu/connectors/receivers_test_tools.hpp"
#include "retimu/connectors/rotated_files.hpp"
#include "retimu/core/memory_journal.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;
namespace fs = std::filesystem;

class Rotation : public ::testing::Test {
 protected:
  void add(const std::string& file, std::string_view text) {
    std::ofstream(folder_.path(file), std::ios::binary | std::ios::app) << text;
  }
  void rename(const std::string& from, const std::string& to) {
    fs::rename(folder_.path(from), folder_.path(to));
  }
  // rotate 9, create: a.log.2 to a.log.3, a.log.1 to a.log.2, a.log to a.log.1.
  void rotate() {
    for (int number = 8; number >= 1; --number) {
      for (const char* packed : {"", ".gz", ".zst"}) {
        const std::string from = fmt::format("a.log.{}{}", number, packed);
        if (!fs::exists(folder_.path(from))) continue;
        rename(from, fmt::format("a.log.{}{}", number + 1, packed));
      }
    }
    rename("a.log", "a.log.1");
    add("a.log", "");
  }
  // compress: another file, and the old one goes.
  void pack(const std::string& file, bool is_zstd = false) {
    const std::string text = folder_.read(file);
    folder_.write(file + (is_zstd ? ".zst" : ".gz"), is_zstd ? to_zstd(text) : to_gzip(text));
    fs::remove(folder_.path(file));
  }
  // copytruncate: the file stays, and its bytes go.
  void copy_and_cut(const std::string& to) {
    fs::copy_file(folder_.path("a.log"), folder_.path(to));
    fs::resize_file(folder_.path("a.log"), 0);
  }
  void start(const std::string& pattern = "a.log") {
    FileInput reading;
    reading.paths = {folder_.path(pattern)};
    reading.format = RecordFormat::jsonl;
    receiver_ = make_follow_receiver("logs", reading);
    const Result<void> started = receiver_->start(journal_);
    ASSERT_TRUE(started) << started.error().message;
  }
  void stop() { receiver_->stop(); }
  Lines take(std::size_t count) { return take_lines(journal_, count); }
  // Reads "1" and "2", then nobody does while "3" is written.
  void begin(const std::string& pattern = "a.log") {
    add("a.log", "1\n2\n");
    start(pattern);
    ASSERT_EQ(take(2), (Lines{"1", "2"}));
    stop();
    add("a.log", "3\n");
  }
  void expect_all(std::size_t last) {
    Lines expected;
    for (std::size_t i = 3; i <= last; ++i) expected.push_back(std::to_string(i));
    EXPECT_EQ(take(expected.size()), expected);
    EXPECT_TRUE(receiver_->report().notes.empty()) << receiver_->report().notes[0];
  }

  TemporaryFolder folder_;
  MemoryJournal journal_{1 << 20};
  std::unique_ptr<Receiver> receiver_;
};

TEST_F(Rotation, TwiceByCreate) {
  begin();
  rotate();
  add("a.log", "4\n");
  rotate();
  add("a.log", "5\n");
  start();
  expect_all(5);
  add("a.log", "6\n");
  EXPECT_EQ(take(1), (Lines{"6"}));
}

TEST_F(Rotation, OftenAndPacked) {
  begin();
  for (int i = 4; i < 12; ++i) {
    rotate();
    if (i > 4) pack("a.log.2", i % 2 == 0);  // delaycompress
    add("a.log", fmt::format("{}\n", i));
  }
  start();
  expect_all(11);
}

TEST_F(Rotation, TheOneThatWasReadIsPackedWhileAReaderStandsInIt) {
  begin();
  rotate();
  pack("a.log.1");
  add("a.log", "4\n");
  rotate();
  pack("a.log.1", true);
  add("a.log", "5\n");
  start();
  expect_all(5);
}

// Every stop leaves a place in another kind of file.
TEST_F(Rotation, StopsInPackedFilesLoseNothing) {
  begin();
  std::string many;
  for (int i = 4; i < 4'000; ++i) many += fmt::format("{}\n", i);
  add("a.log", many);
  rotate();
  pack("a.log.1");
  add("a.log", "4000\n");
  Lines lines;
  for (int starts = 0; starts < 3; ++starts) {
    start();
    const Lines more = take(starts == 2 ? 3'998 - lines.size() : 1);
    lines.insert(lines.end(), more.begin(), more.end());
    stop();
  }
  ASSERT_EQ(lines.size(), 3'998U);
  for (std::size_t i = 0; i < lines.size(); ++i) ASSERT_EQ(lines[i], std::to_string(i + 3));
}

TEST_F(Rotation, TwiceByCopyAndTruncate) {
  begin();
  copy_and_cut("a.log.1");
  add("a.log", "4\n");
  rename("a.log.1", "a.log.2");
  copy_and_cut("a.log.1");
  add("a.log", "5\n6\n7\n8\n");  // longer than what was read
  start();
  expect_all(8);
}

// What was written between the last look and the copy is in the copy.
TEST_F(Rotation, ByCopyAndTruncateUnderAReader) {
  add("a.log", "1\n2\n");
  start();
  EXPECT_EQ(take(2), (Lines{"1", "2"}));
  folder_.write("a.log.1", "1\n2\n3\n");
  fs::resize_file(folder_.path("a.log"), 0);
  add("a.log", "4\n");
  EXPECT_EQ(take(2), (Lines{"3", "4"}));
}

TEST_F(Rotation, TwiceWithDates) {
  begin();
  rename("a.log", "a.log-20260130");
  add("a.log", "4\n");
  rename("a.log", "a.log-20260131");
  pack("a.log-20260131");
  add("a.log", "5\n");
  rename("a.log", "a.log-20260201");
  add("a.log", "6\n");
  start();
  expect_all(6);
}

TEST_F(Rotation, AGlobThatMatchesRotatedFilesReadsNothingTwice) {
  begin("a.log*");
  rotate();
  add("a.log", "4\n");
  rotate();
  add("a.log", "5\n");
  start("a.log*");
  expect_all(5);
  std::this_thread::sleep_for(1'500ms);
  EXPECT_EQ(take(0), Lines());
}

// It is not known which of the others were read.
TEST_F(Rotation, WhereTheOneThatWasReadIsGoneItIsSaid) {
  begin();
  rotate();
  add("a.log", "4\n");
  rotate();
  add("a.log", "5\n");
  fs::remove(folder_.path("a.log.2"));
  start();
  EXPECT_EQ(take(1), (Lines{"5"}));
  ASSERT_EQ(receiver_->report().notes.size(), 1U);
  EXPECT_NE(receiver_->report().notes[0].find("is another file since it was read"),
            std::string::npos);
}

TEST(RotatedFiles, AreKnownByTheirNames) {
  const auto key = [](std::string_view name) { return rotation_key(name, "a.log"); };
  for (const char* name : {"a.log", "a.logs", "a.log.", "a.log.bak", "a.log.1.bak", "a.log-",
                           "b.log.1", "a.log.gz", "a.log.1234567", "a.log-1", "a.log.x20260131"}) {
    EXPECT_EQ(key(name), "") << name;
  }
  EXPECT_EQ(key("a.log.1"), key("a.log.1.gz"));
  EXPECT_LT(key("a.log.10"), key("a.log.9"));
  EXPECT_LT(key("a.log.2.zst"), key("a.log.1"));
  EXPECT_LT(key("a.log-20251231"), key("a.log-20260101.gz"));
  EXPECT_LT(key("a.log-20260101-0900"), key("a.log-20260101-1000"));
  EXPECT_LT(key("a.log.2026-01-01"), key("a.log.2026-01-02"));
}

}  // namespace
}  // namespace retimu
