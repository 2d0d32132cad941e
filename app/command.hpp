// SPDX-License-Identifier: Apache-2.0
// How subcommands are added.
#ifndef APP_COMMAND_HPP
#define APP_COMMAND_HPP

#include "app/process.hpp"

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace retimu::app {

// Each adds its subcommand; its callback leaves the exit code there.
void add_detect(CLI::App& program, int& exit_code);
void add_train(CLI::App& program, int& exit_code);
void add_run(CLI::App& program, int& exit_code);
void add_check(CLI::App& program, int& exit_code);
void add_inspect(CLI::App& program, int& exit_code);
void add_control(CLI::App& program, int& exit_code);
void add_replay(CLI::App& program, int& exit_code);
void add_why(CLI::App& program, int& exit_code);
void add_list(CLI::App& program, int& exit_code);
void add_simulate(CLI::App& program, int& exit_code);
void add_evaluate(CLI::App& program, int& exit_code);
void add_templates(CLI::App& program, int& exit_code);
void add_completion(CLI::App& program, int& exit_code);
void add_manual(CLI::App& program, int& exit_code);

// The names that `retimu evaluate` knows.
std::vector<std::string> evaluation_sets();

// For an option: a whole number from low to high. CLI11 itself takes "-1" for 2^64 - 1.
CLI::Validator whole_number(std::uint64_t low = 0, std::uint64_t high = INT64_MAX);

// The first word that should be a command of `program` and is none, with the nearest one.
std::optional<Error> find_unknown_command(const CLI::App& program, int argc,
                                          const char* const* argv);

}  // namespace retimu::app

#endif
