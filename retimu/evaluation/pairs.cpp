// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/pairs.hpp"

namespace retimu {

namespace {

class Scan {
 public:
  explicit Scan(std::string_view text) : text_(text) { pass_blanks(); }

  bool is_at_end() const { return text_.empty(); }

  bool take(char wanted) {
    if (!text_.starts_with(wanted)) return false;
    text_.remove_prefix(1);
    pass_blanks();
    return true;
  }

  // A text in quotes, or what stands up to the next sign.
  std::optional<std::string> item() {
    std::string item;
    if (!text_.starts_with('"')) {
      item = text_.substr(0, text_.find_first_of(",:[]{}\" \t\r\n"));
      text_.remove_prefix(item.size());
      pass_blanks();
      return item.empty() ? std::nullopt : std::optional(std::move(item));
    }
    text_.remove_prefix(1);
    while (!text_.empty() && text_.front() != '"') {
      if (text_.front() == '\\') text_.remove_prefix(1);
      if (text_.empty()) break;
      item += text_.front();
      text_.remove_prefix(1);
    }
    if (!take('"')) return std::nullopt;
    return item;
  }

  std::optional<Pairs> pairs() {
    Pairs pairs;
    if (!take('[')) return std::nullopt;
    if (take(']')) return pairs;
    do {
      if (!take('[')) return std::nullopt;
      std::optional<std::string> first = item();
      if (!first || !take(',')) return std::nullopt;
      std::optional<std::string> second = item();
      if (!second || !take(']')) return std::nullopt;
      pairs.emplace_back(std::move(*first), std::move(*second));
    } while (take(','));
    return take(']') ? std::optional(std::move(pairs)) : std::nullopt;
  }

 private:
  void pass_blanks() {
    text_.remove_prefix(std::min(text_.find_first_not_of(" \t\r\n"), text_.size()));
  }

  std::string_view text_;
};

}  // namespace

std::optional<Pairs> parse_pairs(std::string_view text) {
  Scan scan(text);
  std::optional<Pairs> pairs = scan.pairs();
  return scan.is_at_end() ? pairs : std::nullopt;
}

std::optional<std::vector<NamedPairs>> parse_named_pairs(std::string_view text) {
  Scan scan(text);
  std::vector<NamedPairs> all;
  if (!scan.take('{')) return std::nullopt;
  if (scan.take('}')) return scan.is_at_end() ? std::optional(std::move(all)) : std::nullopt;
  do {
    std::optional<std::string> name = scan.item();
    if (!name || !scan.take(':')) return std::nullopt;
    std::optional<Pairs> pairs = scan.pairs();
    if (!pairs) return std::nullopt;
    all.push_back({std::move(*name), std::move(*pairs)});
  } while (scan.take(','));
  if (!scan.take('}') || !scan.is_at_end()) return std::nullopt;
  return all;
}

}  // namespace retimu
