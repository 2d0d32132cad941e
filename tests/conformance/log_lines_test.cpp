// SPDX-License-Identifier: Apache-2.0
// Log lines that say what is known already cost no allocation.
#include "retimu/text/log_header.hpp"
#include "retimu/text/scanner.hpp"
#include "retimu/text/template_miner.hpp"
#include "tests/conformance/allocations.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace retimu::conformance {
namespace {

TEST(LogLinesTest, NoAllocationOnceWarm) {
  std::vector<std::string> lines;
  for (int i = 0; i < 200; ++i) {
    lines.push_back(
        fmt::format("2024-03-04 05:06:{:02d} INFO pump[{}]: valve {} moved to {} %, was "
                    "[a, b, {}] (1.2 KB)",
                    i % 60, i, i, i % 100, i));
    lines.push_back(std::string(static_cast<std::size_t>(i * 1'000), i % 2 == 0 ? ';' : '7'));
  }
  Scanner scanner;
  TemplateMiner miner;
  for (const std::string& line : lines) {
    (void)miner.add(scanner.scan(read_log_header(line).content));
  }
  const std::uint64_t before = allocations;
  for (const std::string& line : lines) {
    const Signature signature = scanner.scan(read_log_header(line).content);
    ASSERT_TRUE(miner.find(signature));
    (void)miner.root(miner.add(signature));
    (void)scanner.numbers();
  }
  EXPECT_EQ(allocations, before);
}

}  // namespace
}  // namespace retimu::conformance
