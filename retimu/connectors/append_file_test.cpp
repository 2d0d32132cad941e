// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/append_file.hpp"
#include "retimu/connectors/connectors_test_tools.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>

namespace retimu {
namespace {

constexpr std::string_view begin = "{\"id\":\"";

// Files may not grow beyond some bytes while it lives, as on a disk that is full.
class FullDisk {
 public:
  explicit FullDisk(std::uint64_t bytes) {
    before_handler_ = std::signal(SIGXFSZ, SIG_IGN);
    (void)::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit now = before_;
    now.rlim_cur = bytes;
    (void)::setrlimit(RLIMIT_FSIZE, &now);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;
  ~FullDisk() {
    (void)::setrlimit(RLIMIT_FSIZE, &before_);
    (void)std::signal(SIGXFSZ, before_handler_);
  }

 private:
  rlimit before_{};
  void (*before_handler_)(int) = nullptr;
};

std::unique_ptr<AppendFile> open(const std::string& path) {
  Result<std::unique_ptr<AppendFile>> file = AppendFile::open(path);
  EXPECT_TRUE(file) << file.error().message;
  return file ? std::move(*file) : nullptr;
}

TEST(AppendedFile, GrowsByLines) {
  const TemporaryFolder folder;
  const auto file = open(folder.path("a"));
  EXPECT_EQ(file->bytes(), 0U);
  ASSERT_TRUE(file->append("one\n"));
  ASSERT_TRUE(file->append("two\nthree\n"));
  ASSERT_TRUE(file->append(""));
  EXPECT_EQ(file->bytes(), 14U);
  EXPECT_EQ(folder.read("a"), "one\ntwo\nthree\n");
  EXPECT_EQ(open(folder.path("a"))->bytes(), 14U);
}

TEST(AppendedFile, CannotBeAFolderOrInOneThatIsMissing) {
  const TemporaryFolder folder;
  for (const std::string& path : {folder.path(""), folder.path("absent/a")}) {
    const auto file = AppendFile::open(path);
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().fault, Fault::system);
    EXPECT_EQ(file.error().message.find(path + ": cannot be written: "), 0U);
  }
}

TEST(AppendedFile, KnowsItsTail) {
  const TemporaryFolder folder;
  const auto tail_of = [&](std::string_view text) {
    const auto tail = open(folder.write("a", text))->tail();
    EXPECT_TRUE(tail) << tail.error().message;
    return std::pair(tail->last_line, tail->torn);
  };
  using Pair = std::pair<std::string, std::string>;
  EXPECT_EQ(tail_of(""), Pair("", ""));
  EXPECT_EQ(tail_of("\n"), Pair("", ""));
  EXPECT_EQ(tail_of("a\n"), Pair("a", ""));
  EXPECT_EQ(tail_of("a\nb\n"), Pair("b", ""));
  EXPECT_EQ(tail_of("a\nb\nc"), Pair("b", "c"));
  EXPECT_EQ(tail_of("abc"), Pair("", "abc"));
  EXPECT_EQ(tail_of("a\n\n"), Pair("", ""));
  // Longer than what is looked at first.
  const std::string long_line(300'000, 'x');
  EXPECT_EQ(tail_of("a\n" + long_line + "\nb"), Pair(long_line, "b"));
  EXPECT_EQ(tail_of(long_line + "\n" + long_line), Pair(long_line, long_line));
  const auto endless = open(folder.write("a", "a\n" + std::string(17UL << 20U, 'x')))->tail();
  ASSERT_FALSE(endless);
  EXPECT_EQ(endless.error().fault, Fault::usage);
}

TEST(AppendedFile, LosesALineThatACrashCutOff) {
  const TemporaryFolder folder;
  const std::string line = "{\"id\":\"0123\"}\n";
  for (std::size_t bytes = 0; bytes < line.size(); ++bytes) {
    for (const std::size_t zeros : {0UL, 5UL}) {
      const std::string torn = line.substr(0, bytes) + std::string(zeros, '\0');
      const auto file = open(folder.write("a", line + torn));
      ASSERT_TRUE(file->cut_torn_line(begin)) << torn;
      EXPECT_EQ(folder.read("a"), line);
      ASSERT_TRUE(file->append("more\n"));
      EXPECT_EQ(folder.read("a"), line + "more\n");
      ASSERT_TRUE(open(folder.write("a", torn))->cut_torn_line(begin));
      EXPECT_EQ(folder.read("a"), "");
    }
  }
}

TEST(AppendedFile, OfSomebodyElseIsNotTouched) {
  const TemporaryFolder folder;
  for (const char* text : {"hello", "a\nhello", "{\"id\":\"\n{\"other\":1}", "{\"idle\":\""}) {
    const auto cut = open(folder.write("a", text))->cut_torn_line(begin);
    ASSERT_FALSE(cut) << text;
    EXPECT_EQ(cut.error().fault, Fault::usage);
    EXPECT_EQ(folder.read("a"), text);
  }
}

TEST(AppendedFile, HasNoHalfLineWhenTheDiskIsFull) {
  const TemporaryFolder folder;
  const auto file = open(folder.path("a"));
  const std::string line(100, 'x');
  ASSERT_TRUE(file->append(line + "\n"));
  for (const std::uint64_t limit : {101UL, 102UL, 150UL, 201UL}) {
    const FullDisk full(limit);
    const Result<void> appended = file->append(line + "\n");
    ASSERT_FALSE(appended) << limit;
    EXPECT_EQ(appended.error().fault, Fault::system);
    EXPECT_NE(appended.error().message.find("free some space"), std::string::npos);
    EXPECT_EQ(folder.read("a"), line + "\n");
    EXPECT_EQ(file->bytes(), 101U);
  }
  ASSERT_TRUE(file->append("more\n"));
  EXPECT_EQ(folder.read("a"), line + "\nmore\n");
}

TEST(AppendedFile, MayHaveBeenCutByOthers) {
  const TemporaryFolder folder;
  const auto file = open(folder.path("a"));
  ASSERT_TRUE(file->append("one\ntwo\n"));
  folder.write("a", "");
  ASSERT_TRUE(file->append("three\n"));
  EXPECT_EQ(folder.read("a"), "three\n");
  EXPECT_EQ(file->bytes(), 6U);
}

TEST(AppendedFile, MayBeADevice) {
  const auto null = open("/dev/null");
  EXPECT_TRUE(null->cut_torn_line(begin));
  EXPECT_TRUE(null->append("one\n"));
  EXPECT_TRUE(null->append("two\n"));
  const auto full = open("/dev/full");
  for (int i = 0; i < 2; ++i) {
    const Result<void> appended = full->append("one\n");
    ASSERT_FALSE(appended);
    EXPECT_NE(appended.error().message.find("/dev/full: cannot be written: No space left"),
              std::string::npos);
  }
}

}  // namespace
}  // namespace retimu
