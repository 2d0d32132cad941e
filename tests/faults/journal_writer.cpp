// SPDX-License-Identifier: Apache-2.0
// journal_writer FOLDER FRAMES: four threads append numbered frames to a journal, each from where
// its cursor is, up to FRAMES; a fifth one reads and forgets them. What has happened is said in
// lines on standard output:
//
//   taken THREAD NUMBER
//   read THREAD NUMBER
//
// A frame that fails is tried again. Exit 0: done. Exit 3: the journal cannot be opened, or a frame
// failed ten times; the error is on standard error.
#include "tests/faults/journal_script.hpp"

#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

namespace retimu::script {
namespace {

constexpr int tries_max = 10;

void say(std::string_view what, std::uint32_t thread, std::uint64_t number) {
  const std::string line = fmt::format("{} {} {}\n", what, thread, number);
  RETIMU_ASSERT(::write(STDOUT_FILENO, line.data(), line.size()) ==
                static_cast<ssize_t>(line.size()));
}

Result<void> append(JournalFile& journal, std::uint32_t thread, std::uint64_t frames) {
  const std::string place = cursor_of(journal, thread);
  for (std::uint64_t number = place.empty() ? 0 : std::stoull(place); number < frames; ++number) {
    const std::string bytes = numbered_frame(thread, number), cursor = std::to_string(number + 1);
    for (int tries = 1;; ++tries) {
      const Result<Appended> appended = journal.append(
          {.source = thread, .bytes = bytes, .cursor = cursor}, std::chrono::seconds(60));
      if (appended) {
        RETIMU_ASSERT(*appended == Appended::taken);
        break;
      }
      if (tries == tries_max) return tl::unexpected(appended.error());
    }
    say("taken", thread, number);
  }
  return {};
}

Result<void> read(JournalFile& journal, const std::atomic<bool>& is_ended) {
  while (true) {
    const bool is_last = is_ended;
    const auto frame = journal.next(std::chrono::milliseconds(is_last ? 0 : 1));
    if (!frame) return tl::unexpected(frame.error());
    if (!*frame && is_last) return {};
    if (!*frame) continue;
    const auto number = number_of((*frame)->bytes, (*frame)->source);
    RETIMU_ASSERT(number);
    say("read", (*frame)->source, *number);
    RETIMU_ASSERT(journal.forget(journal.offset()).has_value());
  }
}

Result<void> write_journal(const std::string& folder, std::uint64_t frames) {
  auto journal = JournalFile::open(journal_options(folder));
  if (!journal) return tl::unexpected(journal.error());
  std::vector<Result<void>> results(writing_threads);
  std::vector<std::thread> threads;
  for (std::uint32_t i = 0; i < writing_threads; ++i) {
    threads.emplace_back([&, i] { results[i] = append(**journal, i, frames); });
  }
  std::atomic<bool> is_ended = false;
  Result<void> result;
  std::thread reader([&] { result = read(**journal, is_ended); });
  for (std::thread& thread : threads) thread.join();
  is_ended = true;
  reader.join();
  for (const Result<void>& one : results) {
    if (result && !one) result = one;
  }
  return result;
}

}  // namespace
}  // namespace retimu::script

int main(int count, char** words) {
  if (count != 3) return 2;
  const auto done = retimu::script::write_journal(words[1], std::strtoull(words[2], nullptr, 10));
  if (done) return 0;
  std::fprintf(stderr, "%s\n", done.error().message.c_str());
  return 3;
}
