// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/hash.hpp"
#include "retimu/simulator/faults.hpp"
#include "retimu/simulator/output_file.hpp"
#include "retimu/simulator/world_labels.hpp"
#include "retimu/simulator/world_simulation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>

namespace retimu {
namespace {

struct Texts {
  std::string readings, logs, alarms;
};

Result<WorldSimulation> simulate(const WorldOptions& options, Texts& texts) {
  const auto to = [](std::string& text) {
    return [&text](std::string_view line) -> Result<void> {
      text += line;
      return {};
    };
  };
  return simulate_world(options, {to(texts.readings), to(texts.logs), to(texts.alarms)});
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    lines.push_back(text.substr(0, text.find('\n')));
    text.remove_prefix(lines.back().size() + 1);
  }
  return lines;
}

TEST(World, SameOptionsSameBytesOnEveryMachine) {
  const WorldOptions options{.hours = 8, .faults = 4};
  Texts first, again, other;
  ASSERT_TRUE(simulate(options, first));
  ASSERT_TRUE(simulate(options, again));
  EXPECT_EQ(first.readings, again.readings);
  EXPECT_EQ(first.logs, again.logs);
  EXPECT_EQ(first.alarms, again.alarms);
  WorldOptions changed = options;
  changed.seed = 2;
  ASSERT_TRUE(simulate(changed, other));
  EXPECT_NE(first.readings, other.readings);
  // Written down once; other figures here mean that the world has changed.
  EXPECT_EQ(hash(first.readings), 16807829845838131923U);
  EXPECT_EQ(hash(first.logs), 16633731947626899645U);
  EXPECT_EQ(hash(first.alarms), 4577179551886303738U);
}

TEST(World, LinksFeedHostsAndHostsFeedServices) {
  const World world = make_world(20, 1, 0, 10 * second);
  std::vector<std::string> names;
  for (const EntityModel& entity : world.entities) names.push_back(entity.name());
  EXPECT_EQ(names[0], "link1");
  EXPECT_EQ(names[10], "link2");
  EXPECT_EQ(std::ranges::count_if(names, [](auto& name) { return name.starts_with("pump"); }), 6);
  const auto named = [&](std::size_t hops) {
    std::vector<std::string> found;
    for (const std::size_t i : world.behind(10, hops)) found.push_back(names[i]);
    return found;
  };
  EXPECT_EQ(named(0), std::vector<std::string>({"link2"}));
  EXPECT_EQ(named(1), std::vector<std::string>({"host4", "host5", "host6"}));
  EXPECT_EQ(named(2), std::vector<std::string>({"service4", "service5", "service6"}));
}

// Each entry can be planned: its columns and kinds are there, and it has a story.
TEST(World, EveryFaultOfTheListCanHappen) {
  std::set<std::string_view> names;
  for (const WorldFault& fault : world_faults()) {
    EXPECT_TRUE(names.insert(fault.name).second) << fault.name;
    EXPECT_FALSE(fault.story.empty());
    EXPECT_LT(fault.low, fault.high);
    const World world = make_world(10, 1, simulation_begin, 10 * second);
    const auto cause = std::ranges::find(world.entities, fault.kind,
                                         [](const EntityModel& one) { return one.kind().name; });
    ASSERT_NE(cause, world.entities.end()) << fault.kind;
    const Time begin = simulation_begin + hour, end = begin + fault.high;
    PlannedWorldFault planned(
        fault, world, static_cast<std::size_t>(cause - world.entities.begin()), begin, end, 1);
    EXPECT_EQ(planned.label().entities.front(), cause->name());
    for (const std::size_t entity : planned.entities()) {
      std::array<double, plant_columns_max> values{};
      const EntityModel& model = world.entities[entity];
      planned.apply(entity, model, end - second,
                    std::span(values.data(), model.kind().columns.size()));
    }
    std::vector<WorldNote> notes;
    planned.append_notes(notes, world);
    for (const WorldNote& note : notes) {
      EXPECT_GE(note.time, begin);
      EXPECT_LE(note.time, end);
    }
  }
  EXPECT_GE(names.size(), 12U);
}

TEST(World, FilesAreInOrderAndTheFaultsShowInAllOfThem) {
  Texts texts;
  const auto simulation = simulate({}, texts);
  ASSERT_TRUE(simulation) << simulation.error().message;
  EXPECT_EQ(simulation->labels.size(), 12U);
  EXPECT_NEAR(static_cast<double>(simulation->counts.readings), 20 * 8'640 * 0.999, 250);
  EXPECT_EQ(lines_of(texts.readings).size(), simulation->counts.readings);
  EXPECT_EQ(lines_of(texts.alarms).size(), simulation->counts.alarms);
  std::string_view last;
  for (const std::string_view line : lines_of(texts.logs)) {
    if (line.front() != '<') continue;  // of a stack trace
    const std::string_view time = line.substr(4, 19);
    EXPECT_GE(time, last) << line;
    last = time;
  }
  for (const std::string_view code : {"LINK_DOWN", "HOST_UNREACHABLE", "PUMP_TRIP"}) {
    EXPECT_NE(texts.alarms.find(code), std::string::npos) << code;
  }
  EXPECT_NE(texts.logs.find("\n    at com.plant.api.Pool.take"), std::string::npos);
  EXPECT_EQ(texts.logs.find('{'), std::string::npos) << "everything that varies is filled in";
}

// A host that is silent sends nothing; before and after it does.
TEST(World, ASilentHostWritesNothing) {
  Texts texts;
  const auto simulation = simulate({}, texts);
  ASSERT_TRUE(simulation);
  const auto label = std::ranges::find(simulation->labels, "host_silent", &WorldLabel::fault);
  ASSERT_NE(label, simulation->labels.end());
  const std::string name = " " + label->entities.front() + " ";
  std::size_t outside = 0;
  for (const std::string_view line : lines_of(texts.logs)) {
    if (line.find(name) == std::string_view::npos || line.front() != '<') continue;
    const std::string_view text = line.substr(4);
    const auto time = parse_iso_time(text.substr(0, text.find(' ')));
    ASSERT_TRUE(time);
    EXPECT_FALSE(*time >= label->begin && *time < label->end) << line;
    ++outside;
  }
  EXPECT_GT(outside, 1'000U);
}

TEST(World, RefusesWhatItCannotDo) {
  Texts texts;
  for (const WorldOptions& options :
       {WorldOptions{.entities = 9}, WorldOptions{.entities = 20'000}, WorldOptions{.hours = 1},
        WorldOptions{.hours = 0.0 / 0.0}, WorldOptions{.interval = 0},
        WorldOptions{.interval = 1'500 * millisecond}, WorldOptions{.faults = 1'000}}) {
    const auto simulation = simulate(options, texts);
    ASSERT_FALSE(simulation);
    EXPECT_EQ(simulation.error().fault, Fault::usage) << simulation.error().message;
  }
  EXPECT_TRUE(texts.readings.empty());
}

TEST(World, LabelsAreReadAsTheyWereWritten) {
  Texts texts;
  const auto simulation = simulate({.hours = 12, .faults = 5}, texts);
  ASSERT_TRUE(simulation);
  const std::string text = world_labels_csv(simulation->labels);
  const auto read = parse_world_labels(text, "labels.csv");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(world_labels_csv(*read), text);
  const std::string header = std::string(world_labels_header) + "\n";
  for (const char* line : {"a,b,metrics,2023-11-15T00:00:00Z", "a,,metrics,2023-11-15,2023-11-16",
                           "a,b,smells,2023-11-15,2023-11-16", "a,b,logs,2023-11-16,2023-11-15"}) {
    const auto wrong = parse_world_labels(header + line + "\n", "labels.csv");
    ASSERT_FALSE(wrong) << line;
    EXPECT_TRUE(wrong.error().message.starts_with("labels.csv:2: ")) << wrong.error().message;
  }
}

TEST(World, WritesAFolderThatExplainsItself) {
  const std::string folder = testing::TempDir() + "retimu_world";
  std::filesystem::remove_all(folder);
  const auto simulation = write_world({.hours = 3, .faults = 2}, folder);
  ASSERT_TRUE(simulation) << simulation.error().message;
  Texts texts;
  ASSERT_TRUE(simulate({.hours = 3, .faults = 2}, texts));
  EXPECT_EQ(*read_whole(folder + "/metrics.jsonl"), texts.readings);
  EXPECT_EQ(*read_whole(folder + "/system.log"), texts.logs);
  EXPECT_EQ(*read_whole(folder + "/alarms.jsonl"), texts.alarms);
  EXPECT_TRUE(
      read_whole(folder + "/edges.csv")->starts_with("from,to\nlink1,host1\nhost1,service1"));
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder)) ++files;
  EXPECT_EQ(files, 7U) << "nothing unfinished is left";
  ASSERT_TRUE(make_folder(folder + "/state"));
  EXPECT_FALSE(write_world({.hours = 3, .faults = 2}, folder)) << "of another run";
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace retimu
