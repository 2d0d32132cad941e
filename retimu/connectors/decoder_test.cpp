// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/decoder.hpp"
#include "retimu/core/random.hpp"

#include <gtest/gtest.h>

#include <map>

namespace retimu {
namespace {

std::optional<std::string> join(std::vector<std::string_view> parts) {
  std::string name = "before";
  if (!join_entity(parts, name)) return std::nullopt;
  return name;
}

TEST(EntityName, IsItsOnePart) {
  EXPECT_EQ(join({"host1"}), "host1");
  EXPECT_EQ(join({"a/b\\c"}), "a/b\\c");
  EXPECT_EQ(join({""}), std::nullopt);
  EXPECT_EQ(join({std::string(1'024, 'x')}), std::string(1'024, 'x'));
  EXPECT_EQ(join({std::string(1'025, 'x')}), std::nullopt);
}

TEST(EntityName, JoinsItsParts) {
  EXPECT_EQ(join({"site", "host"}), "site/host");
  EXPECT_EQ(join({"a/b", "c"}), "a\\/b/c");
  EXPECT_EQ(join({"a\\", "c"}), "a\\\\/c");
  EXPECT_EQ(join({"a", ""}), std::nullopt);
  EXPECT_EQ(join({std::string(600, 'x'), std::string(600, 'x')}), std::nullopt);
}

TEST(EntityName, IsAnotherForOtherParts) {
  constexpr std::string_view alphabet = "a/\\";
  std::map<std::string, std::vector<std::string>> seen;
  Random random(4);
  for (int i = 0; i < 20'000; ++i) {
    std::vector<std::string> parts(2);
    for (std::string& part : parts) {
      for (std::uint64_t left = 1 + random.below(4); left > 0; --left) {
        part += alphabet[random.below(alphabet.size())];
      }
    }
    const auto [at, is_new] = seen.emplace(*join({parts[0], parts[1]}), parts);
    ASSERT_EQ(at->second, parts) << at->first;
  }
}

TEST(EventTime, IsAnEpochNumberOrADate) {
  EXPECT_EQ(parse_time("1764072000"), 1'764'072'000 * second);
  EXPECT_EQ(parse_time("2025-11-25T12:00:00Z"), 1'764'072'000 * second);
  EXPECT_EQ(parse_time("2025"), 2'025 * second);
  EXPECT_EQ(parse_time(""), std::nullopt);
  EXPECT_EQ(parse_time("-"), std::nullopt);
  EXPECT_EQ(parse_time("yesterday"), std::nullopt);
}

TEST(Rejected, KeepsTheBeginningOfItsText) {
  Batch batch;
  const std::string text(10'000, 'x');
  reject(batch, {text, 7}, {2, 7}, 3, "then", "why");
  ASSERT_EQ(batch.rejected.size(), 1U);
  EXPECT_EQ(batch.rejected[0].text, std::string(4'096, 'x'));
  EXPECT_EQ(batch.rejected[0].reason, "why");
  EXPECT_EQ(batch.rejected[0].time_text, "then");
  EXPECT_EQ(batch.rejected[0].row, 3U);
  EXPECT_EQ(batch.rejected[0].position, (Position{2, 7}));
}

}  // namespace
}  // namespace retimu
