// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/state.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

namespace retimu {
namespace {

// A state with a cell of every type, a fixed array and a list whose length is stored.
struct Sample {
  double level = 0;
  float weight = 0;
  std::int64_t time = 0;
  std::uint64_t seed = 0;
  std::uint32_t count = 0;
  std::uint16_t mass = 0;
  std::uint8_t flag = 0;
  std::array<double, 3> window{};
  std::vector<std::uint32_t> list;
  std::uint32_t version = 0;

  static constexpr std::size_t list_max = 10;
  void visit(StateVisitor& visitor, std::uint32_t current = 2) {
    version = visitor.version(current);
    visitor.cell("level", level);
    visitor.cell("weight", weight);
    visitor.cell("time", time);
    visitor.cell("seed", seed);
    visitor.cell("count", count);
    visitor.cell("mass", mass);
    visitor.cell("flag", flag);
    visitor.cells("window", std::span<double>(window));
    list.resize(visitor.count("list", list.size(), list_max));
    visitor.cells("list", std::span<std::uint32_t>(list));
  }
  friend bool operator==(const Sample&, const Sample&) = default;
};

Sample sample() {
  return {-0.0,      0.5F,   -3, UINT64_MAX,
          7,         65'535, 1,  {1, 2, std::numeric_limits<double>::infinity()},
          {4, 5, 6}, 2};
}

std::vector<std::byte> written(Sample state) {
  std::vector<std::byte> bytes;
  StateWriter writer(bytes);
  state.visit(writer);
  EXPECT_FALSE(writer.failed());
  return bytes;
}

TEST(States, ComeBackAsTheyWere) {
  const std::vector<std::byte> bytes = written(sample());
  EXPECT_EQ(bytes.size(), 4U + 8 + 4 + 8 + 8 + 4 + 2 + 1 + 3 * 8 + 4 + 3 * 4);
  StateReader reader(bytes);
  Sample read;
  read.visit(reader);
  EXPECT_TRUE(reader.finished());
  EXPECT_EQ(read, sample());
  EXPECT_TRUE(std::signbit(read.level));
}

TEST(States, AreLittleEndianAndPositional) {
  std::vector<std::byte> bytes;
  StateWriter writer(bytes);
  writer.version(0x01020304);
  std::uint16_t cell = 0x0506;
  writer.cell("any name", cell);
  EXPECT_EQ(bytes, (std::vector<std::byte>{std::byte{4}, std::byte{3}, std::byte{2}, std::byte{1},
                                           std::byte{6}, std::byte{5}}));
}

TEST(States, CutOffAnywhereFail) {
  const std::vector<std::byte> bytes = written(sample());
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    StateReader reader{std::span(bytes).first(length)};
    Sample read;
    read.visit(reader);
    EXPECT_TRUE(reader.failed()) << length;
    EXPECT_FALSE(reader.finished()) << length;
  }
}

TEST(States, WithBytesLeftOverAreNotFinished) {
  std::vector<std::byte> bytes = written(sample());
  bytes.push_back(std::byte{0});
  StateReader reader(bytes);
  Sample read;
  read.visit(reader);
  EXPECT_FALSE(reader.failed());
  EXPECT_FALSE(reader.finished());
}

TEST(States, OfAnOlderVersionAreReadAndOfANewerOneNot) {
  std::vector<std::byte> bytes = written(sample());
  bytes[0] = std::byte{1};
  StateReader older(bytes);
  Sample read;
  read.visit(older);
  EXPECT_TRUE(older.finished());
  EXPECT_EQ(read.version, 1U);
  for (const unsigned version : {0U, 3U, 255U}) {
    bytes[0] = static_cast<std::byte>(version);
    StateReader reader(bytes);
    Sample other;
    other.visit(reader);
    EXPECT_TRUE(reader.failed()) << version;
  }
}

TEST(States, LengthsBeyondTheirBoundFail) {
  Sample large = sample();
  large.list.assign(Sample::list_max, 1);
  std::vector<std::byte> bytes = written(large);
  const std::size_t length_at = bytes.size() - 4 * Sample::list_max - 4;
  ASSERT_EQ(bytes[length_at], std::byte{Sample::list_max});
  bytes[length_at] = std::byte{Sample::list_max + 1};
  StateReader reader(bytes);
  Sample read;
  read.visit(reader);
  EXPECT_TRUE(reader.failed());
  EXPECT_TRUE(read.list.empty());
}

TEST(States, AfterAFailureNothingIsFilled) {
  const std::vector<std::byte> bytes(3);
  StateReader reader(bytes);
  std::uint64_t cell = 77;
  reader.cell("cell", cell);
  EXPECT_TRUE(reader.failed());
  std::uint8_t small = 55;
  reader.cell("small", small);
  EXPECT_EQ(cell, 77U);
  EXPECT_EQ(small, 55U);
}

TEST(States, GiveBytesAsTheyStand) {
  const std::vector<std::byte> bytes = {std::byte{1}, std::byte{2}, std::byte{3}};
  StateReader reader(bytes);
  const auto first = reader.take_bytes(2);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->data(), bytes.data());
  EXPECT_EQ(first->size(), 2U);
  EXPECT_EQ(reader.take_bytes(2), std::nullopt);
  EXPECT_TRUE(reader.failed());
}

}  // namespace
}  // namespace retimu
