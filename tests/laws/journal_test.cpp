// SPDX-License-Identifier: Apache-2.0
// Law 1 for what live sources sent: the journal is the admitted order, its clocks are ticks, and
// neither batches nor threads change what is said of it.
#include "retimu/connectors/receiver.hpp"
#include "retimu/storage/journal_file.hpp"
#include "tests/support/fleet.hpp"
#include "tests/support/pipeline_run.hpp"

namespace retimu {
namespace {

class JournalLaw : public ::testing::Test {
 protected:
  void append(std::string_view bytes, FrameKind kind = FrameKind::records) {
    const auto appended =
        journal_->append({.source = kind == FrameKind::clock ? 0 : source_number("http"),
                          .kind = kind,
                          .bytes = bytes},
                         std::chrono::milliseconds(0));
    ASSERT_TRUE(appended && *appended == Appended::taken);
  }
  void pass(Duration by) {
    append({reinterpret_cast<const char*>(&by), sizeof by}, FrameKind::clock);
  }
  PipelineRun replay(std::size_t shards, std::size_t events_per_read_max) {
    Result<Configuration> configuration = parse_configuration(
        fmt::format("[pipeline]\nshards = {}\n[[source]]\ntype = \"http\"\nname = \"http\"\n"
                    "entity = \"host\"\n[[rule]]\nname = \"high\"\nexpr = \"reading1 > 45\"\n"
                    "for = \"25s\"\n[detectors]\nuse = [\"gap_novelty\", \"silence\"]\n",
                    shards),
        "pipeline.toml");
    EXPECT_TRUE(configuration) << configuration.error().message;
    PipelineRun run;
    ServiceOptions options;
    options.recording = folder_.path();
    options.events_per_read_max = events_per_read_max;
    options.describes_entities = true;
    options.told = [&](const Alert& alert) { run.alerts += to_json(alert) + "\n"; };
    Result<ServiceSummary> summary = run_service(*configuration, options);
    EXPECT_TRUE(summary) << summary.error().message;
    if (summary) run.summary = std::move(*summary);
    return run;
  }

  TemporaryFolder folder_;
  std::unique_ptr<JournalFile> journal_ =
      std::move(*JournalFile::open({.folder = folder_ / "journal"}));
};

TEST_F(JournalLaw, NeitherBatchesNorThreadsMatter) {
  const std::vector<FleetRecord> fleet =
      make_fleet({.entities = 12, .rows = 400, .calm_rows = 250, .spike_every = 60});
  const std::string text = to_jsonl(fleet);
  std::size_t frame = 0, rows = 0;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    for (std::size_t i = 0; i < 1 + frame % 29 && end < text.size(); ++i, ++rows) {
      end = text.find('\n', end) + 1;
    }
    append(std::string_view(text).substr(at, end - at));
    if (frame % 50 == 49) pass(3 * second);
    if (frame == 200) append("no record\n");
    at = end;
    ++frame;
  }
  // All of it falls silent; a rule's `for` ends, and the source is told of, not each entity.
  std::string last;
  for (int host = 1; host <= 12; ++host) {
    last += fmt::format(
        "{{\"ts\":1700004000,\"host\":\"host{}\",\"reading1\":{},\"reading2\":40,\"reading3\":60}}"
        "\n",
        host, host == 1 ? 90 : 20);
  }
  append(last);
  for (int i = 0; i < 600; ++i) pass(second);
  const PipelineRun expected = replay(1, 2'048);
  ASSERT_EQ(expected.summary.entities.size(), 12U);
  EXPECT_EQ(expected.summary.engine.records, rows + 12);
  EXPECT_EQ(expected.summary.rejected, 1U);
  EXPECT_GE(count_changes(expected.alerts, "raised"), 10U);
  EXPECT_NE(expected.alerts.find("\"high\""), std::string::npos);
  std::size_t silences = 0;
  for (const std::string& line : lines_of(expected.alerts)) {
    const bool is_silence = line.find("\"kind\":\"silence\"") != std::string::npos;
    silences += is_silence && line.find("\"raised\"") != std::string::npos ? 1 : 0;
  }
  EXPECT_EQ(silences, 1U) << expected.alerts;
  for (const std::size_t shards : {1U, 2U, 8U}) {
    for (const std::size_t events : {1U, 37U, 4'096U}) {
      SCOPED_TRACE(fmt::format("{} shards, {} events a read", shards, events));
      const PipelineRun found = replay(shards, events);
      EXPECT_EQ(digests(found), digests(expected));
      EXPECT_EQ(found.alerts, expected.alerts);
    }
  }
}

}  // namespace
}  // namespace retimu
