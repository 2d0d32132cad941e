// SPDX-License-Identifier: Apache-2.0
// A rule as a person writes it, and the examples that come with it.
#ifndef RETIMU_RULES_RULE_HPP
#define RETIMU_RULES_RULE_HPP

#include "retimu/core/event.hpp"
#include "retimu/rules/condition.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace retimu {

// What is sent to a rule, row by row, and what its condition must then be.
struct RuleExample {
  struct Row {
    Duration at = 0;  // since the example began; never falls
    std::vector<std::pair<std::string, double>> values;
  };
  std::vector<Row> rows;
  Duration after = 0;  // how long after the last row it is looked at
  TruthValue expected = TruthValue::unknown;
};

struct Rule {
  std::string name = {};                         // unique
  std::string expr = {};                         // see Condition
  Duration hold = 0;                             // `for`: how long it must be true without a break
  Severity severity = Severity::major;           // never cleared
  std::vector<std::string> entities = {};        // names or glob patterns; empty: all
  std::optional<Duration> stale = std::nullopt;  // a value older than this is unknown
  std::vector<RuleExample> examples = {};
};

// What was stated, or 5 minutes or `hold`, whichever is longer: one reading may then be true for as
// long as it must.
Duration stale_of(const Rule& rule);

bool applies_to(const Rule& rule, std::string_view entity);

// What one example says; the rule must compile.
TruthValue outcome_of(const Rule& rule, const RuleExample& example);

// None, or a sentence: "example 2 is unknown, expected true".
std::optional<std::string> failed_example(const Rule& rule, std::size_t index);

}  // namespace retimu

#endif
