// SPDX-License-Identifier: Apache-2.0
// [[rule]] in a configuration, read and written.
#ifndef RETIMU_ENGINE_CONFIGURATION_RULES_HPP
#define RETIMU_ENGINE_CONFIGURATION_RULES_HPP

#include "retimu/engine/toml_reader.hpp"
#include "retimu/rules/rule.hpp"

#include <span>
#include <string>
#include <vector>

namespace retimu {

// Appends the rule of one table; its expression compiles, its name is new.
Result<void> read_rule(const TomlReader& toml, const toml::table& from, std::vector<Rule>& to);

// What decides when they fire, as TOML with a key a line; equal for rules that say the same. Of the
// entities' states they are hashed one by one (RuleBook::visit).
std::string rules_text(std::span<const Rule> rules);

}  // namespace retimu

#endif
