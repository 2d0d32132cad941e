// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/half_space_cuts.hpp"

#include "retimu/core/hash.hpp"
#include "retimu/core/random.hpp"

namespace retimu {

HalfSpaceCuts::HalfSpaceCuts(std::size_t trees, std::size_t depth, std::uint64_t seed)
    : depth_(depth), draws_(trees), shifts_(trees) {
  Random random(mix(seed, hash("half_space_trees")));
  for (std::size_t tree = 0; tree < trees; ++tree) {
    for (std::uint32_t& draw : draws_[tree])
      draw = static_cast<std::uint32_t>(random.next() >> 32U);
    for (std::int32_t& shift : shifts_[tree]) {
      shift = static_cast<std::int32_t>(random.below(one_place));
    }
  }
  for (std::size_t columns = 1; columns <= known_columns; ++columns) {
    for (std::size_t tree = 0; tree < trees; ++tree) {
      const Picks all = picks(tree, columns);
      std::ranges::copy(all, known_picks_[columns].emplace_back().begin());
    }
  }
  std::vector<std::uint64_t> cuts(std::size_t{1} << depth_);
  for (std::vector<std::uint8_t>& bits : cut_bits_) bits.resize(trees << depth_);
  for (std::size_t tree = 0; tree < trees; ++tree) {
    for (std::uint64_t& cut : cuts) cut = random.next();
    for (std::size_t count = 1; count <= picks_max; ++count) {
      std::vector<std::size_t> picks(cuts.size());
      for (std::size_t node = 0; node < cuts.size(); ++node) {
        picks[node] = Random(cuts[node]).below(count);
      }
      cut_tree(tree, count, picks);
    }
  }
}

void HalfSpaceCuts::cut_tree(std::size_t tree, std::size_t count,
                             std::span<const std::size_t> picks) {
  for (std::size_t node = 1; node < picks.size(); ++node) {
    std::size_t earlier = 0;
    for (std::size_t above = node / 2; above > 0; above /= 2) {
      earlier += picks[above] == picks[node] ? 1 : 0;
    }
    cut_bits_[count - 1][(tree << depth_) + node] =
        static_cast<std::uint8_t>(place_bits * picks[node] + place_bits - 1 - earlier);
  }
}

HalfSpaceCuts::Picks HalfSpaceCuts::picks(std::size_t tree, std::size_t columns) const {
  const std::array<std::uint32_t, picks_max>& draws = draws_[tree];
  const auto draw = [](std::uint64_t random, std::size_t bound) { return (random * bound) >> 32U; };
  Picks picks{draw(draws[0], columns), 0, 0};
  if (columns < 2) return picks;
  picks[1] = draw(draws[1], columns - 1);
  picks[1] += picks[1] >= picks[0] ? 1 : 0;
  if (columns < 3) return picks;
  picks[2] = draw(draws[2], columns - 2);
  picks[2] += picks[2] >= std::min(picks[0], picks[1]) ? 1 : 0;
  picks[2] += picks[2] >= std::max(picks[0], picks[1]) ? 1 : 0;
  return picks;
}

void HalfSpaceCuts::descend_known(std::size_t columns, Places places, Leaves leaves) const {
  static_assert(picks_max == 3 && usual_depth == 5);
  const std::array<std::uint8_t, picks_max>* picked = known_picks_[columns].data();
  const std::array<std::int32_t, picks_max>* shift = shifts_.data();
  const std::uint8_t* bits = bits_of(columns).data();
  for (std::uint16_t& leaf : leaves) {
    const std::uint64_t word = moved(places[(*picked)[0]], (*shift)[0], 0) |
                               moved(places[(*picked)[1]], (*shift)[1], 1) |
                               moved(places[(*picked)[2]], (*shift)[2], 2);
    const auto down = [&](std::size_t node) { return child(node, word, bits); };
    leaf = static_cast<std::uint16_t>(down(down(down(down(down(1))))));
    ++picked;
    ++shift;
    bits += std::size_t{1} << usual_depth;
  }
}

std::size_t HalfSpaceCuts::pick_of(std::size_t tree, std::size_t node, std::size_t columns) const {
  return bits_of(columns)[(tree << depth_) + node] / place_bits;
}

}  // namespace retimu
