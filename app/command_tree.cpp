// SPDX-License-Identifier: Apache-2.0
#include "app/command_tree.hpp"

#include "app/command.hpp"
#include "retimu/detectors/catalogue.hpp"

#include <algorithm>
#include <array>

namespace retimu::app {

namespace {

bool has_ending(const std::string& value) {
  constexpr std::array<std::string_view, 4> endings = {".toml", ".csv", ".jsonl", ".html"};
  return std::ranges::any_of(
      endings, [&](std::string_view one) { return value.find(one) != std::string::npos; });
}

std::vector<std::string> detector_names() {
  std::vector<std::string> names;
  for (const DetectorEntry& entry : detector_catalogue()) names.emplace_back(entry.name);
  return names;
}

// The words of "{auto,csv}", as CLI::IsMember describes itself.
std::vector<std::string> listed_words(const std::string& description) {
  const std::size_t begin = description.find('{'), end = description.rfind('}');
  if (begin == std::string::npos || end == std::string::npos || end < begin) return {};
  return CLI::detail::split(description.substr(begin + 1, end - begin - 1), ',');
}

void find_offer(OptionEntry& entry, const std::string& description) {
  entry.words = listed_words(description);
  if (std::ranges::count(entry.names, "--detector") > 0) entry.words = detector_names();
  if (entry.value == "SET") entry.words = evaluation_sets();
  if (!entry.words.empty()) {
    entry.offer = Offer::words;
  } else if (entry.value.starts_with("FILE") || entry.value == "PIPELINE" ||
             has_ending(entry.value)) {
    entry.offer = Offer::files;
  } else if (entry.value.ends_with("DIR")) {
    entry.offer = Offer::folders;
  }
}

OptionEntry describe(const CLI::Option& option) {
  OptionEntry entry;
  for (const std::string& name : option.get_snames()) entry.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) entry.names.push_back("--" + name);
  entry.summary = option.get_description();
  entry.is_required = option.get_required();
  entry.is_repeated = option.get_items_expected_max() > 1;
  const std::string description = option.get_type_name();
  if (entry.names.empty()) {
    entry.value = option.get_name(true);
  } else if (option.get_items_expected_max() > 0) {
    entry.value = description.substr(0, description.find(':'));
    if (entry.value.empty()) entry.value = "TEXT";
  }
  if (!entry.value.empty()) find_offer(entry, description);
  return entry;
}

}  // namespace

CommandEntry describe(const CLI::App& program) {
  CommandEntry entry{.name = program.get_name(),
                     .summary = program.get_description(),
                     .footer = program.get_footer(),
                     .options = {},
                     .commands = {}};
  for (const CLI::Option* option : program.get_options()) {
    entry.options.push_back(describe(*option));
  }
  const auto below = program.get_subcommands([](const CLI::App*) { return true; });
  for (const CLI::App* group : below) {
    if (!group->get_name().empty()) continue;  // a group of options has none
    for (const CLI::Option* option : group->get_options()) {
      entry.options.push_back(describe(*option));
    }
  }
  std::ranges::stable_partition(entry.options,
                                [](const OptionEntry& option) { return !option.names.empty(); });
  for (const CLI::App* command : below) {
    const bool is_shown = !command->get_name().empty() && !command->get_group().empty();
    if (is_shown) entry.commands.push_back(describe(*command));
  }
  return entry;
}

std::string one_line(const std::string& text) { return text.substr(0, text.find('\n')); }

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

}  // namespace retimu::app
