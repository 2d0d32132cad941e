// SPDX-License-Identifier: Apache-2.0
// The engine's threads: stopped, failing and restarted at every read, on one shard and on many.
#include "retimu/core/wrapped_source.hpp"
#include "retimu/core/random.hpp"
#include "retimu/engine/inspection.hpp"
#include "retimu/engine/service.hpp"
#include "retimu/storage/storage_test_tools.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <regex>

namespace retimu {
namespace {

// Hands over what its source says, but fails or stops the engine after so many reads.
class InterruptingSource final : public WrappedSource {
 public:
  InterruptingSource(std::unique_ptr<Source> source, int reads, std::atomic<bool>* stop)
      : WrappedSource(std::move(source)), reads_(reads), stop_(stop) {}
  Result<Read> read(Batch& into, std::size_t count_max, std::chrono::milliseconds wait) override {
    if (reads_ == 0 && stop_ == nullptr) return failure(Fault::system, "interrupted");
    if (reads_ > 0 && --reads_ == 0 && stop_ != nullptr) stop_->store(true);
    return WrappedSource::read(into, count_max, wait);
  }

 private:
  int reads_;
  std::atomic<bool>* stop_;
};

struct EngineCase {
  std::string name;
  std::size_t shards;
  std::string sections;
  std::size_t lines_min;  // of alerts.jsonl, or the case shows little
  friend std::ostream& operator<<(std::ostream& to, const EngineCase& one) {
    return to << one.name;
  }
};

class EngineTest : public ::testing::TestWithParam<EngineCase> {
 protected:
  static constexpr int rows = 760;
  static constexpr std::size_t events_per_read = 60;

  // Two hosts have clocks that lie behind, by more than what ends the episode of a silent one.
  static int lag_of(int host) { return host % 8 == 7 ? 7'200 : 0; }

  EngineTest() {
    Random random(3);
    std::string text;
    for (int row = 0; row < rows; ++row) {
      for (int host = 0; host < 16; ++host) {
        double value = 0;
        for (int i = 0; i < 6; ++i) value += random.uniform();
        if (row > 300 && (row + 23 * host) % 120 == 0) value += 40.0 * (1 + row / 120);
        text += fmt::format("{{\"ts\":{},\"host\":\"h{}\",\"load\":{:.4f}}}\n",
                            1'700'000'000 + 60 * row - lag_of(host), host, value);
      }
      if (row % 100 == 99) text += "{\"ts\": nonsense\n";
    }
    write_file(folder_ / "events.jsonl", text);
  }
  Configuration configuration(const std::string& name) const {
    const std::string text = fmt::format(
        "[pipeline]\ndata_dir = \"{0}\"\nshards = {1}\nsnapshot_interval = \"0s\"\n"
        "[[source]]\ntype = \"file\"\npath = \"{2}\"\ntime = \"ts\"\nentity = \"host\"\n"
        "[[sink]]\ntype = \"jsonl\"\npath = \"{0}.alerts.jsonl\"\n{3}",
        folder_ / name, GetParam().shards, folder_ / "events.jsonl", GetParam().sections);
    Result<Configuration> parsed = parse_configuration(text, "pipeline.toml");
    EXPECT_TRUE(parsed) << parsed.error().message;
    return std::move(*parsed);
  }
  // One run; `reads`: interrupted after so many, 0: not at all.
  Result<ServiceSummary> run(const std::string& name, int reads, bool fails) {
    std::atomic<bool> stop{false};
    ServiceOptions options;
    options.stop = &stop;
    options.events_per_read_max = events_per_read;
    if (reads > 0) {
      options.wrap_source = [&](std::unique_ptr<Source> source) {
        return std::make_unique<InterruptingSource>(std::move(source), reads,
                                                    fails ? nullptr : &stop);
      };
    }
    return run_service(configuration(name), options);
  }
  struct Remains {
    std::uint64_t digest = 0, records = 0, held_back = 0;
    std::string alerts, dead_letters;
  };
  Remains remains(const std::string& name) const {
    const Result<Inspection> found = inspect(folder_ / name);
    EXPECT_TRUE(found) << found.error().message;
    if (!found) return {};
    return {found->digest, found->sequence, found->held_back,
            read_file(folder_ / (name + ".alerts.jsonl")),
            without_rows(read_file(folder_ / (name + "/dead_letters.jsonl")))};
  }
  // A row is counted from where the process began to read; the offset is exact.
  static std::string without_rows(const std::string& letters) {
    static const std::regex row("\"row\":[0-9]+,");
    return std::regex_replace(letters, row, "");
  }
  static std::size_t lines_in(const std::string& text) {
    return static_cast<std::size_t>(std::ranges::count(text, '\n'));
  }
  void expect_same_after(int reads, bool fails) {
    SCOPED_TRACE(fmt::format("{} after {} reads", fails ? "fails" : "stops", reads));
    const std::string name = fmt::format("{}{}", fails ? "failed" : "stopped", reads);
    int interruptions = 0;
    constexpr int interruptions_max = 200;
    for (; interruptions < interruptions_max; ++interruptions) {
      const Result<ServiceSummary> summary = run(name, reads, fails);
      if (fails) {
        if (summary) break;
        ASSERT_EQ(summary.error().message, "interrupted");
      } else {
        ASSERT_TRUE(summary) << summary.error().message;
        if (!summary->engine.was_stopped) break;
      }
    }
    EXPECT_GE(interruptions, 2);
    EXPECT_LT(interruptions, interruptions_max);
    const Remains found = remains(name);
    EXPECT_EQ(found.digest, expected_.digest);
    EXPECT_EQ(found.alerts, expected_.alerts);
    EXPECT_EQ(found.records, expected_.records);
    EXPECT_EQ(found.held_back, expected_.held_back);
    EXPECT_EQ(found.dead_letters, expected_.dead_letters);
  }

  TemporaryFolder folder_;
  Remains expected_;
};

TEST_P(EngineTest, EndsAlikeHoweverOftenItIsInterrupted) {
  const Result<ServiceSummary> whole = run("whole", 0, false);
  ASSERT_TRUE(whole) << whole.error().message;
  EXPECT_EQ(whole->engine.records, rows * 16U);
  EXPECT_EQ(whole->source.rejected, 7U);
  expected_ = remains("whole");
  ASSERT_GE(lines_in(expected_.alerts), GetParam().lines_min);
  ASSERT_GE(expected_.held_back, GetParam().name == "budget" ? 3U : 0U);
  ASSERT_EQ(lines_in(expected_.dead_letters), 7U);
  // A stop leaves a snapshot of all; a failure only what was saved, one group a round.
  for (const int reads : {7, 60}) expect_same_after(reads, false);
  for (const int reads : {90, 110}) expect_same_after(reads, true);
}

INSTANTIATE_TEST_SUITE_P(
    , EngineTest,
    ::testing::Values(EngineCase{"one_shard", 1, "", 40}, EngineCase{"eight_shards", 8, "", 40},
                      EngineCase{"budget", 2, "[alerts]\nbudget = \"12 per day\"\n", 8},
                      EngineCase{"eviction", 4, "[limits]\nentities_max = 3\n", 40}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace retimu
