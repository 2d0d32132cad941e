// SPDX-License-Identifier: Apache-2.0
// The hash is part of the stored formats: these values were computed by a program of their own and
// must never change.
#include "retimu/core/hash.hpp"

#include "retimu/core/event.hpp"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <string>

namespace retimu {
namespace {

TEST(Hash, NeverChanges) {
  EXPECT_EQ(hash(""), 0xe16e3c3a49961f6dULL);
  EXPECT_EQ(hash("a"), 0x4211b48e165f408bULL);
  EXPECT_EQ(hash("pump2"), 0xf6923150a223473aULL);
  EXPECT_EQ(hash("12345678"), 0xb6608538bc8f8263ULL);
  EXPECT_EQ(hash("host-17.example.org"), 0xe4374207f908721bULL);
  EXPECT_EQ(hash("host-17.example.org", 1), 0x04f932ab7e892f27ULL);
  std::string all;
  for (int i = 0; i < 64; ++i) all += static_cast<char>(i);
  EXPECT_EQ(hash(all), 0x85031c1b2d25b158ULL);
  EXPECT_EQ(group_of(hash("pump2")), GroupId{0x3a});
}

TEST(Hash, DependsOnEveryBitLengthAndSeed) {
  const std::string text(37, 'x');
  const std::uint64_t whole = hash(text);
  for (std::size_t bit = 0; bit < 8 * text.size(); ++bit) {
    std::string other = text;
    other[bit / 8] = static_cast<char>(other[bit / 8] ^ (1 << bit % 8));
    const int changed = std::popcount(hash(other) ^ whole);
    EXPECT_GT(changed, 8) << "bit " << bit;
    EXPECT_LT(changed, 56) << "bit " << bit;
  }
  EXPECT_NE(hash(std::string(8, '\0')), hash(std::string(7, '\0')));
  EXPECT_NE(hash(text, 1), whole);
}

TEST(Hash, SpreadsNamesOverTheGroups) {
  std::array<int, group_count> counts{};
  constexpr int names = 64'000;
  for (int i = 0; i < names; ++i) {
    ++counts[static_cast<std::size_t>(group_of(hash("host" + std::to_string(i))))];
  }
  // 1,000 each, standard deviation 31.4: seven of them.
  for (const int count : counts) EXPECT_NEAR(count, names / static_cast<int>(group_count), 220);
}

TEST(Hash, MixesTheBitsOfADouble) {
  EXPECT_EQ(mix(5, 1.5), mix(5, std::bit_cast<std::uint64_t>(1.5)));
  EXPECT_NE(mix(5, 0.0), mix(5, -0.0));
}

}  // namespace
}  // namespace retimu
