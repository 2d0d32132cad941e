// SPDX-License-Identifier: Apache-2.0
// The program in a folder of its own, given something wrong: what it says, and how it ends.
#ifndef TESTS_BAD_INPUT_BAD_INPUT_CASE_HPP
#define TESTS_BAD_INPUT_BAD_INPUT_CASE_HPP

#include "tests/support/fleet.hpp"
#include "tests/support/pipeline_run.hpp"
#include "tests/support/process.hpp"

namespace retimu {

// Exit codes, as `retimu --help` tells them.
enum ExitCodeTold : int {
  told_done = 0,
  told_failed = 1,
  told_usage = 2,
  told_input = 3,
  told_system = 4,
  told_corrupt = 5
};

class BadInput : public ::testing::Test {
 protected:
  Outcome run(const std::vector<std::string>& arguments) const {
    return run_program({arguments, folder_.path()});
  }
  // Ends with that code and one line on standard error that has all the parts.
  void expect_told(const std::vector<std::string>& arguments, int code,
                   const std::vector<std::string>& parts) const {
    const Outcome outcome = run(arguments);
    EXPECT_FALSE(outcome.was_killed);
    EXPECT_EQ(outcome.code, code) << outcome.errors;
    EXPECT_TRUE(outcome.errors.starts_with("retimu: ")) << outcome.errors;
    EXPECT_EQ(std::ranges::count(outcome.errors, '\n'), 1) << outcome.errors;
    for (const std::string& part : parts) {
      EXPECT_NE(outcome.errors.find(part), std::string::npos) << part << "\n" << outcome.errors;
    }
  }
  void write(const std::string& name, std::string_view text) const {
    write_file(folder_ / name, text);
  }
  // pipeline.toml over events.jsonl with data_dir state; `sections` are added.
  void write_pipeline(const std::string& sections = "") const {
    PipelineText text;
    text.paths = {"events.jsonl"};
    text.data_dir = "state";
    text.sections = sections;
    text.alerts_path = "alerts.jsonl";
    write("pipeline.toml", to_toml(text));
  }
  static std::string events(std::size_t rows = 300) {
    return to_jsonl(
        make_fleet({.entities = 2, .rows = rows, .interval = second, .spike_every = 120}));
  }

  TemporaryFolder folder_;
};

}  // namespace retimu

#endif
