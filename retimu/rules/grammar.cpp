// SPDX-License-Identifier: Apache-2.0
// muParser only compiles: its bytecode is read and turned into steps of our own, as its evaluation
// keeps buffers that threads cannot share, and knows no unknown. Names and numbers all become
// variables before, so that it sees operators, parentheses, functions and v0, v1, v2 ...
#include "retimu/rules/grammar.hpp"

#include <algorithm>
#include <muParserBase.h>
#include <optional>

namespace retimu {

namespace {

double mark_negation(double value) { return -value; }
double mark_inversion(double value) { return value == 0 ? 1 : 0; }
double mark_one(void* /*function*/, double value) { return value; }
double mark_two(void* /*function*/, double value, double /*window*/) { return value; }

class Grammar final : public mu::ParserBase {
 public:
  explicit Grammar(std::vector<double>& variables) {
    Init();
    EnableOptimizer(false);
    for (std::size_t i = 0; i < variables.size(); ++i) {
      DefineVar("v" + std::to_string(i), &variables[i]);
    }
  }

 private:
  void InitCharSets() override {
    DefineNameChars("0123456789_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    DefineOprtChars("+-*/^<>=!&|?:");
    DefineInfixOprtChars("-!");
  }
  void InitFun() override {
    for (const Function& function : functions()) {
      void* which = const_cast<Function*>(&function);
      const std::string name(function.name);
      if (function.arguments == 1) {
        DefineFunUserData(name, mark_one, which, false);
      } else {
        DefineFunUserData(name, mark_two, which, false);
      }
    }
  }
  void InitConst() override {}
  void InitOprt() override {
    DefineInfixOprt("-", mark_negation, mu::prINFIX, false);
    DefineInfixOprt("!", mark_inversion, mu::prINFIX, false);
  }
};

// The expression as muParser sees it, and where each token begins in it.
struct Rewritten {
  std::string text;
  std::vector<std::size_t> begins;
};

bool is_operand(const Token& token) {
  return token.kind != Token::Kind::function && token.kind != Token::Kind::symbol;
}

Rewritten rewrite(std::span<const Token> tokens) {
  Rewritten to;
  std::size_t variable = 0;
  for (const Token& token : tokens) {
    to.begins.push_back(to.text.size());
    to.text += is_operand(token) ? "v" + std::to_string(variable++) : token.text;
    if (token.kind != Token::Kind::function) to.text += ' ';
  }
  return to;
}

tl::unexpected<Error> explain(const mu::ParserError& error, std::span<const Token> tokens,
                              const Rewritten& rewritten) {
  const auto position = static_cast<std::size_t>(std::max(error.GetPos(), 0));
  const auto after = std::ranges::upper_bound(rewritten.begins, position);
  const auto index =
      static_cast<std::size_t>(std::max<std::ptrdiff_t>(after - rewritten.begins.begin() - 1, 0));
  const Token& token = tokens[index];
  switch (error.GetCode()) {
    case mu::ecUNEXPECTED_EOF:
      return wrong_at(tokens.back().place, "nothing follows {}; a value is missing",
                      tokens.back().text);
    case mu::ecMISSING_PARENS: return failure(Fault::usage, "expr has a ( without its )");
    case mu::ecUNEXPECTED_PARENS: return wrong_at(token.place, "a parenthesis does not fit here");
    case mu::ecUNEXPECTED_OPERATOR:
      return wrong_at(token.place, "a value is missing before {}", token.text);
    case mu::ecUNEXPECTED_VAL:
    case mu::ecUNEXPECTED_VAR:
    case mu::ecUNEXPECTED_FUN:
    case mu::ecUNASSIGNABLE_TOKEN:
      return wrong_at(token.place, "an operator such as && or > is missing before {}", token.text);
    case mu::ecUNEXPECTED_ARG:
    case mu::ecUNEXPECTED_ARG_SEP:
      return wrong_at(token.place, "a comma only stands between the arguments of a function");
    case mu::ecTOO_MANY_PARAMS:
    case mu::ecTOO_FEW_PARAMS:
      for (const Function& function : functions()) {
        if (function.name == error.GetToken()) {
          return wrong_at(token.place, "{} is written {}", function.name, function.usage);
        }
      }
      break;
    case mu::ecUNEXPECTED_CONDITIONAL:
    case mu::ecMISSING_ELSE_CLAUSE:
    case mu::ecMISPLACED_COLON:
      return wrong_at(token.place, "a choice is written condition ? this : that");
    default: break;
  }
  return wrong_at(token.place, "cannot be read near {}", token.text);
}

std::optional<Step> step_of(const mu::SToken& from, const double* variables,
                            std::span<const std::size_t> operands) {
  Step step;
  switch (from.Cmd) {
    case mu::cmVAR:
      step.token = operands[static_cast<std::size_t>(from.Val.ptr - variables)];
      return step;
    case mu::cmFUNC:
      if (from.Fun.cb._pUserData != nullptr) {
        step.kind = Step::Kind::call;
        step.function = static_cast<const Function*>(from.Fun.cb._pUserData);
        return step;
      }
      step.kind = from.Fun.cb._pRawFun == reinterpret_cast<mu::erased_fun_type>(&mark_negation)
                      ? Step::Kind::negate
                      : Step::Kind::invert;
      return step;
    case mu::cmENDIF: step.kind = Step::Kind::select; return step;
    default: break;
  }
  static_assert(static_cast<int>(Binary::less_or_equal) == mu::cmLE &&
                static_cast<int>(Binary::power) == mu::cmPOW &&
                static_cast<int>(Binary::either) == mu::cmLOR);
  if (from.Cmd > mu::cmLOR) return std::nullopt;
  step.kind = Step::Kind::binary;
  step.binary = static_cast<Binary>(from.Cmd);
  return step;
}

std::size_t operands_of(const Step& step) {
  switch (step.kind) {
    case Step::Kind::operand: return 0;
    case Step::Kind::binary: return 2;
    case Step::Kind::negate:
    case Step::Kind::invert: return 1;
    case Step::Kind::call: return static_cast<std::size_t>(step.function->arguments);
    case Step::Kind::select: return 3;
  }
  return 0;
}

bool is_whole(std::span<const Step> steps) {
  std::size_t waiting = 0;
  for (const Step& step : steps) {
    const std::size_t taken = operands_of(step);
    if (waiting < taken) return false;
    waiting += 1 - taken;
  }
  return waiting == 1;
}

}  // namespace

Result<std::vector<Step>> order(std::span<const Token> tokens) {
  const Rewritten rewritten = rewrite(tokens);
  std::vector<std::size_t> operands;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (is_operand(tokens[i])) operands.push_back(i);
  }
  std::vector<double> variables(operands.size(), 0.0);
  std::vector<Step> steps;
  try {
    Grammar grammar(variables);
    grammar.SetExpr(rewritten.text);
    (void)grammar.GetUsedVar();  // compiles, and evaluates nothing
    const mu::ParserByteCode& code = grammar.GetByteCode();
    for (std::size_t i = 0; i < code.GetSize(); ++i) {
      const mu::SToken& from = code.GetBase()[i];
      if (from.Cmd == mu::cmEND) break;
      if (from.Cmd == mu::cmIF || from.Cmd == mu::cmELSE) continue;  // both branches are taken
      const std::optional<Step> step = step_of(from, variables.data(), operands);
      if (!step) return failure(Fault::usage, "expr has an operator that rules do not know");
      steps.push_back(*step);
    }
  } catch (const mu::ParserError& error) {
    return explain(error, tokens, rewritten);
  } catch (const std::exception& error) {
    return failure(Fault::usage, "expr cannot be read: {}", error.what());
  }
  if (!is_whole(steps)) {
    return failure(Fault::usage, "expr is not one condition: look for commas and parentheses");
  }
  return steps;
}

}  // namespace retimu
