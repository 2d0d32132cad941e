// SPDX-License-Identifier: Apache-2.0
// What the program that writes a journal and the test that kills it know of each other.
#ifndef TESTS_FAULTS_JOURNAL_SCRIPT_HPP
#define TESTS_FAULTS_JOURNAL_SCRIPT_HPP

#include "retimu/core/hash.hpp"
#include "retimu/storage/journal_file.hpp"

#include <charconv>
#include <optional>
#include <string>

namespace retimu::script {

inline constexpr std::uint32_t writing_threads = 4;

// Small files, and few of them: they are begun and deleted all the time.
inline JournalOptions journal_options(const std::string& folder) {
  return {.folder = folder,
          .segment_bytes = 16'000,
          .unread_bytes_max = 400'000,
          .held_bytes_max = 1'000'000};
}

// "NUMBER xxxx…": some of many pages, so that a kill may come in the middle of them.
inline std::string numbered_frame(std::uint32_t thread, std::uint64_t number) {
  const std::uint64_t dice = mix(thread, number);
  const std::size_t bytes = dice % 32 == 0 ? 200'000 : dice % 3'000;
  return fmt::format("{} {}\n", number, std::string(bytes, static_cast<char>('a' + dice % 26)));
}

// None: no frame of that thread, or another one than was written.
inline std::optional<std::uint64_t> number_of(std::string_view frame, std::uint32_t thread) {
  std::uint64_t number = 0;
  const auto read = std::from_chars(frame.data(), frame.data() + frame.size(), number);
  if (read.ec != std::errc() || frame != numbered_frame(thread, number)) return std::nullopt;
  return number;
}

}  // namespace retimu::script

#endif
