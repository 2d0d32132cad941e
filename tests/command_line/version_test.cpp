// SPDX-License-Identifier: Apache-2.0
// `retimu --version`, and the manual page.
#include "retimu/core/result.hpp"
#include "retimu/storage/storage_test_tools.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <regex>

namespace retimu {
namespace {

TEST(Version, SaysWhatItWasBuiltFrom) {
  const TemporaryFolder folder;
  const Outcome outcome = run_program({{"--version"}, folder.path()});
  EXPECT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_TRUE(std::regex_match(
      outcome.output,
      std::regex("retimu \\d+\\.\\d+\\.\\d+\n"
                 "commit: (unknown|[0-9a-f]{40}( \\(modified\\))?)\n"
                 "build: \\w+, \\w+ [0-9.]+, \\w+\n"
                 "libraries: ([\\w-]+ [0-9][0-9a-z.]*, )+[\\w-]+ [0-9][0-9a-z.]*\n")))
      << outcome.output;
}

// Sources that are no checkout and no archive of one still build, and say what they know.
TEST(Version, CommitOfSourcesWithoutGit) {
  const TemporaryFolder folder;
  const std::string source = std::getenv("RETIMU_SOURCE_DIR");
  std::filesystem::create_directories(folder / "cmake");
  const auto commit_with = [&](const std::string& archive_commit) {
    std::ofstream(folder / "cmake/archive_commit.txt") << archive_commit << '\n';
    Command command{{"cmake", "-D", "SOURCE=" + folder.path(), "-D",
                     "OUTPUT=" + (folder / "commit.cpp"), "-P", source + "/cmake/commit.cmake"},
                    folder.path()};
    command.program = "/usr/bin/env";
    const Outcome outcome = run_program(command);
    EXPECT_EQ(outcome.code, 0) << outcome.errors;
    const std::string text = read_file(folder / "commit.cpp");
    const std::size_t begin = text.find("build_commit = \"") + 16;
    return text.substr(begin, text.find('"', begin) - begin);
  };
  EXPECT_EQ(commit_with("$Format:%H$"), "unknown");
  EXPECT_EQ(commit_with("0123456789abcdef0123456789abcdef01234567"),
            "0123456789abcdef0123456789abcdef01234567");
}

class Manual : public testing::Test {
 protected:
  Manual() {
    const Outcome outcome = run_program({{"manual"}, folder_.path()});
    EXPECT_EQ(outcome.code, 0) << outcome.errors;
    page_ = outcome.output;
    std::ofstream(folder_ / "retimu.1") << page_;
  }

  // What a program says of the page.
  std::string complaints(const std::string& program, std::vector<std::string> words) {
    words.push_back(folder_ / "retimu.1");
    Command command{words, folder_.path()};
    command.program = program;
    const Outcome outcome = run_program(command);
    return outcome.output + outcome.errors;
  }

  TemporaryFolder folder_;
  std::string page_;
};

TEST_F(Manual, NamesEveryCommandAndWhatItTakes) {
  for (const char* part : {".SS retimu run\n", ".SS retimu simulate faults\n",
                           "\\fB\\-\\-train\\-rows\\fR \\fIN\\fR\n",
                           "Format of the files: auto, csv, jsonl, log\n", ".SH EXIT STATUS\n"}) {
    EXPECT_NE(page_.find(part), std::string::npos) << part;
  }
  EXPECT_EQ(page_.find("retimu manual"), std::string::npos) << "a hidden command";
}

TEST_F(Manual, HasNoWarningOfGroff) {
  if (!std::filesystem::exists("/usr/bin/groff")) GTEST_SKIP() << "groff is not installed";
  EXPECT_EQ(complaints("/usr/bin/groff", {"-man", "-ww", "-z", "-Tutf8"}), "");
}

TEST_F(Manual, HasNoWarningOfMandoc) {
  if (!std::filesystem::exists("/usr/bin/mandoc")) GTEST_SKIP() << "mandoc is not installed";
  // A date would differ from build to build.
  const std::string text = complaints("/usr/bin/mandoc", {"-T", "lint", "-W", "warning"});
  EXPECT_TRUE(std::regex_match(text, std::regex(".*: missing date.*\n"))) << text;
}

}  // namespace
}  // namespace retimu
