// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/follow_receiver.hpp"
#include "retimu/connectors/followed_file.hpp"
#include "retimu/connectors/receivers_test_tools.hpp"
#include "retimu/core/memory_journal.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace retimu {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;
namespace fs = std::filesystem;

class Follow : public ::testing::Test {
 protected:
  void add(const std::string& file, std::string_view text) {
    std::ofstream(folder_.path(file), std::ios::binary | std::ios::app) << text;
  }
  void start(const std::string& pattern) {
    FileInput reading;
    reading.paths = {folder_.path(pattern)};
    reading.format = RecordFormat::jsonl;
    receiver_ = make_follow_receiver("logs", reading);
    const Result<void> started = receiver_->start(journal_);
    ASSERT_TRUE(started) << started.error().message;
  }
  void restart(const std::string& pattern) {
    receiver_->stop();
    start(pattern);
  }
  Lines take(std::size_t count) { return take_lines(journal_, count); }
  bool has_note(std::string_view part) const {
    return std::ranges::any_of(receiver_->report().notes, [&](const std::string& note) {
      return note.find(part) != std::string::npos;
    });
  }

  TemporaryFolder folder_;
  MemoryJournal journal_{1 << 20};
  std::unique_ptr<Receiver> receiver_;
};

TEST_F(Follow, ReadsWhatIsThereAndWhatIsAppended) {
  add("a.log", "1\n2\n");
  start("a.log");
  EXPECT_EQ(take(2), (Lines{"1", "2"}));
  add("a.log", "3\nha");
  EXPECT_EQ(take(1), (Lines{"3"}));
  add("a.log", "lf\n");
  EXPECT_EQ(take(1), (Lines{"half"}));
  EXPECT_EQ(receiver_->report().records, 4U);
}

TEST_F(Follow, WaitsForAFileThatIsNotThere) {
  start("late.log");
  std::this_thread::sleep_for(50ms);
  EXPECT_NE(receiver_->report().trouble.find("late.log: is not there"), std::string::npos);
  add("late.log", "1\n");
  EXPECT_EQ(take(1), (Lines{"1"}));
  EXPECT_EQ(receiver_->report().trouble, "");
}

TEST_F(Follow, ReadsARenamedFileToItsEndAndThenTheNewOne) {
  add("a.log", "1\n");
  start("a.log");
  EXPECT_EQ(take(1), (Lines{"1"}));
  fs::rename(folder_.path("a.log"), folder_.path("a.log.1"));
  add("a.log.1", "2\nno end");  // who writes has it open still
  add("a.log", "3\n");
  EXPECT_EQ(take(3), (Lines{"2", "no end", "3"}));
  for (int i = 2; i < 6; ++i) {
    fs::rename(folder_.path("a.log"), folder_.path(fmt::format("a.log.{}", i)));
    add("a.log", fmt::format("of {}\n", i));
    EXPECT_EQ(take(1), (Lines{fmt::format("of {}", i)}));
  }
}

TEST_F(Follow, BeginsAnewWhereAFileIsCutBack) {
  add("a.log", "1\n2\n");
  start("a.log");
  EXPECT_EQ(take(2), (Lines{"1", "2"}));
  fs::resize_file(folder_.path("a.log"), 2);
  EXPECT_EQ(take(1), (Lines{"1"}));
  EXPECT_TRUE(has_note("was cut back from 4 to 2 bytes"));
  add("a.log", "3\n");
  EXPECT_EQ(take(1), (Lines{"3"}));
}

TEST_F(Follow, FindsNewFilesOfAGlobButNotRenamedOnes) {
  add("a.log", "a1\n");
  start("*.log*");
  EXPECT_EQ(take(1), (Lines{"a1"}));
  add("b.log", "b1\n");
  EXPECT_EQ(take(1), (Lines{"b1"}));
  fs::rename(folder_.path("a.log"), folder_.path("a.log.1"));
  add("a.log", "a2\n");
  EXPECT_EQ(take(1), (Lines{"a2"}));
  for (int i = 3; i < 8; ++i) {  // at all moments between two looks
    fs::rename(folder_.path("a.log"), folder_.path(fmt::format("{}.log", i)));
    add("a.log", fmt::format("a{}\n", i));
    EXPECT_EQ(take(1), (Lines{fmt::format("a{}", i)}));
    std::this_thread::sleep_for(i * 20ms);
  }
  std::this_thread::sleep_for(1500ms);
  EXPECT_EQ(take(0), Lines());
}

// As where a file is removed and the file system gives its number to a new one.
TEST_F(Follow, AKnownNumberWithAnotherBeginningIsANewFile) {
  add("a.log", "a1\n");
  start("*.log");
  EXPECT_EQ(take(1), (Lines{"a1"}));
  fs::rename(folder_.path("a.log"), folder_.path("a.old"));
  add("a.log", "a2\n");
  EXPECT_EQ(take(1), (Lines{"a2"}));
  fs::rename(folder_.path("a.old"), folder_.path("b.log"));  // known: nothing is read
  std::this_thread::sleep_for(1500ms);
  EXPECT_EQ(take(0), Lines());
  fs::rename(folder_.path("b.log"), folder_.path("a.old"));
  fs::resize_file(folder_.path("a.old"), 0);
  add("a.old", "c1 is new\n");
  fs::rename(folder_.path("a.old"), folder_.path("c.log"));
  EXPECT_EQ(take(1), (Lines{"c1 is new"}));
}

