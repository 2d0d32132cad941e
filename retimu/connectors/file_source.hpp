// SPDX-License-Identifier: Apache-2.0
// Files as a source: CSV, TSV, JSON lines or logs, plain, gzip or zstd. All files of a pipeline are
// one source, each a partition; they are merged by (time of the next record, input, path), so that
// the order is a function of the files alone. A record that could not be read comes as soon as it
// is the next one of its file. A file is known again by its path without links and detours, and by
// how it begins; with that goes the year of its first record, where times have none.
#ifndef RETIMU_CONNECTORS_FILE_SOURCE_HPP
#define RETIMU_CONNECTORS_FILE_SOURCE_HPP

#include "retimu/core/columns.hpp"
#include "retimu/core/journal.hpp"
#include "retimu/core/severity.hpp"
#include "retimu/core/source.hpp"

#include <memory>
#include <string>
#include <vector>

namespace retimu {

// One [[source]] table, or the files of a command line.
struct FileInput {
  std::vector<std::string> paths;  // files and globs; a file under two names is read once
  RecordFormat format = RecordFormat::automatic;
  char delimiter = '\0';       // of CSV; 0: found
  std::string message, level;  // columns or JSON pointers; with a message records are log lines
  // Columns or JSON pointers; records with a value in `alarm` are alarms, `message` is their text.
  std::string alarm, severity, state;
  SeverityOrder severity_order = SeverityOrder::ascending;
  std::string pattern;              // of a log, see log_pattern.hpp; empty: found
  std::string time;                 // column or JSON pointer; "row"; empty: found
  std::vector<std::string> entity;  // columns or JSON pointers; empty: all is one entity
  std::vector<std::string> ignore;  // columns that must be there and are left out
  std::vector<std::string> ignore_if_present;
  std::size_t record_bytes_max = 16UL * 1024 * 1024;
  bool is_syslog = false;  // a log: of many senders, each line a message that is read by itself
  bool awaits_line_end = false;  // a last record without one is left for the next run
  friend bool operator==(const FileInput&, const FileInput&) = default;
};

// Opens every file and reads its first 1,000 records, up to 16 MiB of them. Fault::input: nothing
// found under a path, a folder, all empty, binary, or more than half of those records malformed;
// Fault::usage: no file named, or a column that is not there. More than 128 files are not held
// open, so their number is not limited by the system. Memory: about 100 KB a file, and up to twice
// record_bytes_max where records are that long. `columns` must outlive the source.
Result<std::unique_ptr<Source>> open_files(const std::vector<FileInput>& inputs, Columns& columns);

}  // namespace retimu

#endif
