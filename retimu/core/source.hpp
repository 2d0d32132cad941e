// SPDX-License-Identifier: Apache-2.0
// Sources are pulled: the engine asks, a full queue simply asks later.
#ifndef RETIMU_CORE_SOURCE_HPP
#define RETIMU_CORE_SOURCE_HPP

#include "retimu/core/batch.hpp"
#include "retimu/core/interface.hpp"
#include "retimu/core/result.hpp"

#include <chrono>
#include <span>
#include <string>
#include <vector>

namespace retimu {

enum class Read : std::uint8_t { open, finished };

// What a person wants to know of a source at its end or now.
struct SourceReport {
  std::uint64_t records = 0;  // seen, malformed ones too
  std::uint64_t rejected = 0;
  std::uint64_t bytes_read = 0;  // of bytes_total, for progress; as on disk
  std::uint64_t bytes_total = 0;
  bool has_row_times = false;       // no partition has a time: records are numbered in its place
  std::vector<std::string> broken;  // partitions that could not be read to their end, and why
  std::vector<std::string> notes;   // "column \"status\" is text and left out (rack1.csv)"
};

// A durable part of a source: a file, a partition of a topic.
struct Partition {
  std::uint32_t number = 0;  // of Position: a function of the name, no two of a pipeline share it
  std::string name;          // a file's path without links and detours
  std::string mark;          // by which recognise() knows its contents again
};

// Whose events came next in an admitted order.
struct AdmittedRun {
  std::uint32_t partition = 0, count = 0;
  friend bool operator==(const AdmittedRun&, const AdmittedRun&) = default;
};

struct Source : Interface {
  // Appends at most count_max events to the batch, in admitted order: files merged by (time,
  // source, path, offset). Waits at most `wait` for the first. Sequence and training are left to
  // the engine.
  virtual Result<Read> read(Batch& into, std::size_t count_max, std::chrono::milliseconds wait) = 0;
  // The next record to be read of every partition, ordered; seek() takes the same and continues
  // identically.
  virtual std::vector<Position> positions() const = 0;
  virtual Result<void> seek(std::span<const Position> positions) = 0;

  virtual std::vector<Partition> partitions() const = 0;
  // What partitions() gave an earlier process. Fault::input if a partition begins otherwise now.
  virtual Result<void> recognise(std::span<const Partition> known) = 0;
  // The next events come in this order, as an earlier process admitted them; what was added to a
  // partition since then comes later. read() fails if one has ended before its turn.
  virtual void follow(std::vector<AdmittedRun> order) = 0;

  // No restart will ask for what lies before these positions, which positions() once gave.
  virtual Result<void> forget(std::span<const Position>) { return {}; }

  virtual SourceReport report() const = 0;
  // Name of a partition for people: a file's path.
  virtual std::string describe(const Position& position) const = 0;
};

}  // namespace retimu

#endif
