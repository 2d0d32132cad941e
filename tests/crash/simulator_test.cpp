// SPDX-License-Identifier: Apache-2.0
// Law 2 where nothing lies on the disk: a simulated world is made anew from its seed, so that a
// kill is not seen in what was told, and a replay says the same.
#include "tests/crash/victim.hpp"

#include "retimu/core/random.hpp"

namespace retimu {
namespace {

constexpr std::string_view pipeline =
    "[pipeline]\ndata_dir = \"state\"\nsnapshot_interval = \"20ms\"\n"
    "[[source]]\ntype = \"simulator\"\nseed = 3\nentities = 10\nduration = \"3h\"\nfaults = 2\n"
    "[[sink]]\ntype = \"jsonl\"\npath = \"alerts.jsonl\"\n";

struct Left {
  std::string alerts;
  std::vector<std::string> entities;
};

Command command(const TemporaryFolder& folder) {
  return {{"run", "pipeline.toml", "--json"}, folder.path(), {}};
}

Left left_in(const TemporaryFolder& folder) {
  const Result<Inspection> found = inspect(folder / "state");
  EXPECT_TRUE(found);
  return {read_file(folder / "alerts.jsonl"),
          found ? digests(found->entities) : std::vector<std::string>()};
}

TEST(SimulatorKills, AreNotSeenInWhatWasTold) {
  const TemporaryFolder whole, killed;
  for (const TemporaryFolder* folder : {&whole, &killed}) {
    write_file(*folder / "pipeline.toml", std::string(pipeline));
  }
  ASSERT_EQ(run_program(command(whole)).code, 0);
  const Left expected = left_in(whole);
  ASSERT_EQ(expected.entities.size(), 10U);
  ASSERT_GT(lines_of(expected.alerts).size(), 2U);
  Random random(1);
  int kills = 0;
  for (; kills < 12; ++kills) {
    Process process(command(killed));
    if (process.ends_within(std::chrono::milliseconds(50 + random.next() % 400))) break;
    process.signal(SIGKILL);
    (void)process.wait();
  }
  EXPECT_GT(kills, 1);
  ASSERT_EQ(run_program(command(killed)).code, 0);
  const Left found = left_in(killed);
  EXPECT_EQ(found.alerts, expected.alerts);
  EXPECT_EQ(found.entities, expected.entities);
  const Outcome replay = run_program(
      {{"replay", "state", "--config", "pipeline.toml", "--digest"}, killed.path(), {}});
  EXPECT_EQ(replay.code, 0) << replay.errors;
  for (const std::string& line : expected.entities) {
    std::string name, events, digest;
    std::istringstream(line) >> name >> events >> digest;
    const std::string same = fmt::format("{} {} {}\n", digest, events, name);
    EXPECT_NE(replay.output.find(same), std::string::npos) << same;
  }
}

}  // namespace
}  // namespace retimu
