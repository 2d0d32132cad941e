// SPDX-License-Identifier: Apache-2.0
// From postfix steps to a Condition: what is a number, a condition or a timer, and which mistakes
// a grammar does not see.
#include "retimu/rules/grammar.hpp"
#include "retimu/rules/operators.hpp"

#include <algorithm>

namespace retimu {

class Compiler {
 public:
  explicit Compiler(std::vector<Token> tokens) : tokens_(std::move(tokens)) {
    to_.text_ = text_of(tokens_);
  }

  Result<Condition> compile() {
    const Result<std::vector<Step>> steps = order(tokens_);
    if (!steps) return tl::unexpected(steps.error());
    for (const Step& step : *steps) {
      if (Result<void> taken = take(step); !taken) return tl::unexpected(taken.error());
    }
    const Value& whole = values_.back();
    if (whole.kind == Kind::timer) return misplaced(whole);
    if (whole.kind == Kind::number) {
      const std::string number = tokens_.size() == 1 ? to_.text_ : "(" + to_.text_ + ")";
      return failure(Fault::usage, "expr is a number and no condition; compare it, as in {} > 0",
                     number);
    }
    if (to_.columns_.empty()) {
      return failure(Fault::usage, "expr names no column, so that it would always say the same");
    }
    return std::move(to_);
  }

 private:
  using Operator = Condition::Operator;
  // A timer is age() or stuck(): no value of its own, it waits for the number it is compared with.
  enum class Kind : std::uint8_t { number, condition, timer };
  struct Value {
    Kind kind = Kind::number;
    const Token* token = nullptr;        // where it begins
    bool is_bare = false;                // one operand, as it was written
    const Function* function = nullptr;  // of a timer
    std::size_t column = 0;              // of a timer
  };

  Result<void> take(const Step& step) {
    switch (step.kind) {
      case Step::Kind::operand: return push(tokens_[step.token]);
      case Step::Kind::binary: return take_binary(step.binary);
      case Step::Kind::negate: return take_one(Operator::negate, Kind::number);
      case Step::Kind::invert: return take_one(Operator::invert, Kind::condition);
      case Step::Kind::call: return call(*step.function);
      case Step::Kind::select: return select();
    }
    return {};
  }

  Result<void> push(const Token& token) {
    if (token.kind == Token::Kind::column) {
      const Result<std::size_t> column = column_of(token);
      if (!column) return tl::unexpected(column.error());
      emit(Operator::column, *column);
    } else {
      emit(Operator::constant, 0, token.value);
    }
    const bool is_truth = token.kind == Token::Kind::truth;
    values_.push_back({is_truth ? Kind::condition : Kind::number, &token, true});
    return deepen(token);
  }

  Result<void> take_one(Operator what, Kind kind) {
    Value& value = values_.back();
    if (value.kind == Kind::timer) return misplaced(value);
    emit(what);
    value = {kind, value.token};
    return {};
  }

  Result<void> take_binary(Binary binary) {
    const Value right = pop(), left = pop();
    const bool is_comparison = binary <= Binary::greater;
    const bool is_order = is_comparison && binary != Binary::equal && binary != Binary::not_equal;
    if (left.kind == Kind::timer || right.kind == Kind::timer) {
      if (!is_order || left.kind == right.kind) return misplaced(left, right);
      return compare_timer(binary, left, right);
    }
    if (is_order && (left.kind == Kind::condition || right.kind == Kind::condition)) {
      return wrong_at(
          left.token->place,
          "the outcome of a comparison is compared; write a < b && b < c for a < b < c");
    }
    emit(static_cast<Operator>(static_cast<int>(Operator::less_or_equal) +
                               static_cast<int>(binary)));
    --depth_;
    const bool is_condition = is_comparison || binary >= Binary::both;
    values_.push_back({is_condition ? Kind::condition : Kind::number, left.token});
    return {};
  }

  // age(x) > 5 and 5 < age(x) are one instruction, < and <= its inversion.
  Result<void> compare_timer(Binary binary, const Value& left, const Value& right) {
    const bool is_left = left.kind == Kind::timer;
    const Value& timer = is_left ? left : right;
    const Value& limit = is_left ? right : left;
    if (limit.kind == Kind::condition) return misplaced(timer);
    const bool is_above = (binary == Binary::greater || binary == Binary::greater_or_equal);
    const bool is_strict = binary == Binary::greater || binary == Binary::less;
    const bool is_past = is_above == is_left;  // true once the time has passed
    const bool is_more = is_past ? is_strict : !is_strict;
    const bool is_age = timer.function->kind == FunctionKind::age;
    emit(is_age ? (is_more ? Operator::age_exceeds : Operator::age_reaches)
                : (is_more ? Operator::stuck_exceeds : Operator::stuck_reaches),
         timer.column);
    if (!is_past) emit(Operator::invert);
    values_.push_back({Kind::condition, left.token});
    return {};
  }

