// SPDX-License-Identifier: Apache-2.0
#include "app/command.hpp"
#include "app/version.hpp"
#include "retimu/core/parameters.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <exception>
#include <fmt/format.h>
#include <new>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

namespace {

// "did you mean --entity?" of the first option that the command does not know; empty: none is near.
std::string nearest_option(const CLI::App& program, int argc, const char* const* argv) {
  const CLI::App* at = &program;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const std::vector<const CLI::App*> below =
        at->get_subcommands([](const CLI::App*) { return true; });
    const auto next = std::ranges::find(below, word, &CLI::App::get_name);
    if (next != below.end() && !word.empty()) at = *next;
    if (word == "--") break;
    if (!word.starts_with("--")) continue;
    std::vector<std::string> known;
    const auto add = [&](const CLI::App& of) {
      for (const CLI::Option* option : of.get_options()) {
        const std::vector<std::string>& names = option->get_lnames();
        known.insert(known.end(), names.begin(), names.end());
      }
    };
    add(*at);
    for (const CLI::App* group : below) {
      if (group->get_name().empty()) add(*group);
    }
    const std::string name = word.substr(2, word.find('=') - 2);
    if (std::ranges::count(known, name) > 0) continue;
    const std::vector<std::string_view> views(known.begin(), known.end());
    const std::string_view near = retimu::nearest(name, views);
    return near.empty() ? "" : fmt::format("{}: did you mean --{}?\n", word, near);
  }
  return "";
}

}  // namespace

int main(int argc, char** argv) {
  using namespace retimu::app;
  CLI::App program{"RETIMU: real-time anomaly detection for critical infrastructure", "retimu"};
  program.set_version_flag("--version", version_text(),
                           "Version, commit and what it was built with");
  program.require_subcommand(1);
  program.footer(
      "Examples:\n"
      "  retimu detect readings.csv                     find what is unusual in a file\n"
      "  retimu train good_days.csv --output models     learn once, to begin with it elsewhere\n"
      "  retimu check pipeline.toml                     validate a pipeline, try its detectors\n"
      "  retimu run pipeline.toml                       run it\n"
      "  retimu inspect state                           look into its data_dir\n"
      "  retimu templates system.log                    what the lines of a log say\n\n"
      "Exit codes: 0 done, 1 a check failed, 2 wrong command line or configuration,\n"
      "3 input that cannot be read or has no column to watch, 4 disk, permissions or another\n"
      "process, 5 damaged store");

  int exit_code = ExitCode::done;
  add_detect(program, exit_code);
  add_train(program, exit_code);
  add_run(program, exit_code);
  add_check(program, exit_code);
  add_inspect(program, exit_code);
  add_replay(program, exit_code);
  add_control(program, exit_code);
  add_why(program, exit_code);
  add_list(program, exit_code);
  add_simulate(program, exit_code);
  add_evaluate(program, exit_code);
  add_templates(program, exit_code);
  add_completion(program, exit_code);
  add_manual(program, exit_code);
  if (const auto unknown = find_unknown_command(program, argc, argv)) return report(*unknown);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream output, errors;
    const int shown = program.exit(error, output, errors);
    std::fputs(errors.str().c_str(), stderr);
    if (shown != 0) std::fputs(nearest_option(program, argc, argv).c_str(), stderr);
    errno = 0;
    const bool is_written = std::fputs(output.str().c_str(), stdout) != EOF;
    return finish_output(shown == 0 ? ExitCode::done : ExitCode::usage, is_written ? 0 : errno);
  } catch (const std::bad_alloc&) {
    return report(
        {retimu::Fault::system, "out of memory; lower [limits] entities_max or columns_max"});
  } catch (const std::exception& error) {
    const auto* system = dynamic_cast<const std::system_error*>(&error);
    if (system != nullptr && std::ferror(stdout) != 0) {  // fmt::print throws what it cannot write
      return finish_output(exit_code, system->code().value());
    }
    return report({retimu::Fault::internal, fmt::format("a bug in RETIMU: {}", error.what())});
  }
  return finish_output(exit_code);
}
