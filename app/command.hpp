// SPDX-License-Identifier: Apache-2.0
// What subcommands share: how they are added, how they end, how they tell of errors and progress.
#ifndef APP_COMMAND_HPP
#define APP_COMMAND_HPP

#include "retimu/core/result.hpp"
#include "retimu/core/source.hpp"

#include <CLI/CLI.hpp>
#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace retimu::app {

// Exit codes; documented in `retimu --help`.
enum ExitCode : int {
  done = 0,
  failed = 1,   // a self-test or a comparison did not pass
  usage = 2,    // the command line or a configuration must be mended
  input = 3,    // the data cannot be read as what they were said to be, or have no column to watch
  system = 4,   // disk, permissions, memory, another process
  corrupt = 5,  // a store that is damaged, of a newer version, or not RETIMU's
};

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

// Prints "retimu: message" to standard error and gives the exit code of the fault. From any thread.
int report(const Error& error);

// "retimu: warning: text" to standard error.
void warn(std::string_view text);

// The exit code, unless what was printed could not be written to standard output; `error_number`
// says why, where it is known. A reader who went away (`| head`) is no error.
int finish_output(int exit_code, int error_number = 0);

// For an option: a whole number from low to high. CLI11 itself takes "-1" for 2^64 - 1.
CLI::Validator whole_number(std::uint64_t low = 0, std::uint64_t high = INT64_MAX);

// The first word that should be a command of `program` and is none, with the nearest one.
std::optional<Error> find_unknown_command(const CLI::App& program, int argc,
                                          const char* const* argv);

// Set by the first Ctrl-C or SIGTERM; a second one ends the process at once.
const std::atomic<bool>& stop_requested();

// Sent to the terminal where a second Ctrl-C ends the process; null: nothing is.
void restore_terminal_by(const char* text);

// Set by each SIGHUP, and to be reset by who acts on it.
std::atomic<bool>& reload_requested();

// A line on standard error that is redrawn; null where standard error is no terminal. From any
// thread.
std::function<void(const SourceReport&, std::uint64_t alerts)> progress_line();
// The same line, of any work; nothing where standard error is no terminal.
void draw_progress(std::uint64_t done, std::uint64_t all, std::string_view what);
void clear_progress_line();

// Whether to use colours on this stream: a terminal, and NO_COLOR is unset.
bool has_colours(int file_descriptor);

}  // namespace retimu::app

#endif