  Result<void> call(const Function& function) {
    if (function.kind >= FunctionKind::abs) {
      const auto above = static_cast<int>(function.kind) - static_cast<int>(FunctionKind::abs);
      return take_one(static_cast<Operator>(static_cast<int>(Operator::abs) + above), Kind::number);
    }
    const bool has_length = function.arguments == 2;
    const Value length = has_length ? pop() : Value{};
    const Value value = pop();
    if (!value.is_bare || value.token->kind != Token::Kind::column) {
      return wrong_at(value.token->place, "{} is of a column, as in {}", function.name,
                      function.usage);
    }
    if (has_length && !is_length(length)) {
      return wrong_at(length.token->place, "{} is over a duration above 0 and up to 366d, as in {}",
                      function.name, function.usage);
    }
    const std::size_t operands = has_length ? 2 : 1;  // bare, so each is one instruction
    const std::size_t column = to_.code_.at(to_.code_.size() - operands).index;
    to_.code_.resize(to_.code_.size() - operands);
    depth_ -= operands;
    if (function.kind == FunctionKind::age || function.kind == FunctionKind::stuck) {
      values_.push_back({Kind::timer, value.token, false, &function, column});
      return {};
    }
    if (has_length) {
      const Result<std::size_t> window = window_of(column, *length.token);
      if (!window) return tl::unexpected(window.error());
      emit(function.kind == FunctionKind::mean  ? Operator::mean
           : function.kind == FunctionKind::min ? Operator::min
                                                : Operator::max,
           *window);
    } else {
      emit(function.kind == FunctionKind::rate ? Operator::rate : Operator::delta, column);
    }
    values_.push_back({Kind::number, value.token});
    return deepen(*value.token);
  }

  static bool is_length(const Value& value) {
    return value.is_bare && value.token->kind == Token::Kind::duration && value.token->value > 0 &&
           value.token->value <= length_max;
  }

  Result<void> select() {
    const Value no = pop(), yes = pop(), condition = pop();
    for (const Value* value : {&condition, &yes, &no}) {
      if (value->kind == Kind::timer) return misplaced(*value);
    }
    emit(Operator::select);
    depth_ -= 2;
    const bool is_condition = yes.kind == Kind::condition && no.kind == Kind::condition;
    values_.push_back({is_condition ? Kind::condition : Kind::number, condition.token});
    return {};
  }

  Result<std::size_t> column_of(const Token& token) {
    const auto found = std::ranges::find(to_.columns_, token.text);
    if (found == to_.columns_.end()) {
      if (to_.columns_.size() == rule_columns_max) {
        return wrong_at(token.place, "more than {} columns: make several rules of it",
                        rule_columns_max);
      }
      to_.columns_.push_back(token.text);
      return to_.columns_.size() - 1;
    }
    return static_cast<std::size_t>(found - to_.columns_.begin());
  }

  Result<std::size_t> window_of(std::size_t column, const Token& length) {
    const WindowNeed need{column, *parse_duration(length.text)};
    const auto found = std::ranges::find(to_.windows_, need);
    if (found == to_.windows_.end()) {
      if (to_.windows_.size() == rule_windows_max) {
        return wrong_at(length.place, "more than {} windows: make several rules of it",
                        rule_windows_max);
      }
      to_.windows_.push_back(need);
      return to_.windows_.size() - 1;
    }
    return static_cast<std::size_t>(found - to_.windows_.begin());
  }

  tl::unexpected<Error> misplaced(const Value& left, const Value& right) const {
    return misplaced(left.kind == Kind::timer ? left : right);
  }
  tl::unexpected<Error> misplaced(const Value& timer) const {
    return wrong_at(
        timer.token->place,
        "{0} is compared as it is with a number by <, <=, > or >=, as in {0}({1}) > 60s",
        timer.function->name, timer.token->text);
  }

  Value pop() {
    const Value value = values_.back();
    values_.pop_back();
    return value;
  }
  void emit(Operator what, std::size_t index = 0, double value = 0) {
    to_.code_.push_back({what, static_cast<std::uint16_t>(index), value});
  }
  Result<void> deepen(const Token& token) {
    if (++depth_ <= Condition::stack_max) return {};
    return wrong_at(token.place, "nested too deeply: more than {} values wait for their operators",
                    Condition::stack_max);
  }

  static constexpr double length_max = 366.0 * 86'400;

  std::vector<Token> tokens_;
  std::vector<Value> values_;
  std::size_t depth_ = 0;  // of the stack when it runs
  Condition to_;
};

Result<Condition> Condition::compile(std::string_view expression) {
  Result<std::vector<Token>> tokens = read_tokens(expression);
  if (!tokens) return tl::unexpected(tokens.error());
  return Compiler(std::move(*tokens)).compile();
}

}  // namespace retimu
