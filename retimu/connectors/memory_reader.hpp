// SPDX-License-Identifier: Apache-2.0
// Bytes in memory, read like a file.
#ifndef RETIMU_CONNECTORS_MEMORY_READER_HPP
#define RETIMU_CONNECTORS_MEMORY_READER_HPP

#include "retimu/connectors/byte_reader.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

namespace retimu {

// Gives at most `step` bytes at once.
class MemoryReader final : public ByteReader {
 public:
  explicit MemoryReader(std::string bytes, std::size_t step = SIZE_MAX)
      : bytes_(std::move(bytes)), step_(step) {}

  Result<std::size_t> read(char* to, std::size_t bytes) override {
    const std::size_t got = std::min({bytes, step_, bytes_.size() - at_});
    std::memcpy(to, bytes_.data() + at_, got);
    at_ += got;
    return got;
  }
  Result<void> seek(std::uint64_t offset) override {
    at_ = static_cast<std::size_t>(std::min<std::uint64_t>(offset, bytes_.size()));
    return {};
  }
  std::uint64_t bytes_read() const override { return at_; }
  std::uint64_t bytes_total() const override { return bytes_.size(); }

 private:
  std::string bytes_;
  std::size_t step_, at_ = 0;
};

}  // namespace retimu

#endif
