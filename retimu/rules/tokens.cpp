// SPDX-License-Identifier: Apache-2.0
#include "retimu/rules/tokens.hpp"

#include "retimu/core/parameters.hpp"
#include "retimu/core/time.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace retimu {

namespace {

constexpr std::array all_functions = {
    Function{"rate", "rate(column)", FunctionKind::rate, 1},
    Function{"delta", "delta(column)", FunctionKind::delta, 1},
    Function{"age", "age(column)", FunctionKind::age, 1},
    Function{"stuck", "stuck(column)", FunctionKind::stuck, 1},
    Function{"mean", "mean(column, 60s)", FunctionKind::mean, 2},
    Function{"min", "min(column, 60s)", FunctionKind::min, 2},
    Function{"max", "max(column, 60s)", FunctionKind::max, 2},
    Function{"abs", "abs(number)", FunctionKind::abs, 1},
    Function{"sqrt", "sqrt(number)", FunctionKind::sqrt, 1},
    Function{"log", "log(number)", FunctionKind::log, 1},
    Function{"exp", "exp(number)", FunctionKind::exp, 1},
};

constexpr std::array<std::string_view, 6> long_symbols = {"<=", ">=", "==", "!=", "&&", "||"};
constexpr std::string_view short_symbols = "<>+-*/^(),?:!";

// What other languages write.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> foreign_words = {
    {{"and", "&&"}, {"or", "||"}, {"not", "!"}, {"AND", "&&"}, {"OR", "||"}, {"NOT", "!"}}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_name_part(char c) { return is_name_start(c) || is_digit(c) || c == '.'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::string_view foreign(std::string_view word) {
  for (const auto& [other, own] : foreign_words) {
    if (word == other) return own;
  }
  return {};
}

bool is_plain_name(std::string_view name) {
  return !name.empty() && is_name_start(name.front()) && std::ranges::all_of(name, is_name_part) &&
         name != "true" && name != "false" && foreign(name).empty();
}

class TokenReader {
 public:
  explicit TokenReader(std::string_view text) : text_(text) {}

  Result<std::vector<Token>> read() {
    if (text_.size() > expression_bytes_max) {
      return failure(Fault::usage, "expr has {} bytes, at most {}: make several rules of it",
                     text_.size(), expression_bytes_max);
    }
    for (skip_blanks(); at_ < text_.size(); skip_blanks()) {
      if (tokens_.size() == tokens_max) {
        return wrong_at(place(), "more than {} words: make several rules of it", tokens_max);
      }
      if (Result<void> one = read_one(); !one) return tl::unexpected(one.error());
    }
    if (tokens_.empty()) return failure(Fault::usage, "expr is empty; write a condition");
    return std::move(tokens_);
  }

 private:
  std::size_t place() const {
    const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; };
    return at_ + 1 -
           static_cast<std::size_t>(std::ranges::count_if(text_.substr(0, at_), continues));
  }
  char at(std::size_t index) const { return index < text_.size() ? text_[index] : '\0'; }
  void skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  }
  void add(Token::Kind kind, std::string_view text, double value = 0,
           const Function* function = nullptr) {
    tokens_.push_back({kind, std::string(text), value, function, place()});
  }

  Result<void> read_one() {
    const char c = text_[at_];
    if (is_digit(c) || (c == '.' && is_digit(at(at_ + 1)))) return read_number();
    if (is_name_start(c)) return read_name();
    if (c == '`') return read_quoted();
    return read_symbol();
  }

  Result<void> read_number() {
    double value = 0;
    const char* const begin = text_.data() + at_;
    const auto [end, fault] = std::from_chars(begin, text_.data() + text_.size(), value);
    auto length = static_cast<std::size_t>(end - begin);
    Token::Kind kind = Token::Kind::number;
    if (is_name_part(at(at_ + length))) {
      while (is_name_part(at(at_ + length))) ++length;
      const std::string_view word = text_.substr(at_, length);
      const std::optional<Duration> duration = parse_duration(word);
      if (!duration) {
        return wrong_at(place(), "{} is no number and no duration such as 10s, 5m or 1h30m", word);
      }
      value = static_cast<double>(*duration) / static_cast<double>(second);
      kind = Token::Kind::duration;
    } else if (fault != std::errc()) {
      return wrong_at(place(), "{} is out of the range of numbers", text_.substr(at_, length));
    }
    add(kind, text_.substr(at_, length), value);
    at_ += length;
    return {};
  }

  Result<void> read_name() {
    std::size_t end = at_;
    while (is_name_part(at(end))) ++end;
    const std::string_view name = text_.substr(at_, end - at_);
    if (const std::string_view own = foreign(name); !own.empty()) {
      return wrong_at(place(), "write {} for {}; a column of that name stands in backticks", own,
                      name);
    }
    std::size_t next = end;
    while (is_blank(at(next))) ++next;
    if (name == "true" || name == "false") {
      add(Token::Kind::truth, name, name == "true" ? 1 : 0);
    } else if (at(next) == '(') {
      const auto found = std::ranges::find(all_functions, name, &Function::name);
      if (found == all_functions.end()) return unknown_function(name);
      add(Token::Kind::function, name, 0, &*found);
    } else {
      add(Token::Kind::column, name);
    }
    at_ = end;
    return {};
  }

  tl::unexpected<Error> unknown_function(std::string_view name) const {
    std::vector<std::string_view> names;
    for (const Function& function : all_functions) names.push_back(function.name);
    const std::string_view near = nearest(name, names);
    return wrong_at(place(), "unknown function {}{}", name,
                    near.empty() ? fmt::format("; known: {}", fmt::join(names, ", "))
                                 : fmt::format(", did you mean {}?", near));
  }

  Result<void> read_quoted() {
    const std::size_t end = text_.find('`', at_ + 1);
    if (end == std::string_view::npos) {
      return wrong_at(place(), "the name that begins here has no second backtick");
    }
    if (end == at_ + 1) return wrong_at(place(), "no name between the backticks");
    add(Token::Kind::column, text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    return {};
  }

  Result<void> read_symbol() {
    for (const std::string_view symbol : long_symbols) {
      if (!text_.substr(at_).starts_with(symbol)) continue;
      add(Token::Kind::symbol, symbol);
      at_ += symbol.size();
      return {};
    }
    const char c = text_[at_];
    if (short_symbols.find(c) != std::string_view::npos) {
      add(Token::Kind::symbol, text_.substr(at_, 1));
      ++at_;
      return {};
    }
    if (c == '=') return wrong_at(place(), "= is no comparison; write ==");
    if (c == '&' || c == '|') return wrong_at(place(), "write {0}{0} for {0}", c);
    if (c == '"' || c == '\'') {
      return wrong_at(place(), "texts cannot be compared; names of columns stand in backticks");
    }
    if (c > ' ' && c < '\x7F') return wrong_at(place(), "{} has no meaning here", c);
    return wrong_at(place(),
                    "a name with other characters than A-Z a-z 0-9 _ . stands in backticks");
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<Token> tokens_;
};

}  // namespace

std::span<const Function> functions() { return all_functions; }

Result<std::vector<Token>> read_tokens(std::string_view expression) {
  return TokenReader(expression).read();
}

std::string text_of(std::span<const Token> tokens) {
  std::string text;
  for (const Token& token : tokens) {
    if (!text.empty()) text += ' ';
    const bool is_quoted = token.kind == Token::Kind::column && !is_plain_name(token.text);
    text += is_quoted ? fmt::format("`{}`", token.text) : token.text;
  }
  return text;
}

}  // namespace retimu
