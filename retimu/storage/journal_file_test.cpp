// SPDX-License-Identifier: Apache-2.0
// The journal's files: restarts, what is deleted when, what a crash or a broken disk leaves behind.
#include "retimu/storage/journal_test_tools.hpp"

#include <atomic>
#include <filesystem>
#include <thread>

namespace retimu {
namespace {

using namespace std::chrono_literals;
using Strings = std::vector<std::string>;

TEST_F(JournalFiles, GoesOnAfterARestart) {
  options_.segment_bytes = 300;
  Strings expected;
  for (int run = 0; run < 5; ++run) {
    const auto journal = open();
    EXPECT_EQ(journal->note(), "");
    EXPECT_EQ(cursor_of(*journal, 7), run == 0 ? "" : fmt::format("{}.3", run - 1));
    EXPECT_EQ(cursor_of(*journal, 9), run == 0 ? "" : "once");
    if (run == 0) append(*journal, expected.emplace_back("begin\n"), "once", 9);
    for (int i = 0; i < 4; ++i) {
      append(*journal, expected.emplace_back(fmt::format("record {} of {}\n", i, run)),
             fmt::format("{}.{}", run, i));
    }
    EXPECT_EQ(journal->report().frames, run == 0 ? 5U : 4U);
    EXPECT_EQ(read_all(*journal).value(), expected);
  }
  EXPECT_GE(files().size(), 5U);
}

TEST_F(JournalFiles, ArrivedNeverRunsBackwardsOverARestart) {
  append(*open(), "x\n");
  options_.now = [] { return Time{2}; };
  append(*open(), "y\n");
  const auto journal = open();
  EXPECT_EQ(journal->next(0ms).value()->arrived, 5);
  EXPECT_EQ(journal->next(0ms).value()->arrived, 5);
}

TEST_F(JournalFiles, ForgottenFilesGoOnlyAtTheBound) {
  options_.segment_bytes = 1'000;
  options_.held_bytes_max = 4'000;
  const std::string record(199, 'r');
  const auto journal = open();
  append(*journal, record, "the only one", 9);
  Result<Appended> appended = Appended::taken;
  std::uint64_t count = 1;
  for (; *appended == Appended::taken; ++count) {
    appended = journal->append({.source = 7, .bytes = record, .cursor = {}}, 0ms);
    ASSERT_TRUE(appended);
    ASSERT_TRUE(journal->next(0ms).value());
    if (count > 100) FAIL() << "no bound";
  }
  EXPECT_GT(journal->report().held_bytes, 3'600U);
  EXPECT_LE(journal->report().held_bytes, 4'000U);
  const Strings before = files();
  EXPECT_EQ(before.front(), "00000000000000000000.journal");
  // Its second half is needed yet.
  ASSERT_TRUE(journal->forget(*parse_journal_segment_name(before[1]) - 1));
  EXPECT_EQ(*journal->append({.source = 7, .bytes = record, .cursor = {}}, 0ms), Appended::full);
  ASSERT_TRUE(journal->forget(*parse_journal_segment_name(before[1])));
  EXPECT_EQ(files(), before);
  append(*journal, record);
  EXPECT_EQ(files().front(), before[1]);
  EXPECT_LE(journal->report().held_bytes, 4'000U);
  const Result<void> sought = journal->seek(0);
  ASSERT_FALSE(sought);
  EXPECT_EQ(sought.error().fault, Fault::input);
  ASSERT_TRUE(journal->seek(*parse_journal_segment_name(before[1])));
  EXPECT_EQ(cursor_of(*journal, 9), "the only one");
  EXPECT_EQ(cursor_of(*open(), 9), "the only one");
}

// Whatever the bounds are, what is forgotten never keeps out what comes.
TEST_F(JournalFiles, TakesAnythingWhereNothingIsNeeded) {
  options_.held_bytes_max = 600;
  const auto journal = open();
  for (const std::size_t bytes : {100U, 5'000U, 10U, 400U, 1'000U, 1U, 590U, 70'000U, 3U}) {
    const std::string record(bytes, 'x');
    append(*journal, record);
    EXPECT_EQ(journal->next(0ms).value()->bytes, record);
    ASSERT_TRUE(journal->forget(journal->offset()));
  }
  EXPECT_LE(files().size(), 2U);
}

TEST_F(JournalFiles, AFrameIsReadBesideAllThatFollows) {
  options_.segment_bytes = 200;
  const auto journal = open();
  append(*journal, "the first\n");
  const Frame frame = *journal->next(0ms).value();
  for (int i = 0; i < 50; ++i) append(*journal, "what follows\n");
  EXPECT_EQ(frame.bytes, "the first\n");
}

TEST_F(JournalFiles, FramesOfManyMebibytes) {
  options_.unread_bytes_max = 128UL << 20U;
  const auto journal = open();
  const std::string large(frame_bytes_max, 'L'), small = "small\n";
  append(*journal, small);
  append(*journal, large);
  append(*journal, small);
  ASSERT_TRUE(journal->seek(6 + frame_bytes_max - 1));
  EXPECT_TRUE(journal->next(0ms).value()->bytes == large);
  EXPECT_EQ(journal->next(0ms).value()->bytes, small);
  EXPECT_EQ(files().size(), 2U);
}

// A crash leaves any part of the frame that was being written.
TEST_F(JournalFiles, ATornTailIsCutOffAtEveryByte) {
  {
    const auto journal = open();
    append(*journal, "whole\n", "at 6");
    append(*journal, "whole, too\n");
  }
  const std::string path = path_of(0), whole = read_file(path);
  append(*open(), "torn by the crash\n", "not reached");
  const std::string all = read_file(path);
  for (std::size_t bytes = whole.size(); bytes < all.size(); ++bytes) {
    // What is behind is missing, or never got its contents.
    for (const std::size_t zeros : {std::size_t{0}, all.size() - bytes}) {
      if (bytes + zeros == whole.size()) continue;
      write_file(path, all.substr(0, bytes) + std::string(zeros, '\0'));
      if (read_file(path) == all) continue;
      const auto journal = open();
      ASSERT_TRUE(journal) << bytes;
      ASSERT_NE(journal->note().find(fmt::format("{}", bytes + zeros - whole.size())),
                std::string::npos)
          << journal->note();
      ASSERT_EQ(read_all(*journal).value(), (Strings{"whole\n", "whole, too\n"}));
      ASSERT_EQ(cursor_of(*journal, 7), "at 6");
      ASSERT_EQ(bytes_of_file(path), whole.size());
      append(*journal, "goes on\n", "further");
      ASSERT_EQ(journal->next(0ms).value()->bytes, "goes on\n");
      ASSERT_EQ(open_and_read().value(), (Strings{"whole\n", "whole, too\n", "goes on\n"}));
    }
  }
}

// Every flipped bit is found: it is damage, or, in what was written last, a write cut short.
TEST_F(JournalFiles, NoFlippedBitPasses) {
  {
    const auto journal = open();
    for (const char* bytes : {"one\n", "two\n", "three\n"}) append(*journal, bytes, "cursor");
  }
  const std::string path = path_of(0), all = read_file(path);
  const std::size_t last = all.size() - sizeof(JournalFrameHeader) - 6 - 6;
  for (std::size_t byte = 0; byte < all.size(); ++byte) {
    for (const int bit : {0, 3, 7}) {
      std::string flipped = all;
      flipped[byte] = static_cast<char>(flipped[byte] ^ (1 << bit));
      write_file(path, flipped);
      const Result<Strings> frames = open_and_read();
      if (byte < last) {
        ASSERT_FALSE(frames) << byte;
        ASSERT_EQ(frames.error().fault, Fault::corrupt);
        ASSERT_NE(frames.error().message.find(path), std::string::npos) << frames.error().message;
      } else {
        ASSERT_EQ(*frames, (Strings{"one\n", "two\n"}));
      }
    }
  }
}

TEST_F(JournalFiles, DamageInAnOlderFileIsToldAndItsFileCanBeTakenAway) {
  options_.segment_bytes = 250;
  Strings frames;
  {
    const auto journal = open();
    for (int i = 0; i < 12; ++i)
      append(*journal, frames.emplace_back(fmt::format("row {:02}\n", i)));
  }
  ASSERT_EQ(files().size(), 4U);
  const std::string damaged = path_of(1), contents = read_file(damaged);
  for (const std::string& changed :
       {contents.substr(0, contents.size() - 1) + "?", contents.substr(0, contents.size() - 1),
        contents.substr(0, contents.size() - 63), std::string()}) {
    write_file(damaged, changed);
    const auto journal = open();
    const Result<Strings> read = read_all(*journal);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().fault, Fault::corrupt);
    EXPECT_NE(read.error().message.find(damaged), std::string::npos) << read.error().message;
    EXPECT_EQ(journal->next(0ms).error().message, read.error().message);
    ASSERT_TRUE(journal->seek(6 * 7));
    EXPECT_EQ(journal->next(0ms).value()->bytes, "row 06\n");
  }
  std::filesystem::remove(damaged);
  frames.erase(frames.begin() + 3, frames.begin() + 6);
  for (options_.read_only = false;; options_.read_only = true) {
    EXPECT_EQ(open_and_read().value(), frames);
    const auto journal = open();
    ASSERT_TRUE(journal->seek(4 * 7));
    EXPECT_EQ(journal->next(0ms).value()->bytes, "row 06\n");
    if (options_.read_only) break;
  }
}

TEST_F(JournalFiles, AnotherVersionIsRefused) {
  append(*open(), "x\n");
  std::string bytes = read_file(path_of(0));
  bytes[8] = 2;
  write_file(path_of(0), bytes);
  const auto journal = JournalFile::open(options_);
  ASSERT_FALSE(journal);
  EXPECT_EQ(journal.error().fault, Fault::corrupt);
  EXPECT_NE(journal.error().message.find("version 2 of the journal's format, and this program "
                                         "reads version 1"),
            std::string::npos)
      << journal.error().message;
}

TEST_F(JournalFiles, OneSourceTooMany) {
  const auto journal = open();
  for (std::uint32_t source = 0; source < journal_parts_max; ++source) {
    append(*journal, "x\n", "here", source);
  }
  EXPECT_EQ(journal->append({.source = journal_parts_max, .bytes = "x\n", .cursor = "here"}, 0ms)
                .error()
                .fault,
            Fault::usage);
  append(*journal, "x\n", "", journal_parts_max);
  append(*journal, "x\n", "there", 3);
  EXPECT_EQ(cursor_of(*open(), 3), "there");
}

TEST_F(JournalFiles, AReaderBesideTheWriter) {
  options_.segment_bytes = 1'000;
  options_.unread_bytes_max = UINT64_MAX;
  constexpr std::uint64_t frames = 3'000;
  JournalOptions reading = options_;
  reading.read_only = true;
  std::thread reader([&reading] {
    const auto journal = JournalFile::open(reading);
    ASSERT_TRUE(journal);
    for (std::uint64_t i = 0; i < frames; ++i) {
      const auto frame = (*journal)->next(60s);
      ASSERT_TRUE(frame) << frame.error().message;
      ASSERT_TRUE(*frame);
      ASSERT_EQ((*frame)->bytes, fmt::format("record {}\n", i));
    }
    EXPECT_FALSE(*(*journal)->next(0ms));
  });
  const auto journal = open();
  for (std::uint64_t i = 0; i < frames; ++i) append(*journal, fmt::format("record {}\n", i));
  reader.join();
}

TEST_F(JournalFiles, AReaderPassesOverWhatIsDeletedBesideIt) {
  options_.segment_bytes = 300;
  options_.held_bytes_max = 1'200;
  JournalOptions reading = options_;
  reading.read_only = true;
  const auto journal = open();
  append(*journal, "the very first\n");
  const auto reader = JournalFile::open(reading);
  ASSERT_TRUE(reader);
  EXPECT_EQ((*(*reader)->next(0ms))->bytes, "the very first\n");
  for (int i = 0; i < 100; ++i) {
    append(*journal, fmt::format("record {:02}\n", i));
    ASSERT_TRUE(journal->forget(UINT64_MAX));
    while (journal->next(0ms).value()) continue;
  }
  const Strings seen = read_all(**reader).value();
  ASSERT_GE(seen.size(), 8U);
  EXPECT_LE(seen.size(), 40U);
  EXPECT_EQ(seen.back(), "record 99\n");
  const Result<void> sought = (*reader)->seek(0);
  ASSERT_FALSE(sought);
  EXPECT_EQ(sought.error().fault, Fault::input);
}

TEST_F(JournalFiles, ReadOnlyATornTailIsTheEndAndNothingIsWritten) {
  append(*open(), "whole\n");
  const std::string path = path_of(0), whole = read_file(path);
  append(*open(), "torn\n");
  write_file(path, read_file(path).substr(0, whole.size() + 30));
  const std::string torn = read_file(path);
  options_.read_only = true;
  EXPECT_EQ(open_and_read().value(), Strings{"whole\n"});
  EXPECT_EQ(read_file(path), torn);
  options_.folder = folder_ / "nothing";
  EXPECT_EQ(open_and_read().value(), Strings{});
  EXPECT_FALSE(std::filesystem::exists(options_.folder));
}

}  // namespace
}  // namespace retimu
