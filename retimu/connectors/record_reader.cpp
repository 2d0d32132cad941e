// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/record_reader.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace retimu {

namespace {

constexpr std::size_t buffer_bytes_first = 64 * 1024;
constexpr std::size_t read_bytes_min = 16 * 1024;      // room that a read has at least
constexpr std::size_t quoted_bytes_max = 1024 * 1024;  // a quote that stays open longer was none
constexpr std::size_t awaited_bytes_max = 16 * 1024;   // of a quote that may still be closed
constexpr std::size_t long_bytes_shown = 4'096;
constexpr std::size_t joined_bytes_max = 64 * 1024;  // of a log's record that has several lines
constexpr std::size_t joined_lines_max = 1'000;
constexpr std::size_t asked_bytes_max = 1'024;  // by which a line is known to go on

// Whether a quote is open behind a text that is looked at piece by piece. A quote opens at the
// start of a field; within one a doubled quote stands for itself.
class Quotes {
 public:
  explicit Quotes(char delimiter) : delimiter_(delimiter) {}

  void follow(std::string_view text) {
    if (!is_open_ && text.find('"') == std::string_view::npos) return;
    for (const char c : text) {
      const bool was_closed_here = std::exchange(has_just_closed_, false);
      if (c == '"') {
        if (is_open_) {
          is_open_ = false;
          has_just_closed_ = true;
        } else if (was_closed_here || is_at_field_) {
          is_open_ = true;
        }
      }
      is_at_field_ = c == delimiter_;
    }
  }
  bool is_open() const { return is_open_; }

 private:
  char delimiter_;
  bool is_open_ = false, has_just_closed_ = false, is_at_field_ = true;
};

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r") == std::string_view::npos;
}

}  // namespace

tl::unexpected<Error> shorter_than_before(std::string_view path, std::uint64_t offset) {
  return failure(Fault::input,
                 "{}: is shorter than it was when it was read before ({} bytes); restore it, or "
                 "start with an empty data_dir",
                 path, offset);
}

RecordReader::RecordReader(std::unique_ptr<ByteReader> bytes, std::size_t record_bytes_max)
    : bytes_(std::move(bytes)),
      record_bytes_max_(record_bytes_max),
      buffer_(buffer_bytes_first + padding) {}

Result<void> RecordReader::seek(std::uint64_t offset) {
  begin_offset_ = offset;
  begin_ = end_ = 0;
  open_until_ = 0;
  is_at_end_ = is_in_record_ = false;
  return bytes_->seek(offset);
}

Result<void> RecordReader::resume(std::uint64_t offset, const std::string& path) {
  if (offset == 0) return seek(0);
  // The byte before tells whether a line ended there.
  if (Result<void> sought = seek(offset - 1); !sought) return sought;
  const Result<bool> filled = fill();
  if (!filled) return tl::unexpected(filled.error());
  if (!*filled) return shorter_than_before(path, offset);
  is_in_record_ = *unread() != '\n';
  ++begin_;
  return {};
}

// More bytes behind the unread ones; false at the end of the file.
Result<bool> RecordReader::fill() {
  if (is_at_end_) return false;
  if (begin_ > 0) {
    std::memmove(buffer_.data(), unread(), unread_bytes());
    begin_offset_ += begin_;
    end_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.size() - padding - end_ < read_bytes_min) buffer_.resize(2 * buffer_.size());
  const Result<std::size_t> got =
      bytes_->read(buffer_.data() + end_, buffer_.size() - padding - end_);
  if (!got) {
    is_at_end_ = true;
    return tl::unexpected(got.error());
  }
  end_ += *got;
  std::memset(buffer_.data() + end_, 0, padding);
  is_at_end_ = *got == 0;
  return *got > 0;
}

