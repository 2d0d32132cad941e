// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/connectors_test_tools.hpp"
#include "retimu/connectors/files_and_journal.hpp"
#include "retimu/connectors/journal_source.hpp"
#include "retimu/connectors/pipe_receiver.hpp"
#include "retimu/connectors/quiet_clock.hpp"
#include "retimu/core/memory_journal.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <array>

namespace retimu {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

constexpr std::string_view name = "http 127.0.0.1:8080";

void append(Journal& journal, std::string_view bytes,
            RecordFormat format = RecordFormat::automatic) {
  const auto done =
      journal.append({.source = source_number(name), .format = format, .bytes = bytes}, 0ms);
  ASSERT_TRUE(done && *done == Appended::taken);
}

std::unique_ptr<Source> recording(Journal& journal, Columns& columns, FileInput reading = {}) {
  return open_journal(journal, {{std::string(name), std::move(reading), nullptr}}, columns);
}

std::string to_line(const Event& event, const Columns& columns) {
  if (std::holds_alternative<Tick>(event.payload)) {
    return fmt::format("tick {}", format_duration(event.time));
  }
  return to_text(event, columns);
}

Lines read_all(Source& source, const Columns& columns, std::size_t count_max = 100) {
  Lines lines;
  Batch batch;
  for (Read state = Read::open; state == Read::open;) {
    batch.clear();
    const Result<Read> read = source.read(batch, count_max, 10ms);
    if (!read) return {read.error().message};
    state = *read;
    std::size_t next = 0;
    for (std::size_t i = 0; i <= batch.events.size(); ++i) {
      for (; next < batch.rejected.size() && batch.rejected[next].before <= i; ++next) {
        lines.push_back(fmt::format("! {}", batch.rejected[next].text));
      }
      if (i < batch.events.size()) lines.push_back(to_line(batch.events[i], columns));
    }
  }
  return lines;
}

TEST(JournalSource, ReadsEveryFrameAsAFileOfItsOwn) {
  MemoryJournal journal(1 << 20, true, [] { return 1'700'000'100 * second; });
  append(journal, "{\"ts\":1700000000,\"host\":\"a\",\"load\":1}\nno record\n");
  append(journal, "host,ts,load\nb,1700000001,2\n", RecordFormat::csv);
  append(journal, "{\"host\":\"c\",\"load\":3}\n");  // no time: that at which it came
  Columns columns;
  FileInput reading;
  reading.entity = {"host"};
  const auto source = recording(journal, columns, reading);
  EXPECT_EQ(read_all(*source, columns), (Lines{"1700000000 a load=1", "! no record",
                                               "1700000001 b load=2", "1700000100 c load=3"}));
  const SourceReport report = source->report();
  EXPECT_EQ(report.records, 4U);
  EXPECT_EQ(report.rejected, 1U);
  EXPECT_EQ(report.notes, (Lines{std::string(name) +
                                 ": no time was found: records have the time at which they came"}));
}

// What waits of a source that has gone is put aside by its name, and how it would have stayed.
TEST(JournalSource, NamesASourceThatIsNotConfiguredAnyMore) {
  MemoryJournal journal(1 << 20, true, [] { return second; });
  append(journal, "{\"load\":1}\n");
  Columns columns;
  const auto reason = [&](std::span<const Partition> known) {
    const auto source = open_journal(journal, {{"http 127.0.0.1:8081", {}, nullptr}}, columns);
    EXPECT_TRUE(source->seek({}));
    EXPECT_TRUE(source->recognise(known));
    Batch batch;
    EXPECT_TRUE(source->read(batch, 1, 10ms));
    return batch.rejected.empty() ? std::string() : std::string(batch.rejected[0].reason);
  };
  const std::array known{Partition{source_number(name), std::string(name), {}}};
  EXPECT_NE(reason(known).find("name = \"http 127.0.0.1:8080\""), std::string::npos);
  append(journal, "{\"load\":2}\n");
  EXPECT_NE(reason({}).find("not configured any more"), std::string::npos);
}

// Whatever comes before: so a restart may begin anywhere.
TEST(JournalSource, GoesOnFromEveryPositionIdentically) {
  MemoryJournal journal(1 << 20, true, [] { return second; });
  append(journal, "ts,load\n12/31/2023,1\n01/02/2024,2\n01/03/2024,3\n", RecordFormat::csv);
  append(journal, "Dec 31 23:59:59 host x: a\nJan  1 00:00:00 host x: b\n  more\n");
  append(journal, "{\"load\":4}\n[\n{\"load\":5}\n");
  Columns columns;
  const auto source = recording(journal, columns);
  std::vector<std::vector<Position>> positions = {source->positions()};
  Lines all;
  Batch batch;
  for (Read state = Read::open; state == Read::open;) {
    batch.clear();
    state = *source->read(batch, 1, {});
    positions.push_back(source->positions());
    append_lines(batch, columns, all);
  }
  ASSERT_EQ(all.size(), 8U);
  for (const auto& position : positions) {
    ASSERT_TRUE(source->seek(position));
    EXPECT_EQ(source->positions(), position);
    const Lines rest = read_all(*source, columns, 3);
    ASSERT_LE(rest.size(), all.size());
    for (std::size_t i = 1; i <= rest.size(); ++i) {
      const std::string& wanted = all[all.size() - i];
      if (wanted[0] == '!') continue;
      EXPECT_EQ(rest[rest.size() - i], wanted);
    }
  }
}

TEST(JournalSource, RejectsWhatItCannotReadAtAllLineByLine) {
  MemoryJournal journal;
  append(journal, std::string("a\0b\nc\0d\n", 8));
  ASSERT_TRUE(journal.append({.source = 1, .bytes = "{\"a\":1}\n"}, 0ms));
  Columns columns;
  const auto source = recording(journal, columns);
  const Lines lines = read_all(*source, columns);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[2], "! {\"a\":1}");
}

TEST(JournalSource, ClocksAreTicks) {
  MemoryJournal journal;
  const Duration by = 3 * second;
  append(journal, "{\"ts\":1700000000,\"a\":1}\n");
  ASSERT_TRUE(journal.append(
      {.kind = FrameKind::clock, .bytes = {reinterpret_cast<const char*>(&by), sizeof by}}, 0ms));
  Columns columns;
  EXPECT_EQ(read_all(*recording(journal, columns), columns),
            (Lines{"1700000000 input a=1", "tick 3s"}));
}

TEST(QuietClock, WaitsLongerThanTheSenderEverPauses) {
  QuietClock clock;
  EXPECT_EQ(clock.look(-hour), 0);
  EXPECT_EQ(clock.look(-hour + 2 * second), 0);
  EXPECT_EQ(clock.look(-hour + 3 * second), second);  // though nothing ever came
  for (Time now = 0; now <= 10 * minute; now += minute) clock.come(now);
  const Time last = 10 * minute;
  EXPECT_EQ(clock.look(last + 2 * minute), 0);
  EXPECT_EQ(clock.look(last + 2 * minute + second), second);
  EXPECT_EQ(clock.look(last + 2 * minute + second + 1), 0);
  EXPECT_EQ(clock.look(last + 2 * minute + 4 * second), 3 * second);
  clock.come(last + 3 * minute);
  EXPECT_EQ(clock.look(last + 4 * minute), 0);
  for (int i = 1; i <= 10'000; ++i) clock.come(last + 3 * minute + i * millisecond);
  const Time then = last + 3 * minute + 10'000 * millisecond;
  EXPECT_EQ(clock.look(then + 2 * second), 0);
  EXPECT_EQ(clock.look(then + 3 * second), second);
}

TEST(PipeReceiver, TakesAllUntilTheEnd) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  MemoryJournal journal(1'000);  // smaller than what comes: the writer waits
  const auto receiver = make_pipe_receiver("stdin", ends[0], {});
  ASSERT_TRUE(receiver->start(journal));
  Columns columns;
  const auto source = open_journal(journal, {{"stdin", {}, receiver.get()}}, columns);
  std::thread writer([&] {
    for (int i = 0; i < 50'000; ++i) {
      const std::string line = fmt::format("{{\"ts\":{},\"a\":{}}}\n", 1'700'000'000 + i, i);
      ASSERT_EQ(::write(ends[1], line.data(), line.size()), static_cast<ssize_t>(line.size()));
    }
    ASSERT_EQ(::write(ends[1], "{\"ts\":1800000000,\"a\":7}", 23), 23);
    ::close(ends[1]);
  });
  const Lines lines = read_all(*source, columns);
  writer.join();
  ASSERT_EQ(lines.size(), 50'001U);
  EXPECT_EQ(lines[49'999], "1700049999 input a=49999");
  EXPECT_EQ(lines[50'000], "1800000000 input a=7");
  ::close(ends[0]);
}

TEST(FilesAndJournal, AreReadAgainInTheOrderInWhichTheyCame) {
  const TemporaryFolder folder;
  std::string rows = "ts,load\n";
  for (int i = 0; i < 5'000; ++i) rows += fmt::format("{},{}\n", 1'700'000'000 + i, i);
  MemoryJournal journal(1 << 20, true);
  for (int i = 0; i < 300; ++i)
    append(journal, fmt::format("{{\"ts\":{},\"b\":{}}}\n", 100 + i, i));
  Columns columns;
  FileInput input;
  input.paths = {folder.write("a.csv", rows)};
  const auto open = [&] {
    return join_files_and_journal(std::move(*open_files({input}, columns)),
                                  recording(journal, columns));
  };
  const auto first = open();
  Lines wanted;
  std::vector<AdmittedRun> runs;
  std::vector<Position> middle;
  std::size_t from = 0;
  Batch batch;
  for (Read state = Read::open; state == Read::open;) {
    batch.clear();
    state = *first->read(batch, 7, {});
    // Whether it came live or is history is told of each batch anew.
    if (!batch.events.empty()) {
      ASSERT_FALSE(batch.arrivals.empty());
      EXPECT_EQ(batch.arrivals[0].from, 0U);
      const bool is_file = batch.events[0].position.partition == first->partitions()[0].number;
      EXPECT_EQ(batch.arrivals[0].time == time_none, is_file) << wanted.size();
    }
    for (const Event& event : batch.events) {
      if (!middle.empty()) {
        if (runs.empty() || runs.back().partition != event.position.partition) {
          runs.push_back({event.position.partition, 0});
        }
        ++runs.back().count;
      }
      wanted.push_back(to_text(event, columns));
    }
    if (wanted.size() > 200 && middle.empty()) {
      middle = first->positions();
      from = wanted.size();
    }
  }
  ASSERT_EQ(wanted.size(), 5'300U);
  ASSERT_GT(runs.size(), 20U);
  const auto again = open();
  ASSERT_TRUE(again->seek({}));
  ASSERT_TRUE(again->seek(middle));
  again->follow(runs);
  EXPECT_EQ(read_all(*again, columns, 13),
            Lines(wanted.begin() + static_cast<std::ptrdiff_t>(from), wanted.end()));
}

}  // namespace
}  // namespace retimu
