// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/configuration_rules.hpp"

#include "retimu/core/alert.hpp"
#include "retimu/core/parameters.hpp"
#include "retimu/rules/rule_book.hpp"

#include <algorithm>
#include <array>

namespace retimu {

namespace {

constexpr std::array severities = {Severity::indeterminate, Severity::warning, Severity::minor,
                                   Severity::major, Severity::critical};
constexpr std::string_view at_key = "at";  // of a row of an example

// The examples of one rule.
class ExampleReader {
 public:
  ExampleReader(const TomlReader& toml, const Condition& condition)
      : toml_(toml), columns_(condition.columns().begin(), condition.columns().end()) {}

  Result<RuleExample> read(const toml::table& from) {
    RuleExample example;
    Result<void> read = toml_.check_keys(from, "rule.example");
    if (read) read = toml_.duration(from, "after", example.after);
    if (read) read = read_expected(from, example.expected);
    if (read) read = read_given(from, example.rows);
    if (!read) return tl::unexpected(read.error());
    return example;
  }

 private:
  Result<void> read_expected(const toml::table& from, TruthValue& to) {
    const toml::node* node = from.get("expect");
    if (node != nullptr) {
      std::string word = node->value_exact<std::string>().value_or("");
      if (const auto is_true = node->value_exact<bool>()) word = *is_true ? "true" : "false";
      for (const TruthValue truth :
           {TruthValue::is_true, TruthValue::is_false, TruthValue::unknown}) {
        if (word != name_of(truth)) continue;
        to = truth;
        return {};
      }
    }
    return toml_.wrong(node == nullptr ? static_cast<const toml::node&>(from) : *node,
                       "an example needs expect = \"true\", \"false\" or \"unknown\"");
  }

  Result<void> read_given(const toml::table& from, std::vector<RuleExample::Row>& to) {
    const toml::node* node = from.get("given");
    if (node != nullptr && node->is_table()) {
      to.emplace_back();
      return read_values(*node->as_table(), false, to.back());
    }
    if (node == nullptr || !node->is_array() || node->as_array()->empty()) {
      return toml_.wrong(node == nullptr ? static_cast<const toml::node&>(from) : *node,
                         "an example needs given = {{ column = 1.5 }}, or rows such as "
                         "[{{ at = \"0s\", column = 1.5 }}, {{ at = \"10s\", column = 2 }}]");
    }
    for (const toml::node& row : *node->as_array()) {
      if (!row.is_table()) return toml_.wrong(row, "a row is {{ at = \"10s\", column = 1.5 }}");
      const Duration before = to.empty() ? 0 : to.back().at;
      to.emplace_back();
      if (Result<void> read = read_values(*row.as_table(), true, to.back()); !read) return read;
      if (to.back().at < before) {
        return toml_.wrong(*row.as_table()->get(at_key), "rows stand in the order of their times");
      }
    }
    return {};
  }

  Result<void> read_values(const toml::table& from, bool has_time, RuleExample::Row& to) {
    if (has_time) {
      if (!from.contains(at_key)) return toml_.wrong(from, "this row needs at = \"10s\"");
      if (Result<void> read = toml_.duration(from, at_key, to.at); !read) return read;
    }
    for (const auto& [key, node] : from) {
      if (has_time && key == at_key) continue;
      if (std::ranges::find(columns_, key.str()) == columns_.end()) {
        const std::string_view near = nearest(key.str(), columns_);
        return failure(Fault::usage, "{}: the rule has no column \"{}\"{}",
                       toml_.place(key.source()), key.str(),
                       near.empty() ? fmt::format("; it has: {}", fmt::join(columns_, ", "))
                                    : fmt::format(", did you mean \"{}\"?", near));
      }
      const auto value = node.is_number() ? node.value<double>() : std::nullopt;
      if (!value) return toml_.wrong(node, "{} must be a number; nan is a missing one", key.str());
      to.values.emplace_back(key.str(), *value);
    }
    return {};
  }

  const TomlReader& toml_;
  std::vector<std::string_view> columns_;  // that the rule has
};

Result<void> read_examples(const TomlReader& toml, const toml::table& from,
                           const Condition& condition, std::vector<RuleExample>& to) {
  const Result<std::vector<const toml::table*>> tables = toml.tables(from, "example");
  if (!tables) return tl::unexpected(tables.error());
  for (const toml::table* table : *tables) {
    Result<RuleExample> example = ExampleReader(toml, condition).read(*table);
    if (!example) return tl::unexpected(example.error());
    to.push_back(std::move(*example));
  }
  return {};
}

// As in JSON, but for one character that TOML forbids as it is.
void append_text(std::string& to, std::string_view text) {
  constexpr char deletion = '\x7F';
  std::string quoted;
  append_json_string(quoted, text);
  for (const char c : quoted) {
    if (c == deletion) {
      to += "\\u007F";
    } else {
      to += c;
    }
  }
}

Result<void> read_severity(const TomlReader& toml, const toml::table& from, Severity& to) {
  std::vector<std::string_view> names;
  for (const Severity severity : severities) names.push_back(name_of(severity));
  std::string name(name_of(to));
  if (Result<void> read = toml.choice(from, "severity", names, name); !read) return read;
  for (const Severity severity : severities) {
    if (name_of(severity) == name) to = severity;
  }
  return {};
}

}  // namespace

Result<void> read_rule(const TomlReader& toml, const toml::table& from, std::vector<Rule>& to) {
  Rule rule;
  Duration stale = -1;
  Result<void> read = toml.check_keys(from, "rule");
  if (read) read = toml.text(from, "name", rule.name);
  if (read) read = toml.text(from, "expr", rule.expr);
  for (const std::string_view key : {"name", "expr"}) {
    if (read && !from.contains(key)) read = toml.wrong(from, "this [[rule]] needs {}", key);
  }
  if (read && std::ranges::find(to, rule.name, &Rule::name) != to.end()) {
    read = toml.wrong(*from.get("name"), "another rule is named \"{}\", too", rule.name);
  }
  if (read && to.size() == rules_max) {
    read = toml.wrong(from, "at most {} rules; one may be for many entities", rules_max);
  }
  if (read) read = toml.duration(from, "for", rule.hold);
  if (read) read = read_severity(toml, from, rule.severity);
  if (read) read = toml.texts(from, "entity", rule.entities);
  if (read) read = toml.duration(from, "stale", stale);
  if (!read) return read;
  if (stale >= 0) rule.stale = stale;
  const Result<Condition> condition = Condition::compile(rule.expr);
  if (!condition) {
    return toml.wrong(*from.get("expr"), "rule \"{}\": {}", rule.name, condition.error().message);
  }
  read = read_examples(toml, from, *condition, rule.examples);
  if (!read) return read;
  to.push_back(std::move(rule));
  return {};
}

std::string rules_text(std::span<const Rule> rules) {
  std::string text;
  for (const Rule& rule : rules) {
    const Result<Condition> condition = Condition::compile(rule.expr);
    text += "\n[[rule]]\nname = ";
    append_text(text, rule.name);
    text += "\nexpr = ";
    append_text(text, condition ? condition->text() : rule.expr);
    text += fmt::format("\nfor = \"{}\"\nseverity = \"{}\"\nstale = \"{}\"\n",
                        format_duration(rule.hold), name_of(rule.severity),
                        format_duration(stale_of(rule)));
    if (rule.entities.empty()) continue;
    text += "entity = [";
    for (const std::string& pattern : rule.entities) {
      if (!text.ends_with('[')) text += ", ";
      append_text(text, pattern);
    }
    text += "]\n";
  }
  return text;
}

}  // namespace retimu
