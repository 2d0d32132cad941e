// SPDX-License-Identifier: Apache-2.0
// Options that say how files of a command line are read; detect and train have them.
#ifndef APP_FILE_ARGUMENTS_HPP
#define APP_FILE_ARGUMENTS_HPP

#include "retimu/connectors/file_source.hpp"

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace retimu::app {

struct FileArguments {
  std::string format = "auto", delimiter, pattern, time;
  std::vector<std::string> entity, ignore;
};

// `arguments` must outlive the command.
void add_file_options(CLI::App& command, FileArguments& arguments);

// Fault::usage: options that contradict each other.
Result<void> check_file_arguments(const FileArguments& arguments);

FileInput make_input(const FileArguments& arguments, std::vector<std::string> paths);

}  // namespace retimu::app

#endif
