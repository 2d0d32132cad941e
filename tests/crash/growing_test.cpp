// SPDX-License-Identifier: Apache-2.0
// Law 2 where files grow: the process is killed while one of several files has been read to its
// end, and finds it longer when it is started again.
#include "retimu/core/fail_point.hpp"
#include "tests/crash/victim.hpp"

#include <regex>

namespace retimu {
namespace {

constexpr std::size_t files = 3, rows = 520;

std::string file_name(std::size_t file) { return fmt::format("events{}.jsonl", file); }

// Hosts stay within their file.
// By detectors that tell nothing while all is calm: an episode that is open where a file ends would
// be ended by the clock of the others.
VictimOptions options() {
  return {"growing",
          2,
          "",
          "snapshot_interval = \"20ms\"\nprofile = \"light\"",
          {file_name(0), file_name(1), file_name(2)}};
}

class GrowingFiles : public ::testing::Test {
 protected:
  GrowingFiles() : whole_(options(), {}) {
    const std::vector<std::string> lines = lines_of(crash_input(rows));
    for (const std::string& line : lines) {
      const std::size_t at = line.find("\"host") == line.npos
                                 ? 0
                                 : line.find_first_of("0123456789", line.rfind("host"));
      texts_[at == 0 ? 0 : static_cast<std::size_t>(std::stoul(line.substr(at))) % files] +=
          line + "\n";
    }
    grow(whole_, {1, 1, 1});
    EXPECT_EQ(whole_.run().code, 0);
    expected_ = whole_.remains();
  }
  using Shares = std::array<double, files>;
  // Each file up to a share of its bytes, whether or not a line ends there.
  void grow(const Victim& victim, const Shares& shares) const {
    for (std::size_t i = 0; i < files; ++i) {
      const auto bytes = static_cast<double>(texts_[i].size());
      write_file(victim.folder() / file_name(i),
                 texts_[i].substr(0, static_cast<std::size_t>(bytes * shares[i])));
    }
  }
  // In which order files are read depends on when they grew; what is said of an entity does not.
  static std::vector<std::string> told(const std::string& alerts) {
    static const std::regex sequence(",\"sequence\":[0-9]+");
    std::vector<std::string> lines = lines_of(std::regex_replace(alerts, sequence, ""));
    std::ranges::sort(lines);
    return lines;
  }

  std::array<std::string, files> texts_;
  Victim whole_;
  Remains expected_;
};

TEST_F(GrowingFiles, AreReadOnceHoweverOftenTheProcessIsKilled) {
  ASSERT_GE(count_changes(expected_.alerts, "raised"), 100U);
  // All but one end before the first spike: silence, which depends on the others, ends no episode.
  const std::array<Shares, 4> stages{{{.5, 1, .45}, {.5, 1, .57}, {.57, 1, .57}, {1, 1, 1}}};
  std::size_t kills = 0;
  for (const std::string_view place : storage_fail_points) {
    if (place.starts_with("entities.")) continue;
    for (const int passing : {1, 7, 40}) {
      SCOPED_TRACE(fmt::format("{}:{}", place, passing));
      const Victim victim(options(), {});
      for (const Shares& shares : stages) {
        grow(victim, shares);
        const Outcome outcome =
            victim.run({{"RETIMU_FAIL_POINT", fmt::format("{}:{}", place, passing)}});
        ASSERT_TRUE(outcome.was_killed || outcome.code == 0) << outcome.errors;
        kills += outcome.was_killed ? 1 : 0;
        victim.expect_orderly(false);
      }
      const Outcome outcome = victim.run();
      ASSERT_EQ(outcome.code, 0) << outcome.errors;
      const Remains remains = victim.remains();
      EXPECT_EQ(remains.records, expected_.records);
      EXPECT_EQ(remains.entities, expected_.entities);
      EXPECT_EQ(told(remains.alerts), told(expected_.alerts));
      EXPECT_EQ(lines_of(remains.dead_letters).size(), lines_of(expected_.dead_letters).size());
    }
  }
  EXPECT_GE(kills, 50U);
  fmt::print("killed {} times\n", kills);
}

}  // namespace
}  // namespace retimu
