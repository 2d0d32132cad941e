// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/record_stream.hpp"

#include "retimu/connectors/csv_layout.hpp"
#include "retimu/connectors/input_file.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace retimu {

namespace {

constexpr std::size_t sample_lines = 100;
constexpr std::size_t sample_bytes = 64UL * 1024;
constexpr std::size_t header_bytes_max = 256UL * 1024;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

// Whole lines without their ends, blank ones left out; at the stream's end the last one, too.
std::vector<std::string> lines_of(std::string_view text, bool is_all) {
  std::vector<std::string> lines;
  while (!text.empty() && lines.size() < sample_lines) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos && !is_all) break;
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.find_first_not_of(" \t") != std::string_view::npos) lines.emplace_back(line);
    text.remove_prefix(std::min(text.size(), end == std::string_view::npos ? end : end + 1));
  }
  return lines;
}

std::string header_of(const CsvLayout& layout) {
  std::string header;
  for (const std::string& name : layout.names) {
    if (!header.empty()) header += layout.delimiter;
    header += name;
  }
  return header + "\n";
}

}  // namespace

RecordStream::RecordStream(const FileInput& reading, std::string name)
    : reading_(reading), name_(std::move(name)) {}

void RecordStream::learn(std::string_view beginning) {
  is_known_ = find_out(beginning, Flow::settled);
  header_bytes_ = 0;  // it lies behind
}

// Format, header and what goes on by the first lines; false while there are too few.
bool RecordStream::find_out(std::string_view from, Flow flow) {
  std::size_t before = 0;
  if (from.starts_with(byte_order_mark)) before = byte_order_mark.size();
  const bool is_long = from.size() > reading_.record_bytes_max;
  const std::vector<std::string> lines =
      lines_of(from.substr(before), flow == Flow::ended || is_long);
  const bool is_enough = lines.size() >= sample_lines || from.size() >= sample_bytes || is_long;
  if (lines.empty() || (flow == Flow::goes_on && !is_enough)) return false;
  format_ = find_format(reading_, RecordFormat::automatic, name_, lines);
  header_bytes_ = before;
  DecoderOptions options = decoder_options(reading_, 0);
  if (format_ == RecordFormat::log) {
    if (Result<LogLayout> found = find_log_layout(options, name_, lines)) log_ = std::move(*found);
  }
  if (format_ != RecordFormat::csv) return true;
  if (options.delimiter == '\0') options.delimiter = find_csv_delimiter(lines);
  const Result<CsvLayout> layout = find_csv_layout(options, options.delimiter, name_, lines);
  if (!layout) return true;  // each record is rejected for that reason
  if (!layout->has_header) {
    header_ = header_of(*layout);
    return true;
  }
  if (lines[0].size() > header_bytes_max) return true;
  const std::size_t begin = from.find_first_not_of(" \t\r\n", before);
  const std::size_t end = std::min(from.find('\n', begin), from.size() - 1);
  header_ = lines[0] + "\n";
  header_bytes_ = end + 1;
  return true;
}

void RecordStream::pass(std::size_t bytes) {
  at_ += bytes;
  taken_ += bytes;
  if (at_ == buffer_.size()) {
    buffer_.clear();
    at_ = 0;
  } else if (at_ > frame_bytes) {
    buffer_.erase(0, at_);
    at_ = 0;
  }
}

// How many of the bytes at hand are whole records, frame_bytes of them or one record.
std::size_t RecordStream::whole(Flow flow) {
  const std::string_view left = std::string_view(buffer_).substr(at_);
  if (flow == Flow::ended && left.size() <= frame_bytes) return left.size();
  std::size_t end = left.rfind('\n', frame_bytes);
  if (end == std::string_view::npos) end = left.find('\n');
  if (end == std::string_view::npos) return flow == Flow::ended ? left.size() : 0;
  ++end;
  const bool is_last = left.find('\n', end) == std::string_view::npos;
  if (!log_ || (is_last && flow != Flow::goes_on)) return end;
  // A log's last line may be gone on with, unless what follows it begins a record.
  if (!is_last) {
    const std::string_view next = left.substr(end, left.find('\n', end) - end);
    if (log_->begins_record(next, scratch_)) return end;
  }
  while (end > 0) {
    const std::size_t before = end < 2 ? std::string_view::npos : left.rfind('\n', end - 2);
    const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
    if (log_->begins_record(left.substr(begin, end - begin), scratch_)) {
      if (begin > 0) return begin;
      break;
    }
    end = begin;
  }
  // One record as far as can be seen; a longer one is cut.
  return left.size() > frame_bytes ? left.rfind('\n', frame_bytes) + 1 : 0;
}

std::uint64_t RecordStream::count(std::string_view lines) {
  std::uint64_t records = 0;
  bool is_quoted = false;
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(lines.size(), line.size() + 1));
    const bool is_blank = line.find_first_not_of(" \t\r") == std::string_view::npos;
    const bool goes_on = is_quoted || (log_ && records > 0 && !log_->begins_record(line, scratch_));
    if (!is_blank && !goes_on) ++records;
    if (format_ == RecordFormat::csv && std::ranges::count(line, '"') % 2 == 1) {
      is_quoted = !is_quoted;
    }
  }
  return records;
}

std::string_view RecordStream::take(Flow flow) {
  if (!is_known_ && !(is_known_ = find_out(std::string_view(buffer_).substr(at_), flow))) {
    if (flow == Flow::ended) pass(buffer_.size() - at_);  // blank
    return {};
  }
  if (header_bytes_ > 0) pass(std::exchange(header_bytes_, 0));
  if (skips_line_) {
    const std::size_t end = buffer_.find('\n', at_);
    skips_line_ = end == std::string::npos && flow != Flow::ended;
    pass(end == std::string::npos ? buffer_.size() - at_ : end + 1 - at_);
  }
  std::size_t bytes = whole(flow);
  if (bytes == 0 && buffer_.size() - at_ > reading_.record_bytes_max) {
    bytes = buffer_.size() - at_;  // no line end within what a record may have: it is told as such
    skips_line_ = true;
  }
  if (bytes == 0) return {};
  records_ = count(std::string_view(buffer_).substr(at_, bytes));
  frame_ = header_;
  frame_.append(buffer_, at_, bytes);
  if (!frame_.ends_with('\n')) frame_ += '\n';
  pass(bytes);
  return frame_;
}

}  // namespace retimu
