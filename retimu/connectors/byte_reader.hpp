// SPDX-License-Identifier: Apache-2.0
// The bytes of a file, plain or gzip (by its first bytes; several members in a row count as one).
#ifndef RETIMU_CONNECTORS_BYTE_READER_HPP
#define RETIMU_CONNECTORS_BYTE_READER_HPP

#include "retimu/core/interface.hpp"
#include "retimu/core/result.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace retimu {

class ByteReader : public Interface {
 public:
  // Fault::input: missing, a folder, not readable.
  static Result<std::unique_ptr<ByteReader>> open(const std::string& path);

  // Up to `bytes` bytes; 0 at the end.
  virtual Result<std::size_t> read(char* to, std::size_t bytes) = 0;
  // To a place in the uncompressed bytes; gzip is read again from its start.
  virtual Result<void> seek(std::uint64_t offset) = 0;
  virtual std::uint64_t bytes_read() const = 0;   // as on disk, for progress
  virtual std::uint64_t bytes_total() const = 0;  // as on disk, when it was opened
};

}  // namespace retimu

#endif
