// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/line_reader.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace retimu {

LineReader::LineReader(std::unique_ptr<ByteReader> bytes)
    : bytes_(std::move(bytes)), buffer_(2 * line_bytes_max) {}

// False at the end of the file. There is room for a whole line.
Result<bool> LineReader::fill() {
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  const Result<std::size_t> got = bytes_->read(buffer_.data() + end_, buffer_.size() - end_);
  if (!got) return tl::unexpected(got.error());
  end_ += *got;
  return *got > 0;
}

Result<std::optional<std::string_view>> LineReader::next() {
  const auto find_end = [&](std::size_t from) {
    const auto first = buffer_.begin() + static_cast<std::ptrdiff_t>(from);
    const auto last = buffer_.begin() + static_cast<std::ptrdiff_t>(end_);
    return static_cast<std::size_t>(std::find(first, last, '\n') - buffer_.begin());
  };
  std::size_t line_end = find_end(begin_);
  while (line_end == end_ && end_ - begin_ <= line_bytes_max) {
    const std::size_t seen = end_ - begin_;
    const Result<bool> more = fill();
    if (!more) return tl::unexpected(more.error());
    line_end = find_end(begin_ + seen);
    if (!*more) break;
  }
  if (begin_ == end_) return std::nullopt;
  std::string_view line(buffer_.data() + begin_, line_end - begin_);
  const bool is_ended = line_end < end_;
  begin_ = is_ended ? line_end + 1 : end_;
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (is_ended || line.size() <= line_bytes_max) return line.substr(0, line_bytes_max);

  // Too long: what follows up to its end is read over behind what is given.
  constexpr std::size_t kept = line_bytes_max;
  std::memmove(buffer_.data(), line.data(), kept);
  for (;;) {
    const Result<std::size_t> got = bytes_->read(buffer_.data() + kept, buffer_.size() - kept);
    if (!got) return tl::unexpected(got.error());
    begin_ = kept;
    end_ = kept + *got;
    const std::size_t at = find_end(begin_);
    if (at < end_ || *got == 0) {
      begin_ = std::min(at + 1, end_);
      return std::string_view(buffer_.data(), kept);
    }
  }
}

}  // namespace retimu
