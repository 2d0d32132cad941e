// SPDX-License-Identifier: Apache-2.0
// What every journal does: the one in memory and the one on the disk, the latter in segments of a
// few frames each.
#include "retimu/core/memory_journal.hpp"
#include "retimu/storage/journal_file.hpp"
#include "retimu/storage/storage_test_tools.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace retimu {
namespace {

using namespace std::chrono_literals;

struct Setting {
  std::uint64_t unread_bytes_max = 1 << 20;
  std::function<Time()> now = [] { return Time{5}; };
};

using Make = std::unique_ptr<Journal> (*)(const std::string& folder, const Setting& setting);

std::unique_ptr<Journal> in_memory(const std::string& /*folder*/, const Setting& setting) {
  return std::make_unique<MemoryJournal>(setting.unread_bytes_max, true, setting.now);
}

std::unique_ptr<Journal> on_disk(const std::string& folder, const Setting& setting) {
  auto journal = JournalFile::open({.folder = folder,
                                    .segment_bytes = 400,
                                    .unread_bytes_max = setting.unread_bytes_max,
                                    .now = setting.now});
  EXPECT_TRUE(journal) << journal.error().message;
  return std::move(*journal);
}

class AnyJournal : public ::testing::TestWithParam<std::pair<const char*, Make>> {
 protected:
  std::unique_ptr<Journal> make(const Setting& setting = {}) const {
    return GetParam().second(folder_.path(), setting);
  }

 private:
  TemporaryFolder folder_;
};

NewFrame records(std::string_view bytes, std::string_view cursor = {}) {
  return {.source = 7, .format = RecordFormat::jsonl, .bytes = bytes, .cursor = cursor};
}

void append(Journal& journal, const NewFrame& frame) {
  const Result<Appended> appended = journal.append(frame, 0ms);
  ASSERT_TRUE(appended) << appended.error().message;
  ASSERT_EQ(*appended, Appended::taken);
}

std::optional<Frame> next(Journal& journal, std::chrono::milliseconds wait = 0ms) {
  const Result<std::optional<Frame>> frame = journal.next(wait);
  EXPECT_TRUE(frame) << frame.error().message;
  return frame ? *frame : std::nullopt;
}

TEST_P(AnyJournal, HandsOutWhatWasAppendedInItsOrder) {
  const auto journal = make();
  EXPECT_FALSE(next(*journal));
  append(*journal, records("one\n", "4"));
  append(*journal, {.source = 0, .kind = FrameKind::clock, .bytes = "8 bytes.", .cursor = {}});
  const Frame one = *next(*journal);
  EXPECT_EQ(one.bytes, "one\n");
  EXPECT_EQ(one.source, 7U);
  EXPECT_EQ(one.kind, FrameKind::records);
  EXPECT_EQ(one.format, RecordFormat::jsonl);
  EXPECT_EQ(one.arrived, 5);
  EXPECT_EQ(one.offset, 0U);
  EXPECT_EQ(journal->offset(), 4U);
  const Frame two = *next(*journal);
  EXPECT_EQ(two.bytes, "8 bytes.");
  EXPECT_EQ(two.kind, FrameKind::clock);
  EXPECT_EQ(two.format, RecordFormat::automatic);
  EXPECT_EQ(two.offset, 4U);
  EXPECT_EQ(journal->offset(), 12U);
  EXPECT_FALSE(next(*journal));
  EXPECT_EQ(journal->report().frames, 2U);
  EXPECT_EQ(journal->report().bytes, 12U);
  EXPECT_EQ(journal->report().unread_bytes, 0U);
  EXPECT_GE(journal->report().held_bytes, 12U);
  EXPECT_EQ(journal->report().trouble, "");
}

TEST_P(AnyJournal, KeepsTheNewestCursorOfEverySource) {
  const auto journal = make();
  EXPECT_EQ(cursor_of(*journal, 7), "");
  append(*journal, records("a\n", "first"));
  append(*journal, records("b\n"));
  append(*journal, {.source = 8, .bytes = "c\n", .cursor = "other"});
  EXPECT_EQ(cursor_of(*journal, 7), "first");
  append(*journal, records("d\n", "second"));
  EXPECT_EQ(cursor_of(*journal, 7), "second");
  EXPECT_EQ(cursor_of(*journal, 8), "other");
  EXPECT_EQ(cursor_of(*journal, 9), "");
}

TEST_P(AnyJournal, TakesNoMoreUnreadBytesThanItsBound) {
  const auto journal = make({.unread_bytes_max = 8});
  append(*journal, records("123456"));
  EXPECT_EQ(*journal->append(records("789"), 1ms), Appended::full);
  EXPECT_EQ(journal->report().unread_bytes, 6U);
  append(*journal, records("78"));
  EXPECT_EQ(*journal->append(records("9"), 0ms), Appended::full);
  ASSERT_TRUE(next(*journal));
  append(*journal, records("9"));
  ASSERT_TRUE(next(*journal));
  ASSERT_TRUE(next(*journal));
  append(*journal, records("a frame above the bound"));
  EXPECT_EQ(*journal->append(records("b"), 0ms), Appended::full);
  EXPECT_EQ(next(*journal)->bytes, "a frame above the bound");
  append(*journal, records("b"));
}

TEST_P(AnyJournal, AppendWaitsForTheReaderAndTheReaderForAppend) {
  const auto journal = make({.unread_bytes_max = 4});
  append(*journal, records("1234"));
  std::thread appender([&] {
    EXPECT_EQ(*journal->append(records("5678"), 60s), Appended::taken);
    EXPECT_EQ(*journal->append(records("9"), 60s), Appended::taken);
  });
  EXPECT_EQ(next(*journal, 60s)->bytes, "1234");
  EXPECT_EQ(next(*journal, 60s)->bytes, "5678");
  EXPECT_EQ(next(*journal, 60s)->bytes, "9");
  appender.join();
}

TEST_P(AnyJournal, ArrivedNeverRunsBackwards) {
  std::vector<Time> times = {3, 9, 4, 8, 10, 0};
  std::size_t asked = 0;
  const auto journal = make({.now = [&] { return times[asked++]; }});
  std::vector<Time> arrived;
  for (std::size_t i = 0; i < times.size(); ++i) {
    append(*journal, records("x\n"));
    arrived.push_back(next(*journal)->arrived);
  }
  EXPECT_EQ(arrived, (std::vector<Time>{3, 9, 9, 9, 10, 10}));
}

TEST_P(AnyJournal, SeeksToEveryByte) {
  const auto journal = make();
  std::vector<std::string> frames;
  for (std::size_t i = 0; i < 60; ++i) {
    frames.push_back(std::string(i % 9, static_cast<char>('a' + i % 26)) + "\n");
    append(*journal, records(frames.back(), i % 3 == 0 ? "somewhere" : ""));
  }
  std::uint64_t begin = 0;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    for (std::uint64_t at = begin; at < begin + frames[i].size(); ++at) {
      ASSERT_TRUE(journal->seek(at));
      ASSERT_EQ(journal->offset(), at);
      const Frame frame = *next(*journal);
      ASSERT_EQ(frame.offset, begin);
      ASSERT_EQ(frame.bytes, frames[i]);
      ASSERT_EQ(journal->offset(), begin + frames[i].size());
      const std::optional<Frame> after = next(*journal);
      ASSERT_EQ(after ? after->bytes : "", i + 1 < frames.size() ? frames[i + 1] : "");
    }
    begin += frames[i].size();
  }
  ASSERT_TRUE(journal->seek(begin));
  EXPECT_FALSE(next(*journal));
  append(*journal, records("more\n"));
  EXPECT_EQ(next(*journal)->bytes, "more\n");
  const Result<void> beyond = journal->seek(begin + 6);
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().fault, Fault::input);
  EXPECT_EQ(journal->offset(), begin + 5);
}

