// SPDX-License-Identifier: Apache-2.0
#include "retimu/simulator/world_source.hpp"

#include "retimu/core/random.hpp"
#include "retimu/simulator/output_file.hpp"
#include "retimu/simulator/world_labels.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace retimu {
namespace {

const WorldOptions options{.seed = 5, .entities = 10, .hours = 3, .faults = 2};

std::string read_all(ByteReader& reader, std::size_t step = 4'096) {
  std::string text, part(step, '\0');
  for (;;) {
    const Result<std::size_t> count = reader.read(part.data(), part.size());
    EXPECT_TRUE(count);
    if (!count || *count == 0) return text;
    text.append(part, 0, *count);
  }
}

std::vector<std::string> expected() {
  std::vector<std::string> texts(3);
  const auto to = [](std::string& text) {
    return [&text](std::string_view line) -> Result<void> {
      text += line;
      return {};
    };
  };
  EXPECT_TRUE(simulate_world(options, {to(texts[0]), to(texts[1]), to(texts[2])}));
  return texts;
}

TEST(WorldSource, MakesTheBytesOfTheFilesFromAnyPlace) {
  const Result<std::vector<MadeFile>> made = made_world(options);
  ASSERT_TRUE(made);
  ASSERT_EQ(made->size(), 3U);
  const std::vector<std::string> texts = expected();
  Random random(1);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    SCOPED_TRACE((*made)[i].name);
    const auto reader = (*made)[i].open();
    ASSERT_TRUE(reader);
    EXPECT_EQ(read_all(**reader, 777), texts[i]);
    EXPECT_EQ((*reader)->bytes_read(), texts[i].size());
    EXPECT_EQ((*reader)->bytes_total(), texts[i].size());
    for (int k = 0; k < 20; ++k) {
      const std::size_t offset = k == 0 ? texts[i].size() : random.next() % texts[i].size();
      ASSERT_TRUE((*reader)->seek(offset));
      std::string some(200, '\0');
      const Result<std::size_t> count = (*reader)->read(some.data(), some.size());
      ASSERT_TRUE(count);
      EXPECT_EQ(some.substr(0, *count), texts[i].substr(offset, *count));
      EXPECT_EQ(*count == 0, offset == texts[i].size());
    }
    ASSERT_TRUE((*reader)->seek(texts[i].size() + 10));  // beyond the end
    EXPECT_EQ(read_all(**reader), "");
  }
}

TEST(WorldSource, HasTheKindsThatAreChosen) {
  WorldOptions chosen = options;
  chosen.kinds = {"cavitation", "pump_trip"};
  const Result<WorldMaker> world = WorldMaker::plan(chosen);
  ASSERT_TRUE(world) << world.error().message;
  ASSERT_EQ(world->simulation().labels.size(), 2U);
  for (const WorldLabel& label : world->simulation().labels) {
    EXPECT_TRUE(label.fault == "cavitation" || label.fault == "pump_trip") << label.fault;
  }
  chosen.kinds = {"cavitatio"};
  const Result<std::vector<MadeFile>> unknown = made_world(chosen);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().fault, Fault::usage);
  EXPECT_NE(unknown.error().message.find("cavitatio"), std::string::npos);
}

TEST(WorldSource, AnotherWorldIsRecognised) {
  Columns columns;
  const auto open = [&](const WorldOptions& world) {
    const Result<std::vector<MadeFile>> made = made_world(world);
    EXPECT_TRUE(made);
    auto source = open_files({}, *made, 0, columns);
    EXPECT_TRUE(source);
    return std::move(*source);
  };
  const auto source = open(options);
  EXPECT_TRUE(open(options)->recognise(source->partitions()));
  WorldOptions other = options;
  other.faults = 1;
  EXPECT_FALSE(open(other)->recognise(source->partitions()));
}

TEST(WorldSource, WritesTheTruth) {
  std::string folder = (std::filesystem::temp_directory_path() / "retimu_XXXXXX").string();
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  ASSERT_TRUE(write_world_truth(options, folder + "/labels.csv"));
  const Result<std::string> text = read_whole(folder + "/labels.csv");
  ASSERT_TRUE(text);
  const auto labels = parse_world_labels(*text, "labels.csv");
  ASSERT_TRUE(labels);
  EXPECT_EQ(labels->size(), options.faults);
  EXPECT_TRUE(std::filesystem::exists(folder + "/recording.csv"));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace retimu
