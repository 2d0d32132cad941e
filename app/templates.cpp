// SPDX-License-Identifier: Apache-2.0
#include "app/command.hpp"
#include "app/log_templates.hpp"
#include "app/outputs.hpp"
#include "retimu/connectors/console_sink.hpp"
#include "retimu/connectors/file_paths.hpp"
#include "retimu/connectors/line_reader.hpp"
#include "retimu/core/alert.hpp"
#include "retimu/simulator/output_file.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <memory>

namespace retimu::app {

namespace {

constexpr std::uint64_t lines_between_draws = 100'000;

struct TemplatesArguments {
  std::vector<std::string> files;
  std::string output;
  std::size_t templates = 40;
  bool json = false;
};

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r\f\v") == std::string_view::npos;
}

Result<void> read_file(const std::string& path, std::size_t file, LogTemplates& into) {
  Result<std::unique_ptr<ByteReader>> bytes = open_bytes(path, Holding::open);
  if (!bytes) return tl::unexpected(bytes.error());
  LineReader reader(std::move(*bytes));
  const std::uint64_t lines_before = into.lines();
  for (std::uint64_t number = 1;; ++number) {
    const Result<std::optional<std::string_view>> line = reader.next();
    if (!line) return tl::unexpected(line.error());
    if (!*line) break;
    if ((*line)->find('\0') != std::string_view::npos) {
      return failure(Fault::input, "{}:{}: is no text: a byte of the line is zero", path, number);
    }
    if (is_blank(**line)) continue;
    if (Result<void> added = into.add(**line, file, number, path); !added) return added;
    if (number % lines_between_draws == 0) {
      draw_progress(reader.bytes().bytes_read(), reader.bytes().bytes_total(),
                    fmt::format("{} lines", into.lines()));
      if (stop_requested()) return failure(Fault::system, "stopped before the end");
    }
  }
  if (into.lines() == lines_before) {
    return failure(Fault::input, "{}: has no line that is not blank", path);
  }
  return {};
}

std::string place_text(const LinePlace& place, const std::vector<std::string>& paths) {
  if (paths.size() == 1) return fmt::format("{}", place.line);
  return fmt::format("{}:{}", printable(paths[place.file]), place.line);
}

void print_text(const LogTemplates& log, const std::vector<std::string>& paths,
                const TemplatesArguments& arguments) {
  const std::vector<LogTemplate>& all = log.templates();
  fmt::print("{} lines, {} templates\n", log.lines(), all.size());
  fmt::print("\n{:>9} {:>9} {:>9}  {}\n", "lines", "first", "last", "template, an example");
  for (std::size_t i = 0; i < std::min(all.size(), arguments.templates); ++i) {
    const LogTemplate& one = all[i];
    fmt::print("{:>9} {:>9} {:>9}  {}\n", one.lines, place_text(one.first, paths),
               place_text(one.last, paths), printable(one.text));
    fmt::print("{:31}{}\n", "", printable(one.example));
    if (!one.first.time.empty()) {
      fmt::print("{:31}from {} to {}\n", "", printable(one.first.time), printable(one.last.time));
    }
  }
  if (all.size() > arguments.templates) {
    fmt::print("… and {} more; --templates N shows more\n", all.size() - arguments.templates);
  }
}

void append_place(std::string& to, std::string_view key, const LinePlace& place,
                  const std::vector<std::string>& paths) {
  to += fmt::format(",\"{}\":{{\"file\":", key);
  append_json_string(to, paths[place.file]);
  to += fmt::format(",\"line\":{},\"time\":", place.line);
  if (place.time.empty()) {
    to += "null}";
    return;
  }
  append_json_string(to, place.time);
  to += '}';
}

void print_json(const LogTemplates& log, const std::vector<std::string>& paths) {
  fmt::print("{{\"lines\":{},\"templates\":[", log.lines());
  std::string_view separator;
  for (const LogTemplate& one : log.templates()) {
    std::string text = fmt::format("{}{{\"id\":\"{:016x}\",\"lines\":{},\"template\":", separator,
                                   one.id, one.lines);
    separator = ",";
    append_json_string(text, one.text);
    append_place(text, "first", one.first, paths);
    append_place(text, "last", one.last, paths);
    text += ",\"example\":";
    append_json_string(text, one.example);
    fmt::print("{}}}", text);
  }
  fmt::print("]}}\n");
}

Result<void> write_rows(const LogTemplates& log, const std::string& path) {
  Result<OutputFile> file = OutputFile::create(path);
  if (!file) return tl::unexpected(file.error());
  const Result<void> written = log.write([&](std::string_view rows) { return file->append(rows); });
  return written ? file->finish() : written;
}

Result<void> run(const TemplatesArguments& arguments) {
  const Result<std::vector<std::string>> paths = find_paths(arguments.files);
  if (!paths) return tl::unexpected(paths.error());
  if (Result<void> apart = check_apart(arguments.output, *paths); !apart) return apart;
  LogTemplates log(!arguments.output.empty());
  for (std::size_t i = 0; i < paths->size(); ++i) {
    if (Result<void> read = read_file((*paths)[i], i, log); !read) return read;
  }
  clear_progress_line();
  log.finish();
  if (!arguments.output.empty()) {
    if (Result<void> written = write_rows(log, arguments.output); !written) return written;
  }
  if (arguments.json) {
    print_json(log, *paths);
  } else {
    print_text(log, *paths, arguments);
  }
  return {};
}

}  // namespace

void add_templates(CLI::App& program, int& exit_code) {
  CLI::App* command =
      program.add_subcommand("templates", "What the lines of a log say, without what varies");
  auto arguments = std::make_shared<TemplatesArguments>();
  command->add_option("FILE", arguments->files, "Text logs, plain, gzip or zstd; globs")
      ->required();
  command
      ->add_option("--output", arguments->output,
                   "CSV as LogHub has it: LineId,EventId,EventTemplate, a row a line")
      ->type_name("templates.csv");
  command->add_option("--templates", arguments->templates, "So many templates at most")
      ->check(whole_number())
      ->capture_default_str();
  command->add_flag("--json", arguments->json, "Everything as JSON");
  command->footer(
      "Times, levels and names before the message are found by what they look like. Blank lines\n"
      "are passed over.\n"
      "Examples:\n"
      "  retimu templates /var/log/syslog\n"
      "  retimu templates 'app*.log.gz' --output templates.csv --json");
  command->callback([arguments, &exit_code] {
    const Result<void> done = run(*arguments);
    exit_code = done ? static_cast<int>(ExitCode::done) : report(done.error());
  });
}

}  // namespace retimu::app
