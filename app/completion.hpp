// SPDX-License-Identifier: Apache-2.0
// Completion scripts of shells, each written from the tree of commands.
#ifndef APP_COMPLETION_HPP
#define APP_COMPLETION_HPP

#include "app/command_tree.hpp"

#include <string>

namespace retimu::app {

std::string bash_completion(const CommandEntry& program);
std::string zsh_completion(const CommandEntry& program);
std::string fish_completion(const CommandEntry& program);

}  // namespace retimu::app

#endif
