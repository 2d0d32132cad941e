// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/judging_difference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace retimu {

namespace {

constexpr std::size_t keys_shown = 3;
constexpr std::size_t value_bytes_shown = 120;

// "[section] key" and its value; of a rule "[[rule]] "name" key". Read by lines: judging_text()
// writes a key a line, and the name of a rule first.
std::map<std::string, std::string> keys_of(std::string_view text) {
  std::map<std::string, std::string> keys;
  std::string section;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const std::size_t equals = line.find(" = ");
    if (line.starts_with('[')) {
      section = line;
    } else if (section == "[[rule]]" && line.starts_with("name = ")) {
      section += ' ';
      section += line.substr(equals + 3);
    } else if (equals != std::string_view::npos) {
      std::string_view value = line.substr(equals + 3);
      keys[fmt::format("{} {}", section, line.substr(0, equals))] =
          value.size() <= value_bytes_shown ? std::string(value)
                                            : std::string(value.substr(0, value_bytes_shown)) + "…";
    }
  }
  return keys;
}

}  // namespace

std::string judging_difference(std::string_view before, std::string_view now) {
  const std::map<std::string, std::string> old_keys = keys_of(before);
  const std::map<std::string, std::string> new_keys = keys_of(now);
  std::map<std::string, std::string> all = old_keys;
  all.insert(new_keys.begin(), new_keys.end());
  const auto value_of = [](const std::map<std::string, std::string>& keys, const std::string& key) {
    const auto at = keys.find(key);
    return at == keys.end() ? std::string("not given") : at->second;
  };
  std::string text;
  std::size_t count = 0;
  for (const auto& [key, value] : all) {
    const std::string was = value_of(old_keys, key), is = value_of(new_keys, key);
    if (was == is || ++count > keys_shown) continue;
    text += fmt::format("{}{} was {} and is {}", count == 1 ? "" : "; ", key, was, is);
  }
  if (count > keys_shown) text += fmt::format("; and {} more", count - keys_shown);
  return text;
}

}  // namespace retimu
