// SPDX-License-Identifier: Apache-2.0
#include "app/file_arguments.hpp"

namespace retimu::app {

void add_file_options(CLI::App& command, FileArguments& arguments) {
  command.add_option("--format", arguments.format, "Format of the files")
      ->check(CLI::IsMember({"auto", "csv", "jsonl", "log"}))
      ->capture_default_str();
  command.add_option("--delimiter", arguments.delimiter, "Of CSV; found if not given")
      ->type_name("C");
  command
      .add_option("--pattern", arguments.pattern,
                  "How lines of a log are built: \"{time} {level} {source}: {message}\"")
      ->type_name("TEXT");
  command
      .add_option("--time", arguments.time,
                  "Column or JSON pointer of the event time, or row: the record's number")
      ->type_name("COL|row");
  command
      .add_option("--entity", arguments.entity,
                  "Columns, or fields of log lines, that name what is watched")
      ->delimiter(',')
      ->type_name("COL,..");
  command.add_option("--ignore", arguments.ignore, "Columns to leave out")
      ->delimiter(',')
      ->type_name("COL,..");
}

Result<void> check_file_arguments(const FileArguments& arguments) {
  if (!arguments.pattern.empty() && arguments.format != "auto" && arguments.format != "log") {
    return failure(Fault::usage, "--pattern is for --format log");
  }
  if (arguments.delimiter.size() > 1 && arguments.delimiter != "\\t") {
    return failure(Fault::usage, "--delimiter takes one character");
  }
  return {};
}

FileInput make_input(const FileArguments& arguments, std::vector<std::string> paths) {
  using Format = decltype(FileInput::format);
  FileInput input;
  input.paths = std::move(paths);
  input.format = arguments.format == "csv"     ? Format::csv
                 : arguments.format == "jsonl" ? Format::jsonl
                 : arguments.format == "log"   ? Format::log
                                               : Format::automatic;
  if (!arguments.delimiter.empty()) {
    input.delimiter = arguments.delimiter == "\\t" ? '\t' : arguments.delimiter[0];
  }
  input.pattern = arguments.pattern;
  input.time = arguments.time;
  input.entity = arguments.entity;
  input.ignore = arguments.ignore;
  return input;
}

}  // namespace retimu::app
