// SPDX-License-Identifier: Apache-2.0
// What binds to what: muParser's grammar turns the words of an expression into postfix steps. The
// only file that knows muParser; what it says never leaves grammar.cpp as an exception.
#ifndef RETIMU_RULES_GRAMMAR_HPP
#define RETIMU_RULES_GRAMMAR_HPP

#include "retimu/rules/tokens.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace retimu {

// Falling in how tight they bind: ^, then * and /, then + and -, then comparisons, &&, ||, ?:.
// Negation binds like * and /, so that -x^2 is -(x^2), and !a == b is (!a) == b.
enum class Binary : std::uint8_t {
  less_or_equal,
  greater_or_equal,
  not_equal,
  equal,
  less,
  greater,
  add,
  subtract,
  multiply,
  divide,
  power,
  both,
  either
};

// In the order in which a stack machine takes them.
struct Step {
  enum class Kind : std::uint8_t { operand, binary, negate, invert, call, select };
  Kind kind = Kind::operand;
  std::size_t token = 0;               // operand
  Binary binary = Binary::add;         // binary
  const Function* function = nullptr;  // call
};

// Every step finds its operands, and one value is left.
Result<std::vector<Step>> order(std::span<const Token> tokens);

}  // namespace retimu

#endif