TEST_P(AnyJournal, AFrameWithoutBytesHasItsPlace) {
  const auto journal = make();
  append(*journal, records("one\n"));
  append(*journal, records("", "moved"));
  append(*journal, records("two\n"));
  EXPECT_EQ(cursor_of(*journal, 7), "moved");
  ASSERT_TRUE(next(*journal));
  const std::uint64_t behind_one = journal->offset();
  EXPECT_EQ(next(*journal)->bytes, "");
  EXPECT_EQ(next(*journal)->bytes, "two\n");
  ASSERT_TRUE(journal->seek(behind_one));
  EXPECT_EQ(next(*journal)->bytes, "");
  EXPECT_EQ(next(*journal)->bytes, "two\n");
}

TEST_P(AnyJournal, WhatIsNotReadIsNotForgotten) {
  const auto journal = make();
  for (const char* bytes : {"aaa", "bbb", "ccc"}) append(*journal, records(bytes));
  ASSERT_TRUE(next(*journal));
  ASSERT_TRUE(journal->forget(1'000));
  EXPECT_EQ(next(*journal)->bytes, "bbb");
  EXPECT_EQ(next(*journal)->bytes, "ccc");
}

TEST_P(AnyJournal, EightThreadsAndAReader) {
  constexpr std::uint32_t threads = 8, frames = 2'000;
  const auto journal = make({.unread_bytes_max = 4'000});
  std::vector<std::thread> appenders;
  for (std::uint32_t thread = 0; thread < threads; ++thread) {
    appenders.emplace_back([&, thread] {
      for (std::uint32_t i = 0; i < frames; ++i) {
        const std::string text = fmt::format("{} {}\n", thread, i), place = std::to_string(i);
        const NewFrame frame{.source = thread + 1, .bytes = text, .cursor = place};
        const Result<Appended> appended = journal->append(frame, 60s);
        ASSERT_TRUE(appended && *appended == Appended::taken);
      }
    });
  }
  std::vector<std::uint32_t> seen(threads, 0);
  std::uint64_t offset = 0;
  for (std::uint32_t i = 0; i < threads * frames; ++i) {
    const std::optional<Frame> frame = next(*journal, 60s);
    ASSERT_TRUE(frame);
    ASSERT_EQ(frame->offset, offset);
    offset += frame->bytes.size();
    const std::uint32_t thread = frame->source - 1;
    ASSERT_EQ(frame->bytes, fmt::format("{} {}\n", thread, seen.at(thread)++));
  }
  for (std::thread& appender : appenders) appender.join();
  EXPECT_FALSE(next(*journal));
  for (std::uint32_t thread = 0; thread < threads; ++thread) {
    EXPECT_EQ(cursor_of(*journal, thread + 1), std::to_string(frames - 1));
  }
}

INSTANTIATE_TEST_SUITE_P(, AnyJournal,
                         ::testing::Values(std::pair("in_memory", &in_memory),
                                           std::pair("on_disk", &on_disk)),
                         [](const auto& test) { return std::string(test.param.first); });

}  // namespace
}  // namespace retimu
