// SPDX-License-Identifier: Apache-2.0
#include "app/command.hpp"

#include "retimu/core/parameters.hpp"

#include <fmt/format.h>

#include <charconv>
#include <string_view>

namespace retimu::app {

CLI::Validator whole_number(std::uint64_t low, std::uint64_t high) {
  return CLI::Validator(
      [low, high](const std::string& text) {
        std::uint64_t value = 0;
        const char* end = text.data() + text.size();
        const auto [at, error] = std::from_chars(text.data(), end, value);
        if (error == std::errc() && at == end && value >= low && value <= high)
          return std::string();
        return fmt::format("\"{}\" is not a whole number from {} to {}", text, low, high);
      },
      "");
}

std::optional<Error> find_unknown_command(const CLI::App& program, int argc,
                                          const char* const* argv) {
  const CLI::App* at = &program;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    std::vector<std::string_view> known;
    const CLI::App* next = nullptr;
    for (const CLI::App* command : at->get_subcommands([](const CLI::App* one) {
           return !one->get_name().empty();  // a group of options has none
         })) {
      if (!command->get_group().empty()) known.push_back(command->get_name());
      if (command->get_name() == word) next = command;
    }
    if (known.empty() || word.starts_with('-')) return std::nullopt;
    if (next == nullptr) {
      const std::string_view near = nearest(word, known);
      return Error{
          Fault::usage,
          fmt::format("unknown command \"{}\"{}; there are: {}", word,
                      near.empty() ? std::string() : fmt::format(", did you mean \"{}\"?", near),
                      fmt::join(known, ", "))};
    }
    at = next;
  }
  return std::nullopt;
}

}  // namespace retimu::app
