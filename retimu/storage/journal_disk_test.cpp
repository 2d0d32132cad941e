// SPDX-License-Identifier: Apache-2.0
// A journal on a disk that takes nothing, or loses what it took. Writes fail at a limit of the
// process; calls that have none are this program's own, which fail on demand.
#include "retimu/storage/journal_test_tools.hpp"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <thread>

namespace {
std::atomic<bool> no_sync{false}, no_truncate{false}, no_rename{false}, no_names{false};
std::atomic<bool> sync_waits{false};          // as long as this is set
std::atomic<bool> fails_now_and_then{false};  // every fifth sync, every third cut
std::atomic<int> syncs{0}, cuts{0};

int broken() {
  errno = EIO;
  return -1;
}
}  // namespace

extern "C" {

int fdatasync(int descriptor) {
  const int number = ++syncs;
  sync_waits.wait(true);
  if (no_sync || (fails_now_and_then && number % 5 == 0)) return broken();
  return static_cast<int>(::syscall(SYS_fdatasync, descriptor));
}

int fsync(int descriptor) {  // of folders
  if (no_names) return broken();
  return static_cast<int>(::syscall(SYS_fsync, descriptor));
}

int ftruncate(int descriptor, off_t bytes) noexcept {
  if (no_truncate || (fails_now_and_then && ++cuts % 3 == 0)) return broken();
  return static_cast<int>(::syscall(SYS_ftruncate, descriptor, bytes));
}

int rename(const char* from, const char* to) noexcept {
  if (no_rename) return broken();
  return static_cast<int>(::syscall(SYS_rename, from, to));
}

}  // extern "C"

namespace retimu {
namespace {

using namespace std::chrono_literals;
using Strings = std::vector<std::string>;

// No file may become larger, as long as this lives.
class FileLimit {
 public:
  explicit FileLimit(std::uint64_t bytes) {
    previous_ = std::signal(SIGXFSZ, SIG_IGN);
    RETIMU_ASSERT(::getrlimit(RLIMIT_FSIZE, &before_) == 0);
    rlimit now = before_;
    now.rlim_cur = bytes;
    RETIMU_ASSERT(::setrlimit(RLIMIT_FSIZE, &now) == 0);
  }
  FileLimit(const FileLimit&) = delete;
  FileLimit& operator=(const FileLimit&) = delete;
  ~FileLimit() {
    RETIMU_ASSERT(::setrlimit(RLIMIT_FSIZE, &before_) == 0);
    std::signal(SIGXFSZ, previous_);
  }

 private:
  rlimit before_{};
  void (*previous_)(int) = nullptr;
};

class JournalDisk : public JournalFiles {
 protected:
  ~JournalDisk() override {
    no_sync = no_truncate = no_rename = no_names = fails_now_and_then = false;
  }

