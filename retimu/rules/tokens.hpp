// SPDX-License-Identifier: Apache-2.0
// The words of an expression: columns, numbers, durations, functions and operators, each with the
// place where it stands.
#ifndef RETIMU_RULES_TOKENS_HPP
#define RETIMU_RULES_TOKENS_HPP

#include "retimu/core/result.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace retimu {

inline constexpr std::size_t expression_bytes_max = 4'096;
inline constexpr std::size_t tokens_max = 1'024;

enum class FunctionKind : std::uint8_t {
  rate,
  delta,
  age,
  stuck,
  mean,
  min,
  max,
  abs,
  sqrt,
  log,
  exp
};

struct Function {
  std::string_view name, usage;
  FunctionKind kind;
  int arguments;
};
std::span<const Function> functions();

struct Token {
  enum class Kind : std::uint8_t { column, number, duration, truth, function, symbol };
  Kind kind = Kind::symbol;
  std::string text;                    // of a column without its backticks
  double value = 0;                    // of a number; of a duration in seconds; 1 is true
  const Function* function = nullptr;  // of a function
  std::size_t place = 0;  // the character of the expression that it begins with, from 1
};

// Everything that has no meaning is an error that names the place and what to write instead.
Result<std::vector<Token>> read_tokens(std::string_view expression);

// The same expression with single blanks: equal for expressions that differ in blanks alone.
std::string text_of(std::span<const Token> tokens);

template <class... Arguments>
tl::unexpected<Error> wrong_at(std::size_t place, fmt::format_string<Arguments...> format,
                               Arguments&&... arguments) {
  return failure(Fault::usage, "character {} of expr: {}", place,
                 fmt::format(format, std::forward<Arguments>(arguments)...));
}

}  // namespace retimu

#endif
