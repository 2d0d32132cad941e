// SPDX-License-Identifier: Apache-2.0
#include "retimu/simulator/faults.hpp"

#include "retimu/core/hash.hpp"
#include "retimu/simulator/output_file.hpp"

#include <gtest/gtest.h>

#include <charconv>
#include <filesystem>
#include <map>

namespace retimu {
namespace {

std::string folder_of(std::string_view name) {
  const std::string folder = fmt::format("{}retimu_faults_{}", testing::TempDir(), name);
  std::filesystem::remove_all(folder);
  return folder;
}

Result<FaultsSimulation> simulate(const FaultsOptions& options, std::string& text) {
  return simulate_faults(options, [&](std::string_view line) -> Result<void> {
    text += line;
    return {};
  });
}

double value_of(std::string_view line, std::string_view key) {
  const std::string quoted = fmt::format("\"{}\":", key);
  const std::size_t at = line.find(quoted);
  if (at == std::string_view::npos) return -1;
  double value = 0;
  std::from_chars(line.data() + at + quoted.size(), line.data() + line.size(), value);
  return value;
}

TEST(SimulateFaults, SameOptionsSameBytesOnEveryMachine) {
  std::string first, again, other;
  ASSERT_TRUE(simulate({.hours = 4, .faults = 3}, first));
  ASSERT_TRUE(simulate({.hours = 4, .faults = 3}, again));
  ASSERT_TRUE(simulate({.seed = 2, .hours = 4, .faults = 3}, other));
  EXPECT_EQ(first, again);
  EXPECT_NE(first, other);
  // Written down once; another figure here means that readings have changed.
  EXPECT_EQ(hash(first), 3902804737728404286U);
}

TEST(SimulateFaults, ReadingsAreAsMarkedAndInOrder) {
  std::string text;
  const auto simulation = simulate({}, text);
  ASSERT_TRUE(simulation) << simulation.error().message;
  EXPECT_EQ(simulation->labels.size(), 12U);
  const double expected = 12 * 8'640;
  EXPECT_NEAR(static_cast<double>(simulation->recording.readings), 0.999 * expected, 60);

  double last = 0, lines = 0, short_lines = 0;
  std::map<std::string, int> of_entity;
  std::string_view left = text;
  while (!left.empty()) {
    const std::string_view line = left.substr(0, left.find('\n'));
    left.remove_prefix(line.size() + 1);
    const double time = value_of(line, "ts");
    ASSERT_GE(time, last);
    last = time;
    ++lines;
    const std::size_t at = line.find("\"host\":\"") + 8;
    const std::string name(line.substr(at, line.find('"', at) - at));
    ++of_entity[name];
    const auto count = std::count(line.begin(), line.end(), ',');
    short_lines += count < (name[0] == 'p' ? 6 : 5) ? 1 : 0;
    if (name[0] == 'p') {
      const double flow = value_of(line, "flow");
      EXPECT_LT(flow, 40) << line;
    }
  }
  EXPECT_EQ(lines, static_cast<double>(simulation->recording.readings));
  EXPECT_EQ(of_entity.size(), 12U);
  EXPECT_NEAR(short_lines / lines, 0.002, 0.001);
}

// Faults are added to readings that do not depend on them: what is outside of a fault is the same
// without it.
TEST(SimulateFaults, ReadingsOutsideOfFaultsDoNotDependOnThem) {
  std::string with, without;
  const auto simulation = simulate({.hours = 6, .faults = 6}, with);
  ASSERT_TRUE(simulation);
  ASSERT_TRUE(simulate({.hours = 6, .faults = 0}, without));
  std::string_view left = with, clean = without;
  std::size_t changed = 0;
  while (!left.empty()) {
    const std::string_view line = left.substr(0, left.find('\n'));
    const std::string_view other = clean.substr(0, clean.find('\n'));
    left.remove_prefix(line.size() + 1);
    clean.remove_prefix(other.size() + 1);
    if (line == other) continue;
    ++changed;
    const Time time = static_cast<Time>(value_of(line, "ts")) * second;
    bool is_explained = false;
    for (const FaultLabel& label : simulation->labels) {
      is_explained = is_explained || (line.find("\"" + label.entity + "\"") != line.npos &&
                                      time >= label.begin && time < label.end);
    }
    ASSERT_TRUE(is_explained) << line << "\n" << other;
  }
  EXPECT_TRUE(clean.empty());
  EXPECT_GT(changed, 100U);
}

TEST(SimulateFaults, RefusesWhatItCannotDo) {
  std::string text;
  for (const FaultsOptions& options :
       {FaultsOptions{.entities = 0}, FaultsOptions{.entities = 200'000}, FaultsOptions{.hours = 1},
        FaultsOptions{.hours = 0.0 / 0.0}, FaultsOptions{.interval = 0},
        FaultsOptions{.interval = 1'500 * millisecond}, FaultsOptions{.faults = 100'000}}) {
    const auto simulation = simulate(options, text);
    ASSERT_FALSE(simulation);
    EXPECT_EQ(simulation.error().fault, Fault::usage) << simulation.error().message;
  }
  EXPECT_TRUE(text.empty());
}

TEST(SimulateFaults, StopsAtTheCallersError) {
  int calls = 0;
  const auto simulation =
      simulate_faults({.hours = 2, .faults = 1}, [&](std::string_view) -> Result<void> {
        if (++calls == 5) return failure(Fault::system, "no more");
        return {};
      });
  ASSERT_FALSE(simulation);
  EXPECT_EQ(simulation.error().message, "no more");
  EXPECT_EQ(calls, 5);
}

TEST(WriteFaults, WritesAFolderThatExplainsItself) {
  const std::string folder = folder_of("whole");
  const auto simulation = write_faults({.hours = 3, .faults = 2}, folder);
  ASSERT_TRUE(simulation) << simulation.error().message;
  std::string text;
  ASSERT_TRUE(simulate({.hours = 3, .faults = 2}, text));
  EXPECT_EQ(*read_whole(folder + "/events.jsonl"), text);
  EXPECT_EQ(*read_whole(folder + "/labels.csv"), labels_csv(simulation->labels));
  EXPECT_EQ(*read_whole(folder + "/recording.csv"), recording_csv(simulation->recording));
  const std::string pipeline = *read_whole(folder + "/pipeline.toml");
  EXPECT_NE(pipeline.find("pressure = { unit = \"bar\" }"), std::string::npos) << pipeline;
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder)) ++files;
  EXPECT_EQ(files, 4U) << "nothing unfinished is left";
  std::filesystem::remove_all(folder);
}

TEST(WriteFaults, RefusesAFolderThatAPipelineHasRunIn) {
  const std::string folder = folder_of("used");
  ASSERT_TRUE(make_folder(folder + "/state"));
  const auto simulation = write_faults({.hours = 2, .faults = 1}, folder);
  ASSERT_FALSE(simulation);
  EXPECT_EQ(simulation.error().message, folder + "/state is of a run with other readings: remove " +
                                            folder + ", or choose another folder");
  EXPECT_FALSE(std::filesystem::exists(folder + "/events.jsonl"));
  std::filesystem::remove_all(folder);
}

TEST(WriteFaults, SaysWhatItCannotWrite) {
  const std::string folder = folder_of("file");
  ASSERT_TRUE(write_file(folder, "a file, not a folder"));
  const auto simulation = write_faults({.hours = 2, .faults = 1}, folder + "/inside");
  ASSERT_FALSE(simulation);
  EXPECT_EQ(simulation.error().fault, Fault::system);
  EXPECT_NE(simulation.error().message.find(folder), std::string::npos);
  std::filesystem::remove(folder);
}

}  // namespace
}  // namespace retimu
