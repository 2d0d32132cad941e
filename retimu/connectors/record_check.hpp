// SPDX-License-Identifier: Apache-2.0
// Looks at what a sender gave, line by line, before it is taken: what could not be read later is
// told while its sender still listens.
#ifndef RETIMU_CONNECTORS_RECORD_CHECK_HPP
#define RETIMU_CONNECTORS_RECORD_CHECK_HPP

#include "retimu/core/journal.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace retimu {

struct BadLine {
  std::uint64_t line = 0;   // from 1; of a JSON array the number of its element
  std::string_view reason;  // constant text, with nothing in it that would have to be escaped
};

struct CheckedRecords {
  static constexpr std::size_t errors_max = 20;

  std::string bytes;  // good records, each with '\n' behind it; of CSV the header before them
  RecordFormat format = RecordFormat::automatic;
  std::uint64_t accepted = 0,
                rejected = 0;   // records; of automatic and log: lines that say anything
  std::vector<BadLine> errors;  // of the rejected ones the first errors_max
};

// One a thread: its memory, of lines up to 64 KiB, is used again. About 200 ns a JSON line of 150
// bytes, 50 ns one of CSV.
class RecordCheck {
 public:
  // `line_bytes_max`: longer lines are bad.
  explicit RecordCheck(std::size_t line_bytes_max = 1UL << 20U);
  ~RecordCheck();
  RecordCheck(const RecordCheck&) = delete;
  RecordCheck& operator=(const RecordCheck&) = delete;

  // jsonl: an object a line; else one object, or an array of objects, in any layout; each becomes
  // one line. What Python writes for numbers (NaN, Infinity) is let through. csv: a header and, on
  // a line each, records with as many fields. log: lines without a zero byte. automatic: jsonl
  // where it begins with an object or an array of them, sound or not; else lines. Line ends are
  // made '\n', a byte order mark is left out, and in JSON and CSV so are blank lines. No bytes
  // where nothing was accepted.
  CheckedRecords check(RecordFormat format, std::string body);

 private:
  struct Memory;
  struct Task;
  const std::size_t line_bytes_max_;
  std::unique_ptr<Memory> memory_;
};

}  // namespace retimu

#endif
