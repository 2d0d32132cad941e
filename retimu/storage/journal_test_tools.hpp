// SPDX-License-Identifier: Apache-2.0
// What the tests of the journal's files share.
#ifndef RETIMU_STORAGE_JOURNAL_TEST_TOOLS_HPP
#define RETIMU_STORAGE_JOURNAL_TEST_TOOLS_HPP

#include "retimu/storage/journal_file.hpp"
#include "retimu/storage/storage_test_tools.hpp"

#include <gtest/gtest.h>

namespace retimu {

class JournalFiles : public ::testing::Test {
 protected:
  JournalFiles() {
    options_.now = [] { return Time{5}; };
  }

  std::unique_ptr<JournalFile> open() const {
    auto journal = JournalFile::open(options_);
    EXPECT_TRUE(journal) << journal.error().message;
    return journal ? std::move(*journal) : nullptr;
  }
  // The error of opening, or of reading then; none.
  Result<std::vector<std::string>> open_and_read() const {
    const auto journal = JournalFile::open(options_);
    if (!journal) return tl::unexpected(journal.error());
    return read_all(**journal);
  }
  static void append(Journal& journal, std::string_view bytes, std::string_view cursor = {},
                     std::uint32_t source = 7) {
    const Result<Appended> appended = journal.append(
        {.source = source, .bytes = bytes, .cursor = cursor}, std::chrono::milliseconds(0));
    ASSERT_TRUE(appended) << appended.error().message;
    ASSERT_EQ(*appended, Appended::taken);
  }
  static Result<std::vector<std::string>> read_all(Journal& journal) {
    std::vector<std::string> frames;
    while (true) {
      const auto frame = journal.next(std::chrono::milliseconds(0));
      if (!frame) return tl::unexpected(frame.error());
      if (!*frame) return frames;
      frames.emplace_back((*frame)->bytes);
    }
  }
  std::vector<std::string> files() const { return *list_folder(options_.folder); }
  std::string path_of(std::size_t file) const { return options_.folder + "/" + files().at(file); }

  TemporaryFolder folder_;
  JournalOptions options_{.folder = folder_ / "journal"};
};

}  // namespace retimu

#endif
