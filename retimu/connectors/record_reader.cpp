// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/record_reader.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace retimu {

namespace {
constexpr std::size_t buffer_bytes_first = 256 * 1024;
constexpr std::size_t none = SIZE_MAX;
constexpr std::size_t shown_of_long = 4'096;
constexpr std::size_t quoted_bytes_max = 1024 * 1024;  // a quote that stays open longer was none
}  // namespace

RecordReader::RecordReader(std::unique_ptr<ByteReader> bytes, std::size_t record_bytes_max)
    : bytes_(std::move(bytes)),
      record_bytes_max_(record_bytes_max),
      buffer_(buffer_bytes_first + padding) {}

Result<void> RecordReader::seek(std::uint64_t offset) {
  if (Result<void> sought = bytes_->seek(offset); !sought) return sought;
  begin_offset_ = offset;
  begin_ = end_ = 0;
  is_at_end_ = false;
  return {};
}

// More bytes behind the unread ones; false at the end of the file.
Result<bool> RecordReader::fill() {
  if (is_at_end_) return false;
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    begin_offset_ += begin_;
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ + padding == buffer_.size()) buffer_.resize(2 * end_ + padding);
  const Result<std::size_t> got = bytes_->read(buffer_.data() + end_, buffer_.size() - padding - end_);
  if (!got) {
    is_at_end_ = true;
    return tl::unexpected(got.error());
  }
  end_ += *got;
  std::memset(buffer_.data() + end_, 0, padding);
  is_at_end_ = *got == 0;
  return *got > 0;
}

// The record's end at or after `from`, none if it is not in the buffer. Remembers whether a quote is open there.
std::size_t RecordReader::find_end(std::size_t from) {
  const char* data = buffer_.data();
  while (from < end_) {
    const void* at = std::memchr(data + from, '\n', end_ - from);
    const std::size_t line_end =
        at == nullptr ? end_ : static_cast<std::size_t>(static_cast<const char*>(at) - data);
    if (delimiter_ != '\0' &&
        (is_quoted_ || std::memchr(data + from, '"', line_end - from) != nullptr)) {
      follow_quotes(from, line_end);
    }
    if (at == nullptr) return none;
    if (!is_quoted_) return line_end;
    from = line_end + 1;
  }
  return none;
}

// A quote opens at the start of a field; within one a doubled quote stands for itself.
void RecordReader::follow_quotes(std::size_t from, std::size_t to) {
  for (std::size_t i = from; i < to; ++i) {
    const bool is_quote = buffer_[i] == '"';
    const bool was_closed = std::exchange(has_just_closed_, false);
    if (!is_quote) continue;
    if (is_quoted_) {
      is_quoted_ = false;
      has_just_closed_ = true;
    } else if (was_closed || i == begin_ || buffer_[i - 1] == delimiter_) {
      is_quoted_ = true;
    }
  }
}

// Passes over the rest of a record that does not fit; memory stays as it is.
Result<Record> RecordReader::skip_long() {
  Record record{{}, offset(), true};
  long_text_.assign(buffer_.data() + begin_, std::min(shown_of_long, end_ - begin_));
  for (;;) {
    begin_ = end_;
    const Result<bool> filled = fill();
    if (!filled) return tl::unexpected(filled.error());
    if (!*filled) break;
    const void* at = std::memchr(buffer_.data() + begin_, '\n', end_ - begin_);
    if (at == nullptr) continue;
    begin_ = static_cast<std::size_t>(static_cast<const char*>(at) - buffer_.data()) + 1;
    break;
  }
  record.text = long_text_;
  return record;
}

Result<std::optional<Record>> RecordReader::next() {
  for (;;) {
    is_quoted_ = has_just_closed_ = false;
    std::size_t looked_at = begin_;
    std::size_t end = find_end(looked_at);
    while (end == none) {
      const std::size_t unread = end_ - begin_;
      if (is_quoted_ && unread > quoted_bytes_max) break;
      if (unread > record_bytes_max_) {
        Result<Record> record = skip_long();
        if (!record) return tl::unexpected(record.error());
        return std::optional<Record>(*record);
      }
      const Result<bool> filled = fill();
      if (!filled) return tl::unexpected(filled.error());
      if (!*filled) break;
      looked_at = begin_ + unread;
      end = find_end(looked_at);
    }
    if (begin_ == end_) return std::optional<Record>();
    const bool is_open = end == none && is_quoted_;
    if (is_open) {
      const void* at = std::memchr(buffer_.data() + begin_, '\n', end_ - begin_);
      if (at != nullptr) {
        end = static_cast<std::size_t>(static_cast<const char*>(at) - buffer_.data());
      }
    }
    const bool is_last = end == none;
    if (is_last) end = end_;
    Record record{{buffer_.data() + begin_, end - begin_}, offset(), false, is_open};
    begin_ = is_last ? end_ : end + 1;
    if (record.text.ends_with('\r')) record.text.remove_suffix(1);
    if (record.text.find_first_not_of(" \t") == std::string_view::npos) continue;
    return std::optional<Record>(record);
  }
}

}  // namespace retimu
