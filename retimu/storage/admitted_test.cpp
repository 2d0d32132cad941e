// SPDX-License-Identifier: Apache-2.0
#include "retimu/storage/admitted.hpp"

#include "retimu/core/random.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

TEST(AdmittedOrder, ComesBackAsItWas) {
  Random random(20'261'125);
  for (std::size_t size : {0U, 1U, 2U, 1'000U}) {
    std::vector<AdmittedRun> runs, back;
    for (std::size_t i = 0; i < size; ++i) {
      const std::uint64_t kind = random.below(4);
      const auto count = kind == 0 ? UINT32_MAX : static_cast<std::uint32_t>(1 + random.below(300));
      runs.push_back({static_cast<std::uint32_t>(random.below(300) * 14'000'000), count});
    }
    std::vector<std::byte> bytes;
    encode_runs(runs, bytes);
    ASSERT_TRUE(decode_runs(bytes, back));
    EXPECT_EQ(back, runs);
  }
}

TEST(AdmittedOrder, TakesTwoBytesARunOfTwoFiles) {
  std::vector<AdmittedRun> runs(1'000);
  for (std::size_t i = 0; i < runs.size(); ++i) runs[i] = {i % 2 == 0 ? 7U : UINT32_MAX, 1};
  std::vector<std::byte> bytes;
  encode_runs(runs, bytes);
  EXPECT_LE(bytes.size(), 2 * runs.size() + 16);
}

TEST(AdmittedOrder, DamagedBytesAreRefused) {
  std::vector<std::byte> bytes;
  encode_runs(std::vector<AdmittedRun>{{1, 3}, {2, 400}, {1, 1}}, bytes);
  std::vector<AdmittedRun> ignored;
  EXPECT_FALSE(decode_runs({}, ignored));
  EXPECT_FALSE(decode_runs(Bytes(bytes).first(bytes.size() - 1), ignored));
  std::vector<std::byte> wrong = bytes;
  wrong[3] = std::byte{9};  // a place beyond the partitions
  EXPECT_FALSE(decode_runs(wrong, ignored));
  wrong = bytes;
  wrong[0] = std::byte{0xFF};
  EXPECT_FALSE(decode_runs(wrong, ignored));
}

}  // namespace
}  // namespace retimu
