// SPDX-License-Identifier: Apache-2.0
// Records of a file: lines, or for CSV lines whose quotes are closed. A record stays valid until the next call.
#ifndef RETIMU_CONNECTORS_RECORD_READER_HPP
#define RETIMU_CONNECTORS_RECORD_READER_HPP

#include "retimu/connectors/byte_reader.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace retimu {

struct Record {
  std::string_view text;    // without its line end; at least `padding` readable bytes follow it in memory
  std::uint64_t offset = 0;  // of its first byte
  bool is_too_long = false;  // then text is its beginning
  bool is_open = false;      // a quote is not closed; text is its first line, the next record follows that
};

class RecordReader {
 public:
  static constexpr std::size_t padding = 64;  // what the JSON parser may read beyond a record

  RecordReader(std::unique_ptr<ByteReader> bytes, std::size_t record_bytes_max);

  // From now on a line end within a field in quotes belongs to the record; '\0': lines are records.
  void set_delimiter(char delimiter) { delimiter_ = delimiter; }

  // Blank lines are passed over. None: the end. An error of the file ends it for good.
  Result<std::optional<Record>> next();
  Result<void> seek(std::uint64_t offset);
  std::uint64_t offset() const { return begin_offset_ + begin_; }  // of what next() looks at first
  const ByteReader& bytes() const { return *bytes_; }

 private:
  Result<bool> fill();
  std::size_t find_end(std::size_t from);
  void follow_quotes(std::size_t from, std::size_t to);
  Result<Record> skip_long();

  std::unique_ptr<ByteReader> bytes_;
  char delimiter_ = '\0';
  std::size_t record_bytes_max_;
  std::vector<char> buffer_;
  std::string long_text_;                  // beginning of a record that was too long
  std::uint64_t begin_offset_ = 0;         // of the buffer's first byte
  std::size_t begin_ = 0, end_ = 0;        // unread bytes of the buffer
  bool is_at_end_ = false;
  bool is_quoted_ = false, has_just_closed_ = false;  // within the record that is looked for
};

}  // namespace retimu

#endif
