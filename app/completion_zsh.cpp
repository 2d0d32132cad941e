// SPDX-License-Identifier: Apache-2.0
// A function a command, each a call of zsh's _arguments.
#include "app/completion.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace retimu::app {

namespace {

// Within a spec of _arguments, in single quotes.
std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : one_line(text)) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') result += '\\';
    result += c == '\'' ? "'\\''" : std::string(1, c);
  }
  return result;
}

std::string action_of(const OptionEntry& option) {
  switch (option.offer) {
    case Offer::files: return "_files";
    case Offer::folders: return "_path_files -/";  // _files would offer files in need
    case Offer::words: return fmt::format("({})", fmt::join(option.words, " "));
    case Offer::nothing: break;
  }
  return " ";
}

std::string spec_of(const OptionEntry& option) {
  const std::string value =
      option.value.empty() ? "" : fmt::format(":{}:{}", escaped(option.value), action_of(option));
  if (option.names.empty()) {
    return fmt::format("'{}{}'", option.is_repeated ? "*" : option.is_required ? "" : ":", value);
  }
  std::string text;
  for (const std::string& name : option.names) {
    text += fmt::format(
        "{}'({}){}{}[{}]{}'", text.empty() ? "" : " \\\n    ", fmt::join(option.names, " "), name,
        option.value.empty() || name.size() == 2 ? "" : "=", escaped(option.summary), value);
  }
  return text;
}

void add_function(const CommandEntry& command, const std::string& name, std::string& text) {
  for (const CommandEntry& one : command.commands) add_function(one, name + "_" + one.name, text);
  text += fmt::format("\n{}() {{\n", name);
  if (!command.commands.empty()) {
    text += "  local curcontext=$curcontext state line\n  typeset -A opt_args\n";
  }
  text += command.commands.empty() ? "  _arguments -s" : "  _arguments -s -C";
  for (const OptionEntry& option : command.options) text += " \\\n    " + spec_of(option);
  if (command.commands.empty()) {
    text += "\n}\n";
    return;
  }
  text += " \\\n    '1: :->command' '*:: :->arguments'\n  case $state in\n    command)\n";
  text += "      local -a commands=(\n";
  for (const CommandEntry& one : command.commands) {
    text += fmt::format("        '{}:{}'\n", one.name, escaped(one.summary));
  }
  text += "      )\n      _describe command commands ;;\n    arguments)\n      case $line[1] in\n";
  for (const CommandEntry& one : command.commands) {
    text += fmt::format("        {}) {}_{} ;;\n", one.name, name, one.name);
  }
  text += "      esac ;;\n  esac\n}\n";
}

}  // namespace

std::string zsh_completion(const CommandEntry& program) {
  std::string text = "#compdef retimu\n# Written by `retimu completion zsh`.\n";
  add_function(program, "_retimu", text);
  // Loaded by name it completes at once; sourced it only says what completes retimu.
  return text +
         "\nif [[ $funcstack[1] == _retimu ]]; then\n  _retimu \"$@\"\nelse\n"
         "  compdef _retimu retimu\nfi\n";
}

}  // namespace retimu::app
