// SPDX-License-Identifier: Apache-2.0
// Law 7: no detector is silently dead. Each catalogue entry flags its own specimen through the
// whole judge, and a detector that cannot speak fails the test.
#include "retimu/detectors/catalogue.hpp"
#include "retimu/engine/self_check.hpp"
#include "tests/support/fleet.hpp"
#include "tests/support/pipeline_run.hpp"

namespace retimu {
namespace {

TEST(AliveLaw, EveryCatalogueEntryFlagsItsSpecimen) {
  Configuration configuration;
  for (const DetectorEntry& entry : detector_catalogue()) {
    configuration.detectors.push_back({std::string(entry.name), {}});
  }
  const Result<std::vector<SelfTest>> tests = run_self_tests(configuration);
  ASSERT_TRUE(tests) << tests.error().message;
  ASSERT_EQ(tests->size(), detector_catalogue().size());
  for (const SelfTest& test : *tests) {
    EXPECT_TRUE(test.has_passed) << test.detector << " " << test.anomaly_p << " "
                                 << test.usual_p_min;
    EXPECT_GE(test.usual, 100U) << test.detector;
    EXPECT_LE(test.anomaly_p, -2) << test.detector;
  }
}

TEST(AliveLaw, WhateverTheSeed) {
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U, 5U}) {
    Configuration configuration;
    configuration.seed = seed;
    const Result<std::vector<SelfTest>> tests = run_self_tests(configuration);
    ASSERT_TRUE(tests) << tests.error().message;
    for (const SelfTest& test : *tests) EXPECT_TRUE(test.has_passed) << test.detector << seed;
  }
}

TEST(AliveLaw, IsTriedOnItsSpecimenWhateverColumnsItIsMeantFor) {
  Configuration configuration;
  configuration.detectors = {{"rolling_deviation", {}, 2}};
  const Result<std::vector<SelfTest>> tests = run_self_tests(configuration);
  ASSERT_TRUE(tests) << tests.error().message;
  EXPECT_TRUE(tests->front().has_passed);
}

// Its trees hang on chance; a score that is only smoothed fails for five of these seeds.
TEST(AliveLaw, RandomCutForestWhateverTheSeed) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Configuration configuration;
    configuration.seed = seed;
    configuration.detectors = {{"random_cut_forest", {}}};
    const Result<std::vector<SelfTest>> tests = run_self_tests(configuration);
    ASSERT_TRUE(tests) << tests.error().message;
    const SelfTest& test = tests->front();
    EXPECT_TRUE(test.has_passed) << seed << " " << test.anomaly_p << " " << test.usual_p_min;
  }
}

// On copies of what it watches, with what it has learned; shown by inspect.
TEST(AliveLaw, EachDetectorSeesALeapOfEveryEntityItWatches) {
  const TemporaryFolder folder;
  const std::vector<FleetRecord> fleet = make_fleet({.entities = 20, .columns = 2, .rows = 400});
  write_file(folder / "events.jsonl", to_jsonl(fleet));
  PipelineText text;
  text.paths = {folder / "events.jsonl"};
  text.data_dir = folder / "state";
  const PipelineRun run = run_pipeline(folder, text);
  const Result<Inspection> found = inspect(text.data_dir);
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->tried.size(), 4U);
  for (const Tried& one : found->tried) {
    EXPECT_GE(one.entities, 15U) << one.detector;
    EXPECT_EQ(one.seen, one.entities) << one.detector;
  }
  EXPECT_EQ(digests(found->entities), digests(run)) << "only copies were tried";
}

// What an entity of one column has no part in is not tried on it, and so not called dead.
TEST(AliveLaw, ADetectorOfRowsIsNotTriedOnOneColumn) {
  const TemporaryFolder folder;
  write_file(folder / "events.jsonl",
             to_jsonl(make_fleet({.entities = 20, .columns = 1, .rows = 400})));
  PipelineText text;
  text.paths = {folder / "events.jsonl"};
  text.data_dir = folder / "state";
  run_pipeline(folder, text);
  const Result<Inspection> found = inspect(text.data_dir);
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->tried.size(), 4U);
  for (const Tried& one : found->tried) {
    const bool is_of_rows =
        one.detector == "linear_prediction" || one.detector == "rolling_deviation";
    EXPECT_EQ(one.entities == 0, is_of_rows) << one.detector;
    EXPECT_EQ(one.seen, one.entities) << one.detector;
  }
}

}  // namespace
}  // namespace retimu
