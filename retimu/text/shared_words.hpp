// SPDX-License-Identifier: Apache-2.0
// In which places of which statements a word was seen: words that vary in two statements are names
// ("root", "git"), words that vary in one may be what it says ("started", "stopped").
#ifndef RETIMU_TEXT_SHARED_WORDS_HPP
#define RETIMU_TEXT_SHARED_WORDS_HPP

#include "retimu/core/state.hpp"
#include "retimu/text/flat_map.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace retimu {

class SharedWords {
 public:
  static constexpr std::size_t words_max = 262'144;
  static constexpr std::size_t places_max = 32;  // of a word; later ones are not kept

  // `place` is a number of the caller's.
  void add(std::uint64_t word, std::uint64_t place);
  std::span<const std::uint64_t> places(std::uint64_t word) const;
  std::size_t size() const { return list_.size(); }
  std::size_t bytes() const;
  void clear();
  // Places are below `places_end`.
  void visit(StateVisitor& visitor, std::uint64_t places_end);

 private:
  struct Word {
    std::uint64_t word = 0;
    std::vector<std::uint64_t> places;
  };
  std::vector<Word> list_;
  FlatMap index_;
};

}  // namespace retimu

#endif
