// SPDX-License-Identifier: Apache-2.0
// The reference for log templates: Drain (He, Zhu, Zheng, Lyu, "Drain: An online log parsing
// approach with fixed depth tree", ICWS 2017), with one configuration for every system: depth 4,
// similarity 0.4, 100 children, and masks over what is a number in any text. A line goes down a
// tree by its number of words and its first words, one with a digit as <*>, to a list of templates;
// it is of the one that has most words in common, if these are enough, whose other words become
// <*>.
#ifndef RETIMU_EVALUATION_DRAIN_HPP
#define RETIMU_EVALUATION_DRAIN_HPP

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace retimu {

struct DrainOptions {
  std::size_t depth = 4;  // of the tree with root and leaves: two less is the words looked at
  double similarity = 0.4;
  std::size_t children_max = 100;
};

class Drain {
 public:
  explicit Drain(const DrainOptions& options);

  // The number of the line's template, which it keeps: they count from 0 and are never merged.
  std::uint64_t add(std::string_view line);
  std::size_t templates() const { return templates_.size(); }

 private:
  using Words = std::vector<std::string>;
  struct Node {
    std::map<std::string, std::size_t, std::less<>> children;  // places in nodes_
    std::vector<std::size_t> templates;
  };
  std::size_t leaf_of(const Words& words);
  std::size_t child_of(std::size_t node, const std::string& word);

  DrainOptions options_;
  std::vector<Node> nodes_;                     // the first is the root
  std::map<std::size_t, std::size_t> lengths_;  // by number of words
  std::vector<Words> templates_;
};

// Words between blanks, with <*> over numbers, hexadecimal ones and addresses that no letter or
// digit touches.
std::vector<std::string> masked_words(std::string_view line);

}  // namespace retimu

#endif
