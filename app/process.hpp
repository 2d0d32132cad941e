// SPDX-License-Identifier: Apache-2.0
// How a command ends, what it tells of errors and progress, and the signals it is sent.
#ifndef APP_PROCESS_HPP
#define APP_PROCESS_HPP

#include "retimu/core/result.hpp"
#include "retimu/core/source.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <string_view>

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

// Prints "retimu: message" to standard error and gives the exit code of the fault. From any thread.
int report(const Error& error);

// "retimu: warning: text" to standard error.
void warn(std::string_view text);

// The exit code, unless what was printed could not be written to standard output; `error_number`
// says why, where it is known. A reader who went away (`| head`) is no error.
int finish_output(int exit_code, int error_number = 0);

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
