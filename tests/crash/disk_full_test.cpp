// SPDX-License-Identifier: Apache-2.0
// The disk is full at the n-th call that needs space, for n = 1, 2, 3 …: the program says so and
// ends with exit code 4, and a run with space goes on to the very same end.
#include "tests/crash/victim.hpp"

namespace retimu {
namespace {

// Few records: each run is as long as its evictions, and there are a hundred runs.
constexpr std::size_t hosts = 16, rows = 400;
constexpr std::uint64_t tidying_calls = 10;

class DiskFullLaw : public ::testing::TestWithParam<bool> {
 protected:
  static std::map<std::string, std::string> full_at(const Victim& victim, std::uint64_t call,
                                                    bool once) {
    std::map<std::string, std::string> environment = {
        {"LD_PRELOAD", RETIMU_FULL_DISK},
        {"ASAN_OPTIONS", "verify_asan_link_order=0"},
        {"RETIMU_FULL_DISK_DIR", victim.folder().path()},
        {"RETIMU_FULL_DISK_COUNT", victim.folder() / "calls"},
        {"RETIMU_FULL_DISK_AT", std::to_string(call)}};
    if (once) environment["RETIMU_FULL_DISK_ONCE"] = "1";
    return environment;
  }
  static bool is_clear(const std::string& errors) {
    // What was tried again before is in the log.
    const std::size_t last = errors.rfind("retimu: ");
    const bool is_line = last == 0 || (last != std::string::npos && errors[last - 1] == '\n');
    return is_line && (errors.find("No space left", last) != std::string::npos ||
                       errors.find("full", last) != std::string::npos);
  }
};

TEST_P(DiskFullLaw, ItIsToldAndNothingIsLost) {
  VictimOptions options = victims()[4];
  options.shards = 2;
  const std::string input = crash_input(rows, hosts);
  Victim undisturbed(options, input);
  ASSERT_EQ(undisturbed.run().code, 0);
  const Remains expected = undisturbed.remains();
  ASSERT_GE(count_changes(expected.alerts, "raised"), 10U);

  std::uint64_t calls = 0, tried = 0, told = 0;
  for (std::uint64_t call = 1;; call += 1 + call / 4) {
    Victim victim(options, input);
    const Outcome outcome = victim.run(full_at(victim, call, GetParam()));
    calls = std::stoull(read_file(victim.folder() / "calls"));
    if (calls < call) break;
    SCOPED_TRACE(fmt::format("full at call {}: {}", call, outcome.errors));
    ++tried;
    ASSERT_FALSE(outcome.was_killed);
    if (outcome.code != 0) {
      ++told;
      EXPECT_EQ(outcome.code, 4);
      EXPECT_TRUE(is_clear(outcome.errors));
    } else if (!GetParam()) {
      // All was said and kept: what ends a run only tidies up.
      EXPECT_LT(calls - call, tidying_calls) << call;
    }
    const Outcome after = victim.run();
    ASSERT_EQ(after.code, 0) << after.errors;
    ASSERT_TRUE(victim.remains() == expected);
  }
  fmt::print("{} calls need space; full at {} of them, told {} times\n", calls, tried, told);
  EXPECT_GE(tried, 30U);
  // Once: what is tried again succeeds, and deleting files that nobody needs may fail unnoticed.
  EXPECT_GE(told, GetParam() ? tried / 3 : tried - 1);
}

INSTANTIATE_TEST_SUITE_P(, DiskFullLaw, ::testing::Bool(),
                         [](const auto& test) { return test.param ? "once" : "from_then_on"; });

}  // namespace
}  // namespace retimu