TEST_F(Follow, LetsGoOfARemovedFile) {
  const auto is_held = [&] {
    return std::ranges::any_of(fs::directory_iterator("/proc/self/fd"), [&](const auto& one) {
      std::error_code error;
      return fs::read_symlink(one.path(), error).string() == folder_.path("a.log") + " (deleted)";
    });
  };
  add("a.log", "1\n");
  start("*.log");
  EXPECT_EQ(take(1), (Lines{"1"}));
  std::ofstream writer(folder_.path("a.log"), std::ios::binary | std::ios::app);
  fs::remove(folder_.path("a.log"));
  writer << "2\n" << std::flush;  // who holds it open writes on
  EXPECT_EQ(take(1), (Lines{"2"}));
  writer.close();
  EXPECT_TRUE(is_held());
  for (int i = 0; i < 300 && is_held(); ++i) std::this_thread::sleep_for(100ms);
  EXPECT_FALSE(is_held());
  add("a.log", "3\n");
  EXPECT_EQ(take(1), (Lines{"3"}));
  EXPECT_TRUE(receiver_->report().trouble.empty());
}

// What a copy has of the file is looked for in vain; the last line, which no line end follows yet,
// is not lost meanwhile.
TEST_F(Follow, KeepsALastLineWhereNoRotatedFileIsACopy) {
  add("a.log.1", "something else\n");
  add("a.log", "1\nlast");
  start("a.log");
  EXPECT_EQ(take(1), (Lines{"1"}));
  fs::resize_file(folder_.path("a.log"), 0);
  EXPECT_EQ(take(1), (Lines{"last"}));
  EXPECT_TRUE(has_note("was cut back from 6 to 0 bytes"));
  add("a.log", "2\n");
  EXPECT_EQ(take(1), (Lines{"2"}));
}

TEST_F(Follow, GoesOnAfterARestart) {
  add("a.log", "1\n2\n");
  start("a.log");
  EXPECT_EQ(take(2), (Lines{"1", "2"}));
  receiver_->stop();
  add("a.log", "3\n");
  start("a.log");
  EXPECT_EQ(take(1), (Lines{"3"}));
  receiver_->stop();
  add("a.log", "4\n");
  fs::rename(folder_.path("a.log"), folder_.path("a.log.1"));
  add("a.log", "5\n");
  start("a.log");
  EXPECT_EQ(take(2), (Lines{"4", "5"}));
  EXPECT_TRUE(receiver_->report().notes.empty());
}

TEST_F(Follow, SaysWhatIsLostWithAFileThatIsGone) {
  add("a.log", "1\n");
  start("a.log");
  EXPECT_EQ(take(1), (Lines{"1"}));
  receiver_->stop();
  add("keeps the inode", "");
  fs::remove(folder_.path("a.log"));
  add("other", "x");
  add("a.log", "2\n3\n");
  start("a.log");
  EXPECT_EQ(take(2), (Lines{"2", "3"}));
  EXPECT_TRUE(has_note("since it was read up to byte 2"));
}

TEST_F(Follow, AFileThatReturnsAfterARestartIsNotReadTwice) {
  add("a.log", "1\n2\n");
  start("a.log");
  EXPECT_EQ(take(2), (Lines{"1", "2"}));
  fs::create_directory(folder_.path("away"));
  fs::rename(folder_.path("a.log"), folder_.path("away/a.log"));
  restart("a.log");
  EXPECT_EQ(take(0), Lines());
  EXPECT_TRUE(has_note("is gone"));
  add("away/a.log", "3\n");
  fs::rename(folder_.path("away/a.log"), folder_.path("a.log"));
  EXPECT_EQ(take(1), Lines{"3"});
}

TEST_F(Follow, ManyFilesLoseNothing) {
  start("*.log");
  std::thread writer([&] {
    for (int i = 0; i < 2'000; ++i) add(fmt::format("{}.log", i % 20), fmt::format("{}\n", i));
  });
  Lines lines = take(2'000);
  writer.join();
  std::ranges::sort(lines, {}, [](const std::string& line) { return std::stoi(line); });
  ASSERT_EQ(lines.size(), 2'000U);
  for (int i = 0; i < 2'000; ++i) EXPECT_EQ(lines[static_cast<std::size_t>(i)], std::to_string(i));
}

TEST_F(Follow, RefusesAFolder) {
  FileInput reading;
  reading.paths = {folder_.path("")};
  const auto receiver = make_follow_receiver("logs", reading);
  EXPECT_FALSE(receiver->start(journal_));
}

TEST(FileCursor, IsReadAsItWasWritten) {
  const FileCursor cursor{{1, 2}, 3, "4:00ff", "a path/with blanks.log"};
  const std::optional<FileCursor> read = parse_file_cursor(to_text(cursor));
  ASSERT_TRUE(read);
  EXPECT_EQ(to_text(*read), to_text(cursor));
  for (const char* wrong : {"", "1 2", "1 2 x 4:00 p", "1 2 3 4:00", "1 2 3 4:00 "}) {
    EXPECT_FALSE(parse_file_cursor(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace retimu
