// SPDX-License-Identifier: Apache-2.0
#include "app/completion.hpp"

#include "app/command.hpp"

#include <fmt/format.h>
#include <memory>

namespace retimu::app {

void add_completion(CLI::App& program, int& exit_code) {
  CLI::App* command =
      program.add_subcommand("completion", "Print what makes a shell complete retimu's commands");
  auto shell = std::make_shared<std::string>();
  command->add_option("SHELL", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->footer(
      "A package has put them where shells look. Otherwise:\n"
      "  retimu completion bash > ~/.local/share/bash-completion/completions/retimu\n"
      "  retimu completion zsh > ~/.zfunc/_retimu      # a folder of $fpath\n"
      "  retimu completion fish > ~/.config/fish/completions/retimu.fish");
  command->callback([shell, &program, &exit_code] {
    const CommandEntry entry = describe(program);
    fmt::print("{}", *shell == "bash"  ? bash_completion(entry)
                     : *shell == "zsh" ? zsh_completion(entry)
                                       : fish_completion(entry));
    exit_code = ExitCode::done;
  });
}

}  // namespace retimu::app
