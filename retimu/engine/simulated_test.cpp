// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/simulated.hpp"

#include "retimu/engine/inspection.hpp"
#include "retimu/engine/service.hpp"
#include "retimu/storage/storage_test_tools.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace retimu {
namespace {

constexpr std::string_view keys = "seed = 7\nentities = 10\nduration = \"3h\"\nfaults = 2\n";

std::string simulator(std::string_view more = "") {
  return fmt::format("[[source]]\ntype = \"simulator\"\n{}{}\n", keys, more);
}

WorldOptions options() { return {.seed = 7, .entities = 10, .hours = 3, .faults = 2}; }

Configuration parsed(const std::string& text) {
  Result<Configuration> configuration = parse_configuration(text, "pipeline.toml");
  EXPECT_TRUE(configuration) << configuration.error().message;
  return configuration ? std::move(*configuration) : Configuration();
}

ServiceSummary run(const Configuration& configuration, ServiceOptions service = {}) {
  service.describes_entities = true;
  Result<ServiceSummary> summary = run_service(configuration, service);
  EXPECT_TRUE(summary) << summary.error().message;
  return summary ? std::move(*summary) : ServiceSummary();
}

std::string told(const ServiceSummary& summary) {
  std::vector<EntityReport> entities = summary.entities;
  std::ranges::sort(entities, {}, &EntityReport::name);
  std::string text;
  for (const EntityReport& one : entities) {
    text += fmt::format("{} {} {:016x}\n", one.name, one.events, one.digest);
  }
  return text;
}

TEST(Simulated, SaysWhatTheFilesOfTheSameWorldSay) {
  const TemporaryFolder folder;
  ASSERT_TRUE(write_world(options(), folder / "world"));
  Configuration files = parsed(fmt::format(
      "[[source]]\ntype = \"file\"\npath = \"{0}/metrics.jsonl\"\nentity = \"host\"\ntime = "
      "\"ts\"\n"
      "[[source]]\ntype = \"file\"\npath = \"{0}/system.log\"\nformat = \"log\"\n"
      "entity = \"host\"\n"
      "[[source]]\ntype = \"file\"\npath = \"{0}/alarms.jsonl\"\nentity = \"host\"\ntime = \"ts\"\n"
      "alarm = \"alarm_code\"\n",
      folder / "world"));
  // The last record of a log on the disk waits for what may belong to it.
  for (FileInput& input : files.files) input.awaits_line_end = false;
  const ServiceSummary written = run(files), made = run(parsed(simulator()));
  EXPECT_EQ(written.entities.size(), 10U);
  EXPECT_EQ(told(written), told(made));
  EXPECT_EQ(written.engine.raised, made.engine.raised);
  EXPECT_GT(made.engine.raised, 0U);
  EXPECT_NE(told(made), told(run(parsed(simulator("interval = \"20s\"")))));
}

TEST(Simulated, GoesOnWhereItWasStopped) {
  const TemporaryFolder folder;
  const std::string kept =
      fmt::format("[pipeline]\ndata_dir = \"{}\"\nsnapshot_interval = \"1ms\"\n", folder / "state");
  const std::string whole = told(run(parsed(simulator())));
  int stops = 0;
  for (bool is_stopped = true; is_stopped && stops < 50; ++stops) {
    std::atomic<bool> stop = false;
    ServiceOptions service;
    service.stop = &stop;
    std::uint64_t seen = 0;
    service.seen = [&](const Seen& some) {
      seen += some.round.last - some.round.first;
      if (seen > 500) stop = true;
    };
    const ServiceSummary summary = run(parsed(kept + simulator()), service);
    is_stopped = summary.engine.was_stopped;
  }
  EXPECT_GT(stops, 1);  // how many goes by how far it has read when it is told to stop
  const Result<Inspection> found = inspect(folder / "state");
  ASSERT_TRUE(found);
  ServiceSummary last;
  last.entities = found->entities;
  EXPECT_EQ(told(last), whole);
  // Another world is not taken for this one.
  const Result<ServiceSummary> other =
      run_service(parsed(kept + simulator("interval = \"20s\"")), {});
  ASSERT_FALSE(other);
  EXPECT_NE(other.error().message.find("other records"), std::string::npos)
      << other.error().message;
}

// Only that it comes no earlier than it is due: how late it may be depends on the machine.
TEST(Simulated, KeepsItsPace) {
  Columns columns;
  const Configuration configuration = parsed(simulator("speed = \"36000x\""));  // 3 h in 0.3 s
  Result<std::unique_ptr<Source>> source = open_files_and_simulator(configuration, columns);
  ASSERT_TRUE(source);
  const auto began = std::chrono::steady_clock::now();
  Batch batch;
  Time first = time_none;
  std::size_t reads = 0;
  for (Read state = Read::open; state == Read::open; ++reads) {
    batch.clear();
    const Result<Read> read = (*source)->read(batch, 512, std::chrono::milliseconds(20));
    ASSERT_TRUE(read);
    state = *read;
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - began;
    for (const Event& event : batch.events) {
      if (first == time_none) first = event.time;
      const double due = static_cast<double>(event.time - first) / double{second} / 36'000;
      ASSERT_LE(due, passed.count());
    }
  }
  EXPECT_GT(reads, 10U);
}

TEST(Simulated, SaysWhatIsWrong) {
  const auto message = [](const std::string& text) {
    const Result<Configuration> configuration = parse_configuration(text, "p.toml");
    return configuration ? std::string("none") : configuration.error().message;
  };
  EXPECT_EQ(message(simulator()), "none");
  const auto expect = [&](std::string_view more, std::string_view part) {
    const std::string text = message(simulator(more));
    EXPECT_NE(text.find(part), std::string::npos) << text;
    EXPECT_TRUE(text.starts_with("p.toml:")) << text;
  };
  expect("speed = \"fast\"", "60x");
  expect("speed = \"0x\"", "60x");
  expect("kinds = \"cavitatio\"", "no fault \"cavitatio\"");
  expect("path = \"a.csv\"", "has no path");
  expect("entity = \"host\"", "has no entity");
  expect("interval = \"1500ms\"", "interval");
  expect("\n[[source]]\ntype = \"simulator\"", "one source of type");
  EXPECT_NE(message("[[source]]\ntype = \"file\"\npath = \"a\"\nseed = 1\n").find("has no seed"),
            std::string::npos);
  EXPECT_NE(message("[[source]]\ntype = \"simulator\"\nduration = \"1h\"\n").find("hours"),
            std::string::npos);
  EXPECT_NE(message("[[source]]\ntype = \"simulator\"\nfaults = 5000\n").find("do not fit"),
            std::string::npos);
}

}  // namespace
}  // namespace retimu
