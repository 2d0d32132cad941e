// SPDX-License-Identifier: Apache-2.0
// A line an option, each with the commands that must stand before it.
#include "app/completion.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace retimu::app {

namespace {

std::string in_quotes(const std::string& text) {
  return "'" + replaced(replaced(one_line(text), "\\", "\\\\"), "'", "\\'") + "'";
}

std::string value_of(const OptionEntry& option) {
  switch (option.offer) {
    case Offer::files: return " -r -F";
    case Offer::folders: return " -x -a '(__fish_complete_directories)'";
    case Offer::words: return fmt::format(" -x -a '{}'", fmt::join(option.words, " "));
    case Offer::nothing: break;
  }
  return " -x";
}

void add_lines(const CommandEntry& command, const std::string& seen, std::string& text) {
  // No command of this one has been typed yet.
  std::string here = seen;
  if (!command.commands.empty()) {
    std::vector<std::string> names;
    for (const CommandEntry& one : command.commands) names.push_back(one.name);
    here = fmt::format("{}{}not __fish_seen_subcommand_from {}", seen, seen.empty() ? "" : "; and ",
                       fmt::join(names, " "));
  }
  for (const CommandEntry& one : command.commands) {
    text += fmt::format("complete -c retimu -n '{}' -a {} -d {}\n", here, one.name,
                        in_quotes(one.summary));
  }
  for (const OptionEntry& option : command.options) {
    text += fmt::format("complete -c retimu -n '{}'", here);
    for (const std::string& name : option.names) {
      text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
    }
    if (!option.names.empty()) {
      text += (option.value.empty() ? "" : value_of(option)) + " -d " + in_quotes(option.summary);
    } else {
      text += option.offer == Offer::files ? " -F" : value_of(option).substr(3);
    }
    text += '\n';
  }
  for (const CommandEntry& one : command.commands) {
    add_lines(one,
              fmt::format("{}{}__fish_seen_subcommand_from {}", seen, seen.empty() ? "" : "; and ",
                          one.name),
              text);
  }
}

}  // namespace

std::string fish_completion(const CommandEntry& program) {
  std::string text =
      "# fish completion for retimu, written by `retimu completion fish`\ncomplete -c retimu -f\n";
  add_lines(program, "", text);
  return text;
}

}  // namespace retimu::app
