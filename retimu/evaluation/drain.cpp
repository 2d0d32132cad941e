// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/drain.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

namespace retimu {

namespace {

constexpr std::string_view any = "<*>";

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }
bool is_letter_or_digit(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

bool has_digit(std::string_view word) { return std::ranges::any_of(word, is_digit); }

// A run of letters and digits: digits alone, "0x" and hexadecimal digits, or 8 or more of these
// with a digit among them.
bool is_number(std::string_view run) {
  const auto is_hexadecimal = [](std::string_view text) {
    return std::ranges::all_of(
        text, [](char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; });
  };
  if (std::ranges::all_of(run, is_digit)) return true;
  if (run.starts_with("0x") && run.size() > 2) return is_hexadecimal(run.substr(2));
  return run.size() >= 8 && is_hexadecimal(run) && has_digit(run);
}

// Numbers with dots or colons between them, as addresses have, are one.
std::string masked(std::string_view word) {
  std::string text;
  for (std::size_t at = 0; at < word.size();) {
    const auto* const end = std::ranges::find_if_not(word.substr(at), is_letter_or_digit);
    const std::string_view run(word.data() + at, static_cast<std::size_t>(end - &word[at]));
    if (run.empty()) {
      text += word[at++];
      continue;
    }
    at += run.size();
    if (!is_number(run)) {
      text += run;
      continue;
    }
    const bool goes_on = text.size() > any.size() && (text.back() == '.' || text.back() == ':') &&
                         std::string_view(text).substr(0, text.size() - 1).ends_with(any);
    if (goes_on) {
      text.pop_back();
    } else {
      text += any;
    }
  }
  return text;
}

struct Likeness {
  std::size_t same = 0, varying = 0;  // words; those of the template that vary are not the same
  friend auto operator<=>(const Likeness&, const Likeness&) = default;
};

Likeness likeness(const std::vector<std::string>& of, const std::vector<std::string>& line) {
  Likeness found;
  for (std::size_t i = 0; i < of.size(); ++i) {
    if (of[i] == any) {
      ++found.varying;
    } else if (of[i] == line[i]) {
      ++found.same;
    }
  }
  return found;
}

}  // namespace

std::vector<std::string> masked_words(std::string_view line) {
  std::vector<std::string> words;
  while (!line.empty()) {
    const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
    if (end > 0) words.push_back(masked(line.substr(0, end)));
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return words;
}

Drain::Drain(const DrainOptions& options) : options_(options), nodes_(1) {}

// A node that is full keeps its last place for what is left.
std::size_t Drain::child_of(std::size_t node, const std::string& word) {
  const auto known = nodes_[node].children.find(word);
  if (known != nodes_[node].children.end()) return known->second;
  const auto rest = nodes_[node].children.find(any);
  const std::size_t others =
      nodes_[node].children.size() - (rest == nodes_[node].children.end() ? 0 : 1);
  const bool is_rest = has_digit(word) || others + 1 >= options_.children_max;
  if (is_rest && rest != nodes_[node].children.end()) return rest->second;
  const std::size_t made = nodes_.size();
  nodes_[node].children.emplace(is_rest ? std::string(any) : word, made);
  nodes_.emplace_back();
  return made;
}

std::size_t Drain::leaf_of(const Words& words) {
  const auto [length, is_new] = lengths_.try_emplace(words.size(), nodes_.size());
  if (is_new) nodes_.emplace_back();
  std::size_t node = length->second;
  const std::size_t looked_at = std::min(words.size(), options_.depth - 2);
  for (std::size_t i = 0; i < looked_at; ++i) node = child_of(node, words[i]);
  return node;
}

std::uint64_t Drain::add(std::string_view line) {
  const Words words = masked_words(line);
  const std::size_t leaf = leaf_of(words);
  std::optional<std::size_t> best;
  Likeness most;
  for (const std::size_t place : nodes_[leaf].templates) {
    const Likeness one = likeness(templates_[place], words);
    if (best && one <= most) continue;
    best = place;
    most = one;
  }
  const double needed = options_.similarity * static_cast<double>(words.size());
  if (!best || static_cast<double>(most.same) < needed) {
    nodes_[leaf].templates.push_back(templates_.size());
    templates_.push_back(words);
    return templates_.size() - 1;
  }
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (templates_[*best][i] != words[i]) templates_[*best][i] = any;
  }
  return *best;
}

}  // namespace retimu