// The first line end at or behind `from` unread bytes; a longer text than bytes_max is not looked
// at.
Result<RecordReader::Found> RecordReader::find_line_end(std::size_t from, std::size_t bytes_max) {
  for (;;) {
    const void* at = std::memchr(unread() + from, '\n', unread_bytes() - from);
    const std::size_t length =
        at == nullptr ? unread_bytes()
                      : static_cast<std::size_t>(static_cast<const char*>(at) - unread());
    if (length > bytes_max) return Found{End::limit, length};
    if (at != nullptr) return Found{End::line, length};
    from = length;
    const Result<bool> filled = fill();
    if (!filled) return tl::unexpected(filled.error());
    if (!*filled) return Found{End::file, length};
  }
}

// The first line end, at or behind that of the first line, where no quote is open; none if a quote
// stays open. What was open at a line end in vain is open there for every later record, too: the
// lines up to open_until_ are looked at once.
Result<std::optional<RecordReader::Found>> RecordReader::find_closed_end(Found line) {
  const std::size_t bytes_max = std::min(quoted_bytes_max, record_bytes_max_);
  Quotes quotes(delimiter_);
  quotes.follow({unread(), line.length});
  if (quotes.is_open() && line.end == End::line && offset() + line.length < open_until_) {
    line.length = static_cast<std::size_t>(open_until_ - offset());
  }
  while (quotes.is_open()) {
    if (line.end != End::line) return std::optional<Found>();
    open_until_ = std::max(open_until_, offset() + line.length);
    const std::size_t from = line.length + 1;
    const Result<Found> next = find_line_end(from, bytes_max);
    if (!next) return tl::unexpected(next.error());
    quotes.follow({unread() + from, next->length - from});
    line = *next;
  }
  if (line.end == End::limit) return std::optional<Found>();
  return std::optional(line);
}

// The record of the unread bytes up to `found`, which are read then.
Record RecordReader::take(Found found, Record::State state, bool spans_lines) {
  Record record{{unread(), found.length}, offset(), state, spans_lines};
  begin_ = std::min(begin_ + found.length + 1, end_);
  if (record.text.ends_with('\r')) record.text.remove_suffix(1);
  return record;
}

// Passes over a line that does not fit; memory stays as it is.
Result<Record> RecordReader::pass_long_line() {
  const std::uint64_t begin = offset();
  long_text_.assign(unread(), std::min(long_bytes_shown, record_bytes_max_));
  long_text_.append(padding, '\0');
  if (const Result<bool> passed = pass_line(); !passed) return tl::unexpected(passed.error());
  return Record{std::string_view(long_text_).substr(0, long_text_.size() - padding), begin,
                Record::State::too_long};
}

// Passes over what is left of a line, however long; false if the file ends first.
Result<bool> RecordReader::pass_line() {
  for (;;) {
    const void* at = std::memchr(unread(), '\n', unread_bytes());
    if (at != nullptr) {
      begin_ += static_cast<std::size_t>(static_cast<const char*>(at) - unread()) + 1;
      return true;
    }
    begin_ = end_;
    const Result<bool> filled = fill();
    if (!filled) return tl::unexpected(filled.error());
    if (!*filled) return false;
  }
}

// Whether a line begins at `from` unread bytes that goes on with the one before; a blank one does.
Result<bool> RecordReader::is_next_joined(std::size_t from) {
  const Result<Found> line = find_line_end(from, from + asked_bytes_max);
  if (!line) return tl::unexpected(line.error());
  const std::string_view text(unread() + from, std::min(line->length - from, asked_bytes_max));
  if (line->end == End::file && text.empty()) return false;
  return is_blank(text) || goes_on_(text);
}

// Where the record of that first line ends, as far as it is kept.
Result<RecordReader::Found> RecordReader::find_joined_end(Found line, bool& is_cut) {
  for (std::size_t lines = 1; line.end == End::line; ++lines) {
    const std::size_t from = line.length + 1;
    const Result<bool> is_joined = is_next_joined(from);
    if (!is_joined) return tl::unexpected(is_joined.error());
    if (!*is_joined) break;
    const Result<Found> next = find_line_end(from, std::max(from, joined_bytes_max));
    if (!next) return tl::unexpected(next.error());
    is_cut = next->end == End::limit || lines == joined_lines_max;
    if (is_cut) break;
    line = *next;
  }
  return line;
}

