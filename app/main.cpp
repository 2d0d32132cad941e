// SPDX-License-Identifier: Apache-2.0
#include "app/command.hpp"

#include <exception>
#include <fmt/format.h>
#include <new>

int main(int argc, char** argv) {
  using namespace retimu::app;
  CLI::App program{"RETIMU: real-time anomaly detection for critical infrastructure", "retimu"};
  program.set_version_flag("--version", "retimu " RETIMU_VERSION);
  program.require_subcommand(1);
  program.footer(
      "Examples:\n"
      "  retimu detect readings.csv                     find what is unusual in a file\n"
      "  retimu check pipeline.toml                     validate a pipeline, try its detectors\n"
      "  retimu run pipeline.toml                       run it\n"
      "  retimu inspect state                           look into its data_dir\n\n"
      "Exit codes: 0 done, 1 a check failed, 2 wrong command line or configuration,\n"
      "3 input that cannot be read, 4 disk, permissions or another process, 5 damaged store");

  int exit_code = ExitCode::done;
  add_detect(program, exit_code);
  add_run(program, exit_code);
  add_check(program, exit_code);
  add_inspect(program, exit_code);
  add_list(program, exit_code);
  add_simulate(program, exit_code);
  add_evaluate(program, exit_code);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int shown = program.exit(error);
    return shown == 0 ? ExitCode::done : ExitCode::usage;
  } catch (const std::bad_alloc&) {
    return report(
        {retimu::Fault::system, "out of memory; lower [limits] entities_max or columns_max"});
  } catch (const std::exception& error) {
    return report({retimu::Fault::internal, fmt::format("a bug in RETIMU: {}", error.what())});
  }
  return exit_code;
}
