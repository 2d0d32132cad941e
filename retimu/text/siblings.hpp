// SPDX-License-Identifier: Apache-2.0
// Signatures that are equal but for one word, and when that word is a variable.
//
// A node is a signature without its word i. The words seen there are a variable when there are
//   8 of them, or 64 where the word is the first of its line;
//   2, if one is a variable already, or the word before is "user", "host" and the like;
//   3 (2 behind "=" or ":"), if a node of another length varies over the same words.
// Where only one other word remains it takes 16, and 4 with a variable; one must. Words that say
// how something is ("true", "disabled") never are one.
//
// Cost of a signature: one look-up a word. Bounded: nodes_max, and positions_max of a signature.
#ifndef RETIMU_TEXT_SIBLINGS_HPP
#define RETIMU_TEXT_SIBLINGS_HPP

#include "retimu/core/state.hpp"
#include "retimu/text/flat_map.hpp"
#include "retimu/text/shared_words.hpp"
#include "retimu/text/signature.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace retimu {

class Siblings {
 public:
  static constexpr std::size_t nodes_max = 262'144;
  static constexpr std::size_t positions_max = 128;
  static constexpr std::size_t words_max = 64;  // of a node

  struct Sibling {
    std::uint64_t word = 0;
    std::uint32_t member = 0;  // place in Templates
  };
  struct Node {
    std::uint64_t key = 0;
    std::uint32_t length = 0, position = 0;  // of the signatures
    std::uint32_t needed = 0;                // distinct words, by the place alone
    std::uint32_t needed_typed = 0;          // where one is a variable; 0: never
    std::uint32_t needed_shared = 0;         // with another node; 0: never
    bool is_merged = false;
    bool has_variable = false;  // among the words
    std::vector<Sibling> siblings;
  };

  struct Gain {  // a node that has seen a new word, or that was merged before it was found
    std::uint32_t node = 0;
    std::uint64_t word = 0;
  };
  // The merged nodes that a signature belongs to, with its word there; valid until the next call.
  std::span<const Gain> merged_nodes(std::span<const Item> items);
  // Adds a signature to all its nodes; gives those that gained by it, and the merged ones.
  std::span<const Gain> add(std::span<const Item> items, std::uint32_t member);
  // Adds a word to a merged node; false if it has seen it, or enough.
  bool add_word(const Gain& gain, std::uint32_t member);
  // Whether the node is to be merged now.
  bool is_ready(std::uint32_t node) const;
  // Other nodes that are to be merged because this one gained a word of theirs.
  void find_partners(const Gain& gain, std::vector<std::uint32_t>& to) const;
  void set_merged(std::uint32_t node) { nodes_[node].is_merged = true; }
  const Node& node(std::uint32_t at) const { return nodes_[at]; }

  std::size_t size() const { return nodes_.size(); }
  std::size_t bytes() const;
  bool is_full() const {
    return nodes_.size() + positions_max >= nodes_max || words_.size() >= SharedWords::words_max;
  }
  // Members move or, with FlatMap::none, are forgotten; nodes without members go.
  void move_members(std::span<const std::uint32_t> moved);

  // `sizes`: number of items of each template, to check what is read.
  void visit(StateVisitor& visitor, std::span<const std::uint32_t> sizes);

 private:
  struct Place {
    std::uint64_t key = 0;
    std::uint32_t position = 0, needed = 0, needed_typed = 0, needed_shared = 0;
  };
  static Place place_of(std::span<const Item> items, std::uint32_t i, bool is_alone);
  // Where a word of the signature may vary, and the keys of the nodes, into places_.
  void find_places(std::span<const Item> items);
  bool add_sibling(std::uint32_t at, Sibling sibling);
  void index();

  std::vector<Node> nodes_;
  FlatMap by_key_;
  SharedWords words_;  // nodes with two words or more, by their words
  std::vector<Place> places_;
  std::vector<std::uint64_t> tails_;
  std::vector<Gain> found_;
};

}  // namespace retimu

#endif