  void expect_refused(Journal& journal, std::string_view bytes) {
    const auto appended = journal.append({.source = 7, .bytes = bytes, .cursor = "lost"}, 0ms);
    ASSERT_FALSE(appended);
    EXPECT_EQ(appended.error().fault, Fault::system);
    EXPECT_NE(appended.error().message.find(options_.folder), std::string::npos)
        << appended.error().message;
    EXPECT_EQ(journal.report().trouble, appended.error().message);
  }
};

TEST_F(JournalDisk, NothingStaysOfAFrameThatWasCutShort) {
  const auto journal = open();
  append(*journal, "before\n", "kept");
  const std::string path = path_of(0), before = read_file(path);
  {
    const FileLimit limit(before.size() + 70);
    expect_refused(*journal, "a frame that does not fit into what is left\n");
    EXPECT_EQ(read_file(path), before);
    EXPECT_FALSE(journal->next(0ms).value() && journal->next(0ms).value());
    append(*journal, "small\n");
    EXPECT_EQ(journal->report().trouble, "");
    expect_refused(*journal, "x");
  }
  append(*journal, "after\n");
  EXPECT_EQ(journal->report().trouble, "");
  EXPECT_EQ(journal->report().frames, 3U);
  EXPECT_EQ(cursor_of(*journal, 7), "kept");
  EXPECT_EQ(open_and_read().value(), (Strings{"before\n", "small\n", "after\n"}));
  EXPECT_EQ(files().size(), 1U);
}

// What a sync that failed left is not trusted: the next frame begins a new file.
TEST_F(JournalDisk, ASyncThatFailsIsNotBelieved) {
  const auto journal = open();
  append(*journal, "before\n");
  const std::string before = read_file(path_of(0));
  no_sync = true;
  expect_refused(*journal, "lost\n");
  expect_refused(*journal, "lost, too\n");
  EXPECT_EQ(journal->next(0ms).value()->bytes, "before\n");
  EXPECT_FALSE(journal->next(0ms).value());
  no_sync = false;
  append(*journal, "after\n");
  EXPECT_EQ(journal->next(0ms).value()->bytes, "after\n");
  EXPECT_EQ(read_file(path_of(0)), before);
  EXPECT_EQ(files().size(), 2U);
  EXPECT_EQ(open_and_read().value(), (Strings{"before\n", "after\n"}));
}

// Not even where the next one succeeds.
TEST_F(JournalDisk, ASyncThatFailsOnceIsNotBelieved) {
  const auto journal = open();
  append(*journal, "before\n");
  syncs = 4;
  fails_now_and_then = true;
  expect_refused(*journal, "lost\n");
  EXPECT_EQ(syncs, 6);
  fails_now_and_then = false;
  append(*journal, "after\n");
  EXPECT_EQ(files().size(), 2U);
  EXPECT_EQ(read_all(*journal).value(), (Strings{"before\n", "after\n"}));
}

TEST_F(JournalDisk, WhatCannotBeCutOffIsNotRead) {
  const auto journal = open();
  append(*journal, "before\n");
  no_sync = no_truncate = true;
  expect_refused(*journal, "lost, but the disk keeps it\n");
  no_sync = no_truncate = false;
  append(*journal, "after\n");
  EXPECT_NE(read_file(path_of(0)).find("the disk keeps it"), std::string::npos);
  EXPECT_EQ(read_all(*journal).value(), (Strings{"before\n", "after\n"}));
  EXPECT_EQ(open_and_read().value(), (Strings{"before\n", "after\n"}));
  options_.read_only = true;
  EXPECT_EQ(open_and_read().value(), (Strings{"before\n", "after\n"}));
}

// A new file that fails on its way, and the very first one.
TEST_F(JournalDisk, AFileThatCannotBeBegunIsBegunLater) {
  options_.segment_bytes = 100;
  const auto journal = open();
  for (const char* bytes : {"one\n", "two\n", "three\n"}) {
    no_rename = true;
    expect_refused(*journal, "lost\n");
    no_rename = false;
    no_sync = true;
    expect_refused(*journal, "lost\n");
    no_sync = false;
    append(*journal, bytes);
    EXPECT_EQ(journal->next(0ms).value()->bytes, bytes);
  }
  EXPECT_EQ(files().size(), 3U);
  EXPECT_EQ(open_and_read().value(), (Strings{"one\n", "two\n", "three\n"}));
}

// It has its name, and nobody knows for how long. What comes next must not lie in the file before.
TEST_F(JournalDisk, AFileWhoseNameMayBeLost) {
  options_.held_bytes_max = 600;
  const auto journal = open();
  append(*journal, "first\n");
  EXPECT_EQ(journal->next(0ms).value()->bytes, "first\n");
  ASSERT_TRUE(journal->forget(6));
  no_names = true;
  expect_refused(*journal, std::string(1'000, 'x'));
  no_names = false;
  append(*journal, "second\n");
  EXPECT_EQ(journal->next(0ms).value()->bytes, "second\n");
  EXPECT_EQ(files().size(), 2U);
  EXPECT_EQ(open_and_read().value(), (Strings{"first\n", "second\n"}));
}

// The file is there, empty, when the first frame in it fails; then it is replaced.
TEST_F(JournalDisk, TheFirstFrameOfAFileFails) {
  const auto journal = open();
  {
    const FileLimit limit(64 + 20);
    expect_refused(*journal, "does not fit\n");
    EXPECT_EQ(files().size(), 1U);
    EXPECT_EQ(bytes_of_file(path_of(0)), 64U);
    no_truncate = true;
    expect_refused(*journal, "does not fit\n");
    no_truncate = false;
  }
  EXPECT_FALSE(journal->next(0ms).value());
  append(*journal, "one\n");
  EXPECT_EQ(files().size(), 1U);
  EXPECT_EQ(journal->report().held_bytes, bytes_of_file(path_of(0)));
  EXPECT_EQ(read_all(*journal).value(), Strings{"one\n"});
  EXPECT_EQ(open_and_read().value(), Strings{"one\n"});
}

// Seven frames in one write: they came while that of an eighth one waited for its sync.
class JournalTogether : public JournalDisk {
 protected:
  // Whether all were taken.
  bool append_together(Journal& journal) {
    append(journal, "begin\n");
    sync_waits = true;
    const int before = syncs;
    std::atomic<int> taken{0};
    std::vector<std::thread> appenders;
    const auto append_one = [&] {
      const auto appended = journal.append({.source = 1, .bytes = "12345", .cursor = {}}, 60s);
      taken += appended && *appended == Appended::taken ? 1 : 0;
    };
    appenders.emplace_back(append_one);
    while (syncs == before) std::this_thread::yield();
    for (int i = 0; i < 7; ++i) appenders.emplace_back(append_one);
    const std::uint64_t bytes = 8 * 5;
    while (journal.report().unread_bytes < 6 + bytes) std::this_thread::yield();
    EXPECT_EQ(journal.report().frames, 1U);
    EXPECT_EQ(journal.next(0ms).value()->bytes, "begin\n");
    EXPECT_FALSE(journal.next(0ms).value()) << "not on the disk yet";
    sync_waits = false;
    sync_waits.notify_all();
    for (std::thread& appender : appenders) appender.join();
    EXPECT_EQ(syncs - before, 2) << "one for the first, one for all others";
    return taken == 8;
  }
};

TEST_F(JournalTogether, AllThatWaitAreTakenWithOneSync) {
  const auto journal = open();
  EXPECT_TRUE(append_together(*journal));
  EXPECT_EQ(journal->report().frames, 9U);
  EXPECT_EQ(read_all(*journal).value(), Strings(8, "12345"));
}

// A power cut may lose any page of what was written together: it ends where the first is lost.
TEST_F(JournalTogether, WhatWasWrittenTogetherEndsWhereItIsTorn) {
  EXPECT_TRUE(append_together(*open()));
  const std::string path = path_of(0), all = read_file(path);
  constexpr std::size_t frame = sizeof(JournalFrameHeader) + 5;
  for (std::size_t torn = 1; torn <= 7; ++torn) {
    std::string bytes = all;
    bytes.replace(all.size() - torn * frame, frame, frame, '\0');
    write_file(path, bytes);
    Strings expected(8 - torn, "12345");
    expected.insert(expected.begin(), "begin\n");
    options_.read_only = true;
    EXPECT_EQ(open_and_read().value(), expected);
    options_.read_only = false;
    EXPECT_EQ(open_and_read().value(), expected);
  }
  // The eighth from the end was synced before the others were written.
  std::string bytes = all;
  bytes.replace(all.size() - 8 * frame, frame, frame, '\0');
  for (const bool read_only : {true, false}) {
    write_file(path, bytes);
    options_.read_only = read_only;
    const Result<Strings> read = open_and_read();
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().fault, Fault::corrupt);
  }
}

// While eight threads append, the disk fails again and again: each frame is there if and only if
// its appender was told so.
TEST_F(JournalDisk, ADiskThatFailsNowAndThen) {
  options_.segment_bytes = 5'000;
  options_.unread_bytes_max = UINT64_MAX;
  const auto journal = open();
  constexpr std::size_t threads = 8, frames = 500;
  std::vector<Strings> taken(threads);
  std::atomic<std::size_t> ended{0}, refused{0};
  fails_now_and_then = true;
  std::vector<std::thread> appenders;
  for (std::size_t thread = 0; thread < threads; ++thread) {
    appenders.emplace_back([&, thread] {
      for (std::size_t i = 0; i < frames; ++i) {
        const std::string text = fmt::format("{} {}\n", thread, i);
        const auto appended = journal->append({.source = 1, .bytes = text, .cursor = {}}, 60s);
        if (appended) taken[thread].push_back(text);
        refused += appended ? 0 : 1;
      }
      ++ended;
    });
  }
  std::vector<Strings> read(threads);
  while (true) {
    const bool is_last = ended == threads;
    const Result<Strings> more = read_all(*journal);
    for (const std::string& text : more.value()) {
      read.at(static_cast<std::size_t>(text[0] - '0')).push_back(text);
    }
    if (is_last) break;
  }
  fails_now_and_then = false;
  for (std::thread& appender : appenders) appender.join();
  // What could not be cut off is done with once the disk takes something again.
  append(*journal, "0 end\n");
  EXPECT_EQ(journal->next(0ms).value()->bytes, taken[0].emplace_back("0 end\n"));
  read[0].emplace_back("0 end\n");
  EXPECT_TRUE(read == taken);
  EXPECT_GT(refused, 100U);
  std::vector<Strings> again(threads);
  const Result<Strings> all = open_and_read();
  for (const std::string& text : all.value()) {
    again.at(static_cast<std::size_t>(text[0] - '0')).push_back(text);
  }
  EXPECT_TRUE(again == taken);
  fmt::print("{} frames refused, {} files\n", refused.load(), files().size());
}

}  // namespace
}  // namespace retimu
