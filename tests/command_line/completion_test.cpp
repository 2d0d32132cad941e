// SPDX-License-Identifier: Apache-2.0
// What `retimu completion` prints completes in the shells themselves. Those that are not installed
// are passed over, but for bash.
#include "retimu/core/result.hpp"
#include "retimu/storage/storage_test_tools.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

namespace retimu {
namespace {

namespace fs = std::filesystem;

struct LineCase {
  std::string line, completed;  // the one word that completes it; empty: there is none
};

const std::vector<LineCase>& cases() {
  static const std::vector<LineCase> all = {
      {"retimu ev", "evaluate"},
      {"retimu simulate fa", "faults"},
      {"retimu simulate throughput --li", "--lines"},
      {"retimu simulate score --li", ""},
      {"retimu detect --tim", "--time"},
      {"retimu detect --format js", "jsonl"},
      {"retimu detect --config pipe", "pipeline.toml"},
      {"retimu detect --train-rows pipe", ""},
      {"retimu run pipe", "pipeline.toml"},
      {"retimu run --json pipe", "pipeline.toml"},
      {"retimu inspect sta", "state"},
      {"retimu inspect pipe", ""},
      {"retimu evaluate na", "nab"},
      {"retimu evaluate --detector half", "half_space_trees"},
      {"retimu list si", "sinks"},
      {"retimu completion z", "zsh"},
      {"retimu --ver", "--version"},
      {"retimu manu", ""},  // hidden
  };
  return all;
}

class Completion : public testing::Test {
 protected:
  // Every line of the shell's answer belongs to a case.
  std::vector<std::string> answers(const std::string& shell, std::vector<std::string> words,
                                   const std::string& program) {
    const Outcome printed = run_program({{"completion", shell}, folder_.path()});
    EXPECT_EQ(printed.code, 0) << printed.errors;
    const std::string script = folder_ / "retimu." + shell;
    std::ofstream(script) << printed.output;
    fs::create_directory(folder_ / "state");
    std::ofstream(folder_ / "pipeline.toml").flush();
    words.push_back(std::string(std::getenv("RETIMU_SOURCE_DIR")) +
                    "/tests/command_line/complete." + shell);
    words.push_back(script);
    for (const LineCase& one : cases()) words.push_back(one.line);
    Command command{words, folder_.path()};
    command.program = program;
    command.environment = {{"HOME", folder_.path()}, {"LC_ALL", "C.UTF-8"}};
    const Outcome outcome = run_program(command);
    EXPECT_EQ(outcome.code, 0) << outcome.output << outcome.errors;
    std::vector<std::string> lines;
    std::istringstream stream(outcome.output);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    EXPECT_EQ(lines.size(), cases().size()) << outcome.output << outcome.errors;
    lines.resize(cases().size());
    return lines;
  }

  TemporaryFolder folder_;
};

// Folders end with a slash in some shells, words with a blank.
std::string bare(std::string word) {
  while (word.ends_with('/') || word.ends_with(' ')) word.pop_back();
  return word;
}

void expect_words(const std::vector<std::string>& words) {
  for (std::size_t i = 0; i < cases().size(); ++i) {
    EXPECT_EQ(bare(words[i]), cases()[i].completed) << cases()[i].line;
  }
}

TEST_F(Completion, Bash) { expect_words(answers("bash", {}, "/bin/bash")); }

TEST_F(Completion, BashTakesAnEqualsSignForAWord) {
  const std::string command =
      "source /dev/stdin <<<\"$0\"; COMP_WORDS=(retimu detect --format = j); COMP_CWORD=4; "
      "_retimu; echo \"${COMPREPLY[*]}\"; COMP_WORDS=(retimu detect --format =); COMP_CWORD=3; "
      "_retimu; echo \"${COMPREPLY[*]}\"";
  const Outcome printed = run_program({{"completion", "bash"}, folder_.path()});
  Command bash{{"-c", command, printed.output}, folder_.path()};
  bash.program = "/bin/bash";
  EXPECT_EQ(run_program(bash).output, "jsonl\nauto csv jsonl log\n");
}

TEST_F(Completion, Fish) {
  if (!fs::exists("/usr/bin/fish")) GTEST_SKIP() << "fish is not installed";
  expect_words(answers("fish", {"--no-config"}, "/usr/bin/fish"));
}

TEST_F(Completion, Zsh) {
  if (!fs::exists("/usr/bin/zsh")) GTEST_SKIP() << "zsh is not installed";
  const std::vector<std::string> lines = answers("zsh", {"-f"}, "/usr/bin/zsh");
  for (std::size_t i = 0; i < cases().size(); ++i) {
    const auto& [line, completed] = cases()[i];
    const std::string expected =
        completed.empty() ? line : line.substr(0, line.rfind(' ') + 1) + completed;
    // An option that takes a value ends with =.
    const std::string had = bare(lines[i]);
    EXPECT_TRUE(had == expected || had == expected + "=") << line << " became " << had;
  }
}

}  // namespace
}  // namespace retimu
