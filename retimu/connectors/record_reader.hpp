// SPDX-License-Identifier: Apache-2.0
// Cuts a file into records: lines, for CSV lines whose quotes are closed, for logs a line with
// those that go on with it. Where a record ends is a function of its own bytes and of what follows,
// not of how the file is read.
#ifndef RETIMU_CONNECTORS_RECORD_READER_HPP
#define RETIMU_CONNECTORS_RECORD_READER_HPP

#include "retimu/connectors/byte_reader.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace retimu {

struct Record {
  enum class State : std::uint8_t {
    whole,
    unended,   // the last one of the file, without a line end: perhaps it is still being written
    too_long,  // its first line has more than record_bytes_max bytes; text is at most 4,096 of them
    unclosed,  // of CSV: a quote stays open; text is the first line, other lines follow it
    rest,      // of a record that was unended when it was read before
  };
  // Without the line end. At least `padding` readable bytes follow it in memory.
  std::string_view text;
  std::uint64_t offset = 0;  // of its first byte
  State state = State::whole;
  bool spans_lines = false;  // a field in quotes holds a line end
  bool is_cut = false;       // of a log: more lines or bytes belong to it than are kept
  // The file ended while its end was looked for: perhaps it goes on; of a log always for the last
  // one. Where a quote has stayed open
  // for more than 16 KiB this is not expected.
  bool is_at_end = false;
};

// Fault::input: what had been read up to `offset` is not there any more.
tl::unexpected<Error> shorter_than_before(std::string_view path, std::uint64_t offset);

// Reads ahead in a buffer that grows to at most twice record_bytes_max. About 20 ns a record of 150
// bytes, no allocation once the buffer has grown.
class RecordReader {
 public:
  static constexpr std::size_t padding = 64;  // what the JSON parser may read beyond a record

  RecordReader(std::unique_ptr<ByteReader> bytes, std::size_t record_bytes_max);

  // From now on a line end within a field in quotes belongs to the record, which then has at most a
  // MiB; '\0': lines are records.
  void set_delimiter(char delimiter) { delimiter_ = delimiter; }

  // From now on a line that goes on with the one before belongs to its record, up to 1,000 lines
  // and 64 KiB; what is more is passed over. `goes_on` is asked with the first 1,024 bytes of a
  // line.
  void join(std::function<bool(std::string_view)> goes_on) { goes_on_ = std::move(goes_on); }

  // Blank lines are passed over. None: the end. Valid until the next call of anything here. After
  // an error of the file only seek() and resume() go on.
  Result<std::optional<Record>> next();

  // The first line of the record of several lines that next() gave last; the next record begins
  // behind that line.
  Record keep_first_line(const Record& record);

  // To the place where reading begins: the file's start, or what lies behind its byte order mark or
  // header.
  Result<void> seek(std::uint64_t offset);
  // To where offset() once was. Fault::input if the file has become shorter than that.
  Result<void> resume(std::uint64_t offset, const std::string& path);

  std::uint64_t offset() const { return begin_offset_ + begin_; }  // of what next() looks at first
  const ByteReader& bytes() const { return *bytes_; }

 private:
  enum class End : std::uint8_t { line, file, limit };
  struct Found {
    End end;
    std::size_t length;  // from begin_
  };
  const char* unread() const { return buffer_.data() + begin_; }
  std::size_t unread_bytes() const { return end_ - begin_; }
  Result<bool> fill();
  Result<Found> find_line_end(std::size_t from, std::size_t bytes_max);
  Result<std::optional<Found>> find_closed_end(Found line);
  Result<Record> pass_long_line();
  Result<bool> pass_line();
  Result<Record> next_joined(Found line, bool is_rest);
  Result<Found> find_joined_end(Found line, bool& is_cut);
  Result<bool> is_next_joined(std::size_t from);
  Result<void> pass_joined(Record& record);
  Record take(Found found, Record::State state, bool spans_lines = false);

  std::unique_ptr<ByteReader> bytes_;
  char delimiter_ = '\0';
  std::function<bool(std::string_view)> goes_on_;  // empty: lines are records
  std::size_t record_bytes_max_;
  std::vector<char> buffer_;
  std::string long_text_;            // what is kept of a record that is too long
  std::uint64_t begin_offset_ = 0;   // of the buffer's first byte
  std::size_t begin_ = 0, end_ = 0;  // unread bytes of the buffer
  std::uint64_t open_until_ = 0;  // a quote that is open somewhere before is open at this line end
  bool is_at_end_ = false;
  bool is_in_record_ = false;  // what comes next is the rest of a record that was read before
};

}  // namespace retimu

#endif
