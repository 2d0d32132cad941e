// SPDX-License-Identifier: Apache-2.0
// The bytes of a file, as they are or unpacked.
#ifndef RETIMU_CONNECTORS_BYTE_READER_HPP
#define RETIMU_CONNECTORS_BYTE_READER_HPP

#include "retimu/core/interface.hpp"
#include "retimu/core/result.hpp"
#include "retimu/core/time.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace retimu {

struct ByteReader : Interface {
  // Up to `bytes` bytes, at least one unless the end is reached; 0 at the end. Fault::input if the
  // file cannot be read, is damaged, or ends in the middle of packed data.
  virtual Result<std::size_t> read(char* to, std::size_t bytes) = 0;
  // To a place in the unpacked bytes; beyond the end is no error, read() gives 0 there. Packed data
  // are unpacked up to the place, from the beginning if it lies behind.
  virtual Result<void> seek(std::uint64_t offset) = 0;
  virtual bool may_grow() const { return true; }  // what stands at its end may not be whole yet
  virtual std::uint64_t bytes_read() const = 0;   // as on disk, for progress
  virtual std::uint64_t bytes_total() const = 0;  // as on disk, when it was opened
};

// How many descriptors an open file takes while nobody reads: one, or none (then it is opened again
// for each read, some microseconds; that it is still the same file is checked).
enum class Holding : std::uint8_t { open, closed };

// A file, unpacked if its first bytes say that it is gzip or zstd. Fault::input: missing, a folder,
// not readable, not a regular file.
Result<std::unique_ptr<ByteReader>> open_bytes(const std::string& path, Holding holding);

// Unpacks what `packed` gives: gzip members in a row count as one file, zeros behind them are
// padding. `path` is for messages.
std::unique_ptr<ByteReader> make_gzip_reader(std::string path, std::unique_ptr<ByteReader> packed);

// The same of zstd (RFC 8878): frames in a row count as one file, skippable ones are skipped. What
// needs a window of more than 8 MiB is refused; it takes as much memory.
std::unique_ptr<ByteReader> make_zstd_reader(std::string path, std::unique_ptr<ByteReader> packed);

// The first bytes of a file as they are on disk, fewer if it has no more. Fault::input as above.
Result<std::string> read_beginning(const std::string& path, std::size_t bytes_max);

// When a file was last written, to the second; 0 if that cannot be known.
Time time_written(const std::string& path);

// Which file a path means, whatever it is called: equal for two names of one file.
struct FileIdentity {
  std::uint64_t device = 0, number = 0;
  friend auto operator<=>(const FileIdentity&, const FileIdentity&) = default;
};
// Fault::input if it is missing.
Result<FileIdentity> identify(const std::string& path);

}  // namespace retimu

#endif
