// SPDX-License-Identifier: Apache-2.0
// The commands and options of the program as plain data, read from what CLI11 was told: completions
// and the manual page are written from it, so that none of them is a list of its own.
#ifndef APP_COMMAND_TREE_HPP
#define APP_COMMAND_TREE_HPP

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace retimu::app {

// What a shell may offer where a value stands.
enum class Offer { nothing, files, folders, words };

struct OptionEntry {
  std::vector<std::string> names;  // "-h", "--help"; empty: it goes by its place
  std::string value;               // "FILE"; empty: a flag
  std::string summary;
  Offer offer = Offer::nothing;
  std::vector<std::string> words;  // Offer::words: all that there are
  bool is_required = false;
  bool is_repeated = false;  // of a place: any number of them
};

struct CommandEntry {
  std::string name, summary, footer;
  std::vector<OptionEntry> options;  // those with names first
  std::vector<CommandEntry> commands;
};

// Commands that `--help` hides are left out.
CommandEntry describe(const CLI::App& program);

// `text` up to its first line break.
std::string one_line(const std::string& text);

// `text` with every `what` replaced.
std::string replaced(std::string text, const std::string& what, const std::string& by);

}  // namespace retimu::app

#endif
