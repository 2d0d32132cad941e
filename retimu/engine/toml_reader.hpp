// SPDX-License-Identifier: Apache-2.0
// Typed access to a parsed TOML file; every message begins with the place: "pipeline.toml:12:3: …".
#ifndef RETIMU_ENGINE_TOML_READER_HPP
#define RETIMU_ENGINE_TOML_READER_HPP

#include "retimu/core/result.hpp"
#include "retimu/core/time.hpp"

#include <fmt/format.h>

#include <span>
#include <string>
#include <string_view>
#include <toml++/toml.h>
#include <vector>

namespace retimu {

// Functions leave `to` alone where the key is missing.
class TomlReader {
 public:
  explicit TomlReader(std::string_view name) : name_(name) {}

  std::string place(const toml::source_region& region) const {
    return fmt::format("{}:{}:{}", name_, region.begin.line, region.begin.column);
  }
  template <class... Arguments>
  tl::unexpected<Error> wrong(const toml::node& node, fmt::format_string<Arguments...> format,
                              Arguments&&... arguments) const {
    return failure(Fault::usage, "{}: {}", place(node.source()),
                   fmt::format(format, std::forward<Arguments>(arguments)...));
  }
  // An unknown key is an error with the nearest known one.
  Result<void> check_keys(const toml::table& table, std::string_view name,
                          std::span<const std::string_view> known) const;
  Result<void> check_keys(const toml::table& table, std::string_view name) const;
  // A table of the root, null if it is missing; all of [[name]].
  Result<const toml::table*> table(const toml::table& root, std::string_view name) const;
  Result<std::vector<const toml::table*>> tables(const toml::table& root,
                                                 std::string_view name) const;
  Result<void> text(const toml::table& from, std::string_view key, std::string& to) const;
  Result<void> texts(const toml::table& from, std::string_view key,
                     std::vector<std::string>& to) const;
  Result<void> whole(const toml::table& from, std::string_view key, std::size_t low,
                     std::size_t high, std::size_t& to) const;
  Result<void> number(const toml::table& from, std::string_view key, double low, double high,
                      double& to) const;
  Result<void> truth(const toml::table& from, std::string_view key, bool& to) const;
  Result<void> duration(const toml::table& from, std::string_view key, Duration& to) const;
  Result<void> choice(const toml::table& from, std::string_view key,
                      std::span<const std::string_view> known, std::string& to) const;

 private:
  std::string name_;
};

}  // namespace retimu

#endif
