// SPDX-License-Identifier: Apache-2.0
// What the journal costs, on the disk that holds the temporary folder (TMPDIR).
#include "retimu/storage/journal_file.hpp"
#include "retimu/storage/storage_test_tools.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <mutex>

namespace retimu {
namespace {

constexpr std::chrono::seconds long_wait{60};

std::unique_ptr<JournalFile> open_at(const TemporaryFolder& folder, bool read_only = false) {
  auto journal = JournalFile::open({.folder = folder / "journal",
                                    .unread_bytes_max = UINT64_MAX,
                                    .held_bytes_max = 2UL << 30U,
                                    .read_only = read_only});
  RETIMU_ASSERT(journal.has_value());
  return std::move(*journal);
}

// All is read and forgotten at once, as far as deleting goes.
void skip_to_end(JournalFile& journal, std::uint64_t appended) {
  RETIMU_ASSERT(journal.seek(appended) && journal.forget(appended));
}

// Arguments: bytes of a frame; threads are those that append at the same time.
void append(benchmark::State& state) {
  static std::unique_ptr<TemporaryFolder> folder;
  static std::unique_ptr<JournalFile> journal;
  static std::vector<double> microseconds;
  static std::mutex mutex;
  if (state.thread_index() == 0) {
    folder = std::make_unique<TemporaryFolder>(std::filesystem::temp_directory_path());
    journal = open_at(*folder);
    microseconds.clear();
  }
  const std::string bytes(static_cast<std::size_t>(state.range(0)), 'x');
  std::vector<double> mine;
  for (auto _ : state) {
    const auto begin = std::chrono::steady_clock::now();
    RETIMU_ASSERT(journal->append({.source = 1, .bytes = bytes, .cursor = {}}, long_wait) ==
                  Appended::taken);
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begin;
    mine.push_back(took.count());
    if (state.thread_index() == 0) skip_to_end(*journal, journal->report().bytes);
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
  state.SetItemsProcessed(state.iterations());
  {
    const std::lock_guard lock(mutex);
    microseconds.insert(microseconds.end(), mine.begin(), mine.end());
    if (microseconds.size() < static_cast<std::size_t>(state.iterations() * state.threads()))
      return;
  }
  // The last thread.
  std::ranges::sort(microseconds);
  const auto at = [](double share) {
    return microseconds[static_cast<std::size_t>(share *
                                                 static_cast<double>(microseconds.size() - 1))];
  };
  state.counters["p50_us"] = at(0.5);
  state.counters["p99_us"] = at(0.99);
  state.counters["max_us"] = microseconds.back();
}
BENCHMARK(append)
    ->ArgName("bytes")
    ->Arg(150)
    ->Arg(64 << 10)
    ->Arg(1 << 20)
    ->Threads(1)
    ->Threads(8)
    ->UseRealTime()
    ->MinTime(2);

// 256 MiB from the page cache; argument: bytes of a frame.
void read(benchmark::State& state) {
  const TemporaryFolder folder(std::filesystem::temp_directory_path());
  constexpr std::uint64_t bytes_in_all = 256UL << 20U;
  const std::string bytes(static_cast<std::size_t>(state.range(0)), 'x');
  const auto count = static_cast<std::int64_t>(bytes_in_all / bytes.size());
  {
    // Written by hand, without a sync a frame.
    JournalSegmentHeader header;
    const std::string path = folder / "journal";
    RETIMU_ASSERT(create_folder(path).has_value());
    Result<JournalWriter> writer = JournalWriter::begin(path, header);
    RETIMU_ASSERT(writer.has_value());
    const NewFrame frame{.source = 1, .bytes = bytes, .cursor = {}};
    WaitingFrame waiting;
    waiting.frame = &frame;
    waiting.body_checksum = body_checksum_of(frame.cursor, frame.bytes);
    constexpr std::size_t together = 10'000;
    std::uint64_t offset = 0;
    for (std::int64_t left = count; left > 0;) {
      const auto some = std::min(left, static_cast<std::int64_t>(together));
      const std::vector<WaitingFrame*> frames(static_cast<std::size_t>(some), &waiting);
      RETIMU_ASSERT(writer->append(frames, offset).has_value());
      offset += static_cast<std::uint64_t>(some) * bytes.size();
      left -= some;
    }
  }
  const auto journal = open_at(folder);
  for (auto _ : state) {
    RETIMU_ASSERT(journal->seek(0).has_value());
    for (std::int64_t i = 0; i < count; ++i) {
      const auto frame = journal->next(std::chrono::milliseconds(0));
      RETIMU_ASSERT(frame && *frame);
    }
  }
  state.SetBytesProcessed(state.iterations() * count * state.range(0));
  state.SetItemsProcessed(state.iterations() * count);
}
BENCHMARK(read)->ArgName("bytes")->Arg(150)->Arg(64 << 10)->Arg(1 << 20)->UseRealTime();

}  // namespace
}  // namespace retimu
