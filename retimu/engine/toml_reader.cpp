// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/toml_reader.hpp"

#include "retimu/core/parameters.hpp"
#include "retimu/engine/configuration.hpp"

#include <algorithm>

namespace retimu {

namespace {
// What alerts tell of a text is stored, and that has a bound.
constexpr std::size_t text_bytes_max = 16 * 1024;
}  // namespace

Result<void> TomlReader::check_keys(const toml::table& table, std::string_view name,
                                    std::span<const std::string_view> known) const {
  for (const auto& [key, node] : table) {
    if (std::ranges::find(known, key.str()) != known.end()) continue;
    const std::string_view near = nearest(key.str(), known);
    const std::string hint = near.empty() ? fmt::format("; known: {}", fmt::join(known, ", "))
                                          : fmt::format(", did you mean \"{}\"?", near);
    return failure(Fault::usage, "{}: unknown key \"{}\"{}{}", place(key.source()), key.str(),
                   name.empty() ? std::string() : fmt::format(" in [{}]", name), hint);
  }
  return {};
}

Result<void> TomlReader::check_keys(const toml::table& table, std::string_view name) const {
  std::vector<std::string_view> known;
  for (const KeyDescription& key : configuration_keys()) {
    if (key.table == name) known.push_back(key.key);
  }
  return check_keys(table, name, known);
}

Result<const toml::table*> TomlReader::table(const toml::table& root, std::string_view name) const {
  const toml::node* node = root.get(name);
  if (node == nullptr) return nullptr;
  if (!node->is_table()) return wrong(*node, "{} must be a table: [{}]", name, name);
  return node->as_table();
}

Result<std::vector<const toml::table*>> TomlReader::tables(const toml::table& root,
                                                           std::string_view name) const {
  std::vector<const toml::table*> list;
  const toml::node* node = root.get(name);
  if (node == nullptr) return list;
  if (node->is_table()) return wrong(*node, "write [[{}]], there may be several", name);
  if (!node->is_array()) return wrong(*node, "{} must be tables: [[{}]]", name, name);
  for (const toml::node& one : *node->as_array()) {
    if (!one.is_table()) return wrong(one, "{} must be tables: [[{}]]", name, name);
    list.push_back(one.as_table());
  }
  return list;
}

Result<void> TomlReader::text(const toml::table& from, std::string_view key,
                              std::string& to) const {
  const toml::node* node = from.get(key);
  if (node == nullptr) return {};
  const auto value = node->value_exact<std::string>();
  if (!value) return wrong(*node, "{} must be a text in quotes", key);
  if (value->empty()) return wrong(*node, "{} must not be empty", key);
  if (value->size() > text_bytes_max) {
    return wrong(*node, "{} is longer than {} bytes", key, text_bytes_max);
  }
  to = *value;
  return {};
}

Result<void> TomlReader::texts(const toml::table& from, std::string_view key,
                               std::vector<std::string>& to) const {
  const toml::node* node = from.get(key);
  if (node == nullptr) return {};
  if (!node->is_array()) {
    std::string one;
    if (Result<void> read = text(from, key, one); !read) return read;
    to = {one};
    return {};
  }
  for (const toml::node& one : *node->as_array()) {
    const auto value = one.value_exact<std::string>();
    if (!value || value->empty()) {
      return wrong(one, "{} must be a text or a list of texts, none empty", key);
    }
    to.push_back(*value);
  }
  return {};
}

Result<void> TomlReader::whole(const toml::table& from, std::string_view key, std::size_t low,
                               std::size_t high, std::size_t& to) const {
  const toml::node* node = from.get(key);
  if (node == nullptr) return {};
  const auto value = node->value_exact<std::int64_t>();
  if (!value || *value < 0 || static_cast<std::size_t>(*value) < low ||
      static_cast<std::size_t>(*value) > high) {
    return wrong(*node, "{} must be a whole number from {} to {}", key, low, high);
  }
  to = static_cast<std::size_t>(*value);
  return {};
}

Result<void> TomlReader::truth(const toml::table& from, std::string_view key, bool& to) const {
  const toml::node* node = from.get(key);
  if (node == nullptr) return {};
  const auto value = node->value_exact<bool>();
  if (!value) return wrong(*node, "{} must be true or false", key);
  to = *value;
  return {};
}

Result<void> TomlReader::duration(const toml::table& from, std::string_view key,
                                  Duration& to) const {
  const toml::node* node = from.get(key);
  if (node == nullptr) return {};
  const auto value = node->value_exact<std::string>();
  const std::optional<Duration> parsed = value ? parse_duration(*value) : std::nullopt;
  if (!parsed || *parsed < 0) {
    return wrong(*node, "{} must be a duration such as \"30s\", \"5m\" or \"1h30m\"", key);
  }
  to = *parsed;
  return {};
}

Result<void> TomlReader::choice(const toml::table& from, std::string_view key,
                                std::span<const std::string_view> known, std::string& to) const {
  if (Result<void> read = text(from, key, to); !read) return read;
  const toml::node* node = from.get(key);
  if (node == nullptr || std::ranges::find(known, to) != known.end()) return {};
  const std::string_view near = nearest(to, known);
  return wrong(*node, "{} = \"{}\" is not known{}; one of: {}", key, to,
               near.empty() ? std::string() : fmt::format(", did you mean \"{}\"?", near),
               fmt::join(known, ", "));
}

Result<void> TomlReader::number(const toml::table& from, std::string_view key, double low,
                                double high, double& to) const {
  const toml::node* node = from.get(key);
  if (node == nullptr) return {};
  const auto value = node->is_number() ? node->value<double>() : std::nullopt;
  if (!value || !(*value >= low && *value <= high)) {
    return wrong(*node, "{} must be a number from {} to {}", key, low, high);
  }
  to = *value;
  return {};
}

}  // namespace retimu
