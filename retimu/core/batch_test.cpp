// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/batch.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <string>

namespace retimu {
namespace {

bool is_aligned(const void* at, std::size_t alignment) {
  return reinterpret_cast<std::uintptr_t>(at) % alignment == 0;
}

TEST(ArenaMemory, KeepsWhatItCopied) {
  Arena arena;
  std::vector<std::string> texts;
  std::vector<std::string_view> views;
  for (std::size_t i = 0; i < 5'000; ++i) {
    texts.push_back(std::string(i % 300, static_cast<char>('a' + i % 26)));
    views.push_back(arena.copy(texts.back()));
  }
  for (std::size_t i = 0; i < texts.size(); ++i) EXPECT_EQ(views[i], texts[i]);
}

TEST(ArenaMemory, AlignsEveryType) {
  Arena arena;
  for (std::size_t i = 0; i < 20'000; ++i) {
    (void)arena.copy(std::string_view("xxxxxxx").substr(0, i % 8));
    const std::span<double> values = arena.make<double>(i % 50);
    EXPECT_TRUE(is_aligned(values.data(), alignof(double)));
    for (double& value : values) value = 1;
    EXPECT_TRUE(is_aligned(arena.allocate(3, 16), 16));
  }
}

TEST(ArenaMemory, TakesMoreThanABlockAtOnce) {
  Arena arena;
  const std::string_view before = arena.copy("before");
  const std::span<std::byte> large = arena.make<std::byte>(3'000'000);
  std::fill(large.begin(), large.end(), std::byte{7});
  const std::string_view after = arena.copy("after");
  EXPECT_EQ(before, "before");
  EXPECT_EQ(after, "after");
  EXPECT_EQ(large.back(), std::byte{7});
}

TEST(ArenaMemory, IsUsedAgainAfterClear) {
  Arena arena;
  const auto fill = [&arena] {
    for (int i = 0; i < 100; ++i) {
      (void)arena.make<double>(1'000);
      (void)arena.copy(std::string(10'000, 'x'));
    }
    (void)arena.make<std::byte>(1'000'000);
  };
  fill();
  const std::size_t held = arena.bytes();
  EXPECT_GE(held, 100 * (8'000 + 10'000) + 1'000'000U);
  for (int round = 0; round < 10; ++round) {
    arena.clear();
    fill();
    EXPECT_EQ(arena.bytes(), held);
  }
}

TEST(ArenaMemory, BlocksOfChangingSizesDoNotOverlap) {
  Arena arena;
  for (std::size_t round = 0; round < 20; ++round) {
    arena.clear();
    std::vector<std::span<std::uint64_t>> parts;
    for (std::size_t i = 0; i < 40; ++i) {
      parts.push_back(arena.make<std::uint64_t>((i * 7'919 + round * 104'729) % 60'000));
      std::fill(parts.back().begin(), parts.back().end(), i);
    }
    for (std::size_t i = 0; i < parts.size(); ++i) {
      for (const std::uint64_t value : parts[i]) ASSERT_EQ(value, i);
    }
  }
}

TEST(Batches, AreEmptyAfterClear) {
  Batch batch;
  batch.keep_origins = true;
  batch.events.emplace_back();
  batch.rejected.emplace_back();
  batch.origins.emplace_back();
  batch.clear();
  EXPECT_TRUE(batch.events.empty() && batch.rejected.empty() && batch.origins.empty());
  EXPECT_TRUE(batch.keep_origins);
}

}  // namespace
}  // namespace retimu