// Passes over the lines that belong to a record and are not kept.
Result<void> RecordReader::pass_joined(Record& record) {
  const std::string kept(record.text);  // which may lie in long_text_
  long_text_.assign(kept).append(padding, '\0');
  record.text = std::string_view(long_text_).substr(0, long_text_.size() - padding);
  for (;;) {
    const Result<bool> is_joined = is_next_joined(0);
    if (!is_joined) return tl::unexpected(is_joined.error());
    if (!*is_joined) return {};
    const Result<bool> passed = pass_line();
    if (!passed) return tl::unexpected(passed.error());
    if (!*passed) return {};
  }
}

// The record that begins with that line.
Result<Record> RecordReader::next_joined(Found line, bool is_rest) {
  bool is_cut = false;
  const Result<Found> end = find_joined_end(line, is_cut);
  if (!end) return tl::unexpected(end.error());
  const Record::State state = is_rest                 ? Record::State::rest
                              : end->end == End::file ? Record::State::unended
                                                      : Record::State::whole;
  Record record = take(*end, state);
  record.is_cut = is_cut;
  if (is_cut) {
    if (Result<void> passed = pass_joined(record); !passed) return tl::unexpected(passed.error());
  }
  record.is_at_end = is_at_end_ && unread_bytes() == 0;
  return record;
}

Result<std::optional<Record>> RecordReader::next() {
  for (;;) {
    const Result<Found> line = find_line_end(0, record_bytes_max_);
    if (!line) return tl::unexpected(line.error());
    if (line->end == End::file && line->length == 0) return std::optional<Record>();
    const bool is_rest = std::exchange(is_in_record_, false);
    if (line->end == End::limit) {
      Result<Record> record = pass_long_line();
      if (!record) return tl::unexpected(record.error());
      if (is_rest) record->state = Record::State::rest;
      if (goes_on_) {
        if (Result<void> passed = pass_joined(*record); !passed) {
          return tl::unexpected(passed.error());
        }
        record->is_at_end = is_at_end_ && unread_bytes() == 0;
      }
      return std::optional<Record>(*record);
    }
    if (is_blank({unread(), line->length})) {
      (void)take(*line, Record::State::whole);
      continue;
    }
    if (goes_on_) {
      Result<Record> record = next_joined(*line, is_rest);
      if (!record) return tl::unexpected(record.error());
      return std::optional<Record>(*record);
    }
    if (is_rest) return std::optional<Record>(take(*line, Record::State::rest));
    Result<std::optional<Found>> end = std::optional<Found>(*line);
    if (delimiter_ != '\0' && std::memchr(unread(), '"', line->length) != nullptr) {
      end = find_closed_end(*line);
      if (!end) return tl::unexpected(end.error());
    }
    if (!*end) {
      const bool is_last = line->end == End::file;
      const bool is_short = unread_bytes() <= awaited_bytes_max;
      Record first = take(*line, is_last ? Record::State::unended : Record::State::unclosed);
      first.is_at_end = is_at_end_ && is_short;
      return std::optional<Record>(first);
    }
    const bool is_ended = (*end)->end == End::line;
    Record record = take(**end, is_ended ? Record::State::whole : Record::State::unended,
                         (*end)->length != line->length);
    record.is_at_end = !is_ended;
    return std::optional<Record>(record);
  }
}

Record RecordReader::keep_first_line(const Record& record) {
  begin_ = static_cast<std::size_t>(record.offset - begin_offset_);
  return take({End::line, record.text.find('\n')}, Record::State::unclosed);
}

}  // namespace retimu
