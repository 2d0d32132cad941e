// SPDX-License-Identifier: Apache-2.0
// One function: it finds the command that stands before the cursor, then what may follow. A word of
// several names is one path, "/simulate/faults".
#include "app/completion.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace retimu::app {

namespace {

constexpr std::string_view head =
    R"(# bash completion for retimu, written by `retimu completion bash`
# shellcheck shell=bash

_retimu() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  local command='' words='' paths='' i
  # Bash takes --name=value for three words.
  if [[ $current == '=' ]]; then
    current=''
  elif [[ $previous == '=' ]]; then
    previous=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case $command/${COMP_WORDS[i]} in
)";

constexpr std::string_view commands_end = R"(        command+=/${COMP_WORDS[i]} ;;
    esac
  done
  case $command:$previous in
)";

constexpr std::string_view values_end = R"(    *)
      case $command in
)";

constexpr std::string_view tail = R"(      esac
      ;;
  esac
  COMPREPLY=()
  [[ -z $words ]] || mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  if [[ -n $paths && $current != -* ]]; then
    compopt -o filenames 2>/dev/null
    mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen "$paths" -- "$current")
  fi
}
complete -F _retimu retimu
)";

struct Parts {
  std::vector<std::string> paths;  // "/run", "/simulate/faults"
  std::string values, commands;    // branches of the two `case`s
};

// "paths=-f" or "words='a b'"; nothing is offered by setting neither.
std::string offered(const OptionEntry& option) {
  switch (option.offer) {
    case Offer::files: return "paths=-f";
    case Offer::folders: return "paths=-d";
    case Offer::words: return fmt::format("words='{}'", fmt::join(option.words, " "));
    case Offer::nothing: break;
  }
  return ":";
}

void collect(const CommandEntry& command, const std::string& path, Parts& parts) {
  std::vector<std::string> words;
  std::string paths;
  for (const CommandEntry& one : command.commands) words.push_back(one.name);
  for (const OptionEntry& option : command.options) {
    words.insert(words.end(), option.names.begin(), option.names.end());
    if (option.names.empty()) {
      words.insert(words.end(), option.words.begin(), option.words.end());
      if (option.offer == Offer::files) paths = " paths=-f";
      if (option.offer == Offer::folders && paths.empty()) paths = " paths=-d";
    } else if (!option.value.empty()) {
      std::vector<std::string> patterns;
      for (const std::string& name : option.names) {
        patterns.push_back(fmt::format("{}:{}", path, name));
      }
      parts.values += fmt::format("    {}) {} ;;\n", fmt::join(patterns, " | "), offered(option));
    }
  }
  parts.commands += fmt::format("        {}) words='{}'{} ;;\n", path.empty() ? "''" : path,
                                fmt::join(words, " "), paths);
  for (const CommandEntry& one : command.commands) {
    const std::string below = path + "/" + one.name;
    parts.paths.push_back(below);
    collect(one, below, parts);
  }
}

}  // namespace

std::string bash_completion(const CommandEntry& program) {
  Parts parts;
  collect(program, "", parts);
  return fmt::format("{}      {})\n{}{}{}{}{}", head, fmt::join(parts.paths, " | "), commands_end,
                     parts.values, values_end, parts.commands, tail);
}

}  // namespace retimu::app
