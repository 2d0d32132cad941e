// SPDX-License-Identifier: Apache-2.0
#include "retimu/simulator/throughput.hpp"

#include "retimu/core/hash.hpp"
#include "retimu/simulator/output_file.hpp"

#include <gtest/gtest.h>

#include <charconv>
#include <filesystem>
#include <set>

namespace retimu {
namespace {

std::string lines_of(const ThroughputOptions& options, std::uint64_t lines) {
  ThroughputGenerator generator(options);
  std::string text;
  generator.append(text, lines);
  EXPECT_EQ(generator.lines(), lines);
  return text;
}

TEST(Throughput, SameBytesInAnyPortionsOnEveryMachine) {
  const std::string whole = lines_of({}, 5'000);
  ThroughputGenerator generator({});
  std::string parts;
  for (const std::uint64_t lines : {1, 36, 963, 4'000}) generator.append(parts, lines);
  EXPECT_EQ(parts, whole);
  EXPECT_NE(lines_of({.seed = 2}, 5'000), whole);
  EXPECT_EQ(hash(whole), 11951985949391016526U);
}

TEST(Throughput, LinesAreAboutAHundredAndFiftyBytesInOrder) {
  for (const std::uint64_t entities : {1ULL, 1'000ULL, 100'000ULL}) {
    const std::uint64_t count = 3 * entities + 50;
    const std::string text = lines_of({.entities = entities}, count);
    const double mean = static_cast<double>(text.size()) / static_cast<double>(count);
    EXPECT_NEAR(mean, 150, 4) << entities;
    std::string_view left = text;
    std::uint64_t last = 0, line_number = 0;
    std::set<std::string> names;
    while (!left.empty()) {
      const std::string_view line = left.substr(0, left.find('\n'));
      left.remove_prefix(line.size() + 1);
      ASSERT_TRUE(line.starts_with("{\"ts\":"));
      std::uint64_t time = 0;
      std::from_chars(line.data() + 6, line.data() + line.size(), time);
      ASSERT_GE(time, last) << line;
      // Each turn of all entities takes one second.
      ASSERT_EQ(time / 1'000, 1'700'006'400 + line_number / entities) << line;
      last = time;
      ++line_number;
      names.emplace(line.substr(line.find("\"host\":"), 22));
      ASSERT_EQ(std::count(line.begin(), line.end(), ':'), 6) << line;
      ASSERT_TRUE(line.ends_with('}'));
    }
    EXPECT_EQ(names.size(), entities);
  }
}

TEST(Throughput, WritesAFile) {
  const std::string path = testing::TempDir() + "retimu_throughput.jsonl";
  ASSERT_TRUE(write_throughput({.entities = 7}, 20'000, path));
  EXPECT_EQ(*read_whole(path), lines_of({.entities = 7}, 20'000));
  std::filesystem::remove(path);
  EXPECT_EQ(write_throughput({.entities = 0}, 1, path).error().fault, Fault::usage);
}

}  // namespace
}  // namespace retimu
