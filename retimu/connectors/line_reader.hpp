// SPDX-License-Identifier: Apache-2.0
// The lines of a text file one after another, with their numbers; blank ones, too.
#ifndef RETIMU_CONNECTORS_LINE_READER_HPP
#define RETIMU_CONNECTORS_LINE_READER_HPP

#include "retimu/connectors/byte_reader.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace retimu {

class LineReader {
 public:
  static constexpr std::size_t line_bytes_max = 1 << 16;

  explicit LineReader(std::unique_ptr<ByteReader> bytes);

  // Without its end (\n or \r\n); of a longer line the first line_bytes_max bytes. None: the end.
  // Valid until the next call. No allocation.
  Result<std::optional<std::string_view>> next();
  const ByteReader& bytes() const { return *bytes_; }

 private:
  Result<bool> fill();

  std::unique_ptr<ByteReader> bytes_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0, end_ = 0;  // what was read and not given yet
};

}  // namespace retimu

#endif
