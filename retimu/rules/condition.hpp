// SPDX-License-Identifier: Apache-2.0
// A condition that a person wrote, compiled: `pressure > 8.5 && pump == 1`. Three-valued, as Kleene
// has it: what is not known makes a comparison unknown, unknown && false is false, unknown || true
// is true. Unknown are columns that were never sent, values that are stale, and numbers that are
// not finite (x / 0, log(0), overflow). The language is described in docs/rules.md.
#ifndef RETIMU_RULES_CONDITION_HPP
#define RETIMU_RULES_CONDITION_HPP

#include "retimu/core/result.hpp"
#include "retimu/rules/history.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace retimu {

enum class TruthValue : std::uint8_t { is_false, is_true, unknown };
std::string_view name_of(TruthValue truth);  // "false", "true", "unknown"

inline constexpr std::size_t rule_columns_max = 32, rule_windows_max = 16;
inline constexpr Time never = INT64_MAX;

// The last `length` of a column.
struct WindowNeed {
  std::size_t column = 0;  // index in columns()
  Duration length = 0;
  friend bool operator==(const WindowNeed&, const WindowNeed&) = default;
};

// Immutable; several threads may evaluate one.
class Condition {
 public:
  enum class Operator : std::uint8_t;  // see operators.hpp

  // A message names the place in the expression and says what to write instead.
  static Result<Condition> compile(std::string_view expression);

  std::span<const std::string> columns() const { return columns_; }
  std::span<const WindowNeed> windows() const { return windows_; }
  // The same for expressions that differ in blanks alone.
  const std::string& text() const { return text_; }

  struct Outcome {
    TruthValue truth = TruthValue::unknown;
    Time changes = never;  // when age() or stuck() makes it another without a new reading, > now
  };
  // [columns], [windows] in the order above. About 3 ns a column and operator; never allocates.
  Outcome evaluate(std::span<const Track> tracks, std::span<const RuleWindow> windows, Time now,
                   Duration stale) const;

 private:
  friend class Compiler;
  struct Instruction {
    Operator what;
    std::uint16_t index = 0;  // of a column or a window
    double value = 0;         // of a constant
  };
  static constexpr std::size_t stack_max = 64;
  double value_of(const Instruction& instruction, std::span<const Track> tracks,
                  std::span<const RuleWindow> windows, Time now, Duration stale) const;

  std::vector<Instruction> code_;
  std::vector<std::string> columns_;
  std::vector<WindowNeed> windows_;
  std::string text_;
};

}  // namespace retimu

#endif
