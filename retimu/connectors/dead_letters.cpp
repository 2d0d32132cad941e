// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/dead_letters.hpp"

#include "retimu/connectors/record_reader.hpp"
#include "retimu/core/alert.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <utility>

namespace retimu {

namespace {
constexpr std::string_view line_begin = "{\"source\":\"";
constexpr std::size_t line_bytes_max = 256 * 1024;  // a text of 4,096 bytes and a path, escaped
}  // namespace

Result<std::unique_ptr<DeadLetters>> DeadLetters::open(const std::string& path,
                                                       std::uint64_t bytes_max) {
  Result<std::unique_ptr<AppendFile>> file = AppendFile::open(path);
  if (!file) return tl::unexpected(file.error());
  std::unique_ptr<DeadLetters> letters(new DeadLetters(std::move(*file), bytes_max));
  Result<void> done = letters->remember_kept();
  if (done) done = letters->file_->cut_torn_line(line_begin);
  if (!done) return tl::unexpected(done.error());
  return letters;
}

Result<void> DeadLetters::remember_kept() {
  Result<std::unique_ptr<ByteReader>> bytes = open_bytes(file_->path(), Holding::open);
  if (!bytes) return tl::unexpected(bytes.error());
  RecordReader lines(std::move(*bytes), line_bytes_max);
  simdjson::dom::parser parser;
  for (;;) {
    const Result<std::optional<Record>> line = lines.next();
    if (!line) return tl::unexpected(line.error());
    if (!*line || (*line)->state == Record::State::unended) return {};
    simdjson::dom::element letter;
    std::string_view source;
    std::uint64_t offset = 0;
    if ((*line)->state != Record::State::whole ||
        parser.parse((*line)->text.data(), (*line)->text.size()).get(letter) != simdjson::SUCCESS ||
        letter["source"].get(source) != simdjson::SUCCESS ||
        letter["offset"].get(offset) != simdjson::SUCCESS) {
      return failure(Fault::usage,
                     "{}: has lines that are not dead letters of RETIMU; move it away",
                     file_->path());
    }
    std::uint64_t& next = next_of(source);
    next = std::max(next, offset + 1);
  }
}

// By the name as it is written, which may not be UTF-8.
std::uint64_t& DeadLetters::next_of(std::string_view source) {
  std::string written;
  append_json_string(written, source);
  return next_[std::move(written)];
}

Result<void> DeadLetters::add(std::string_view source, const Rejected& rejected) {
  std::uint64_t& next = next_of(source);
  const std::uint64_t offset = rejected.position.offset;
  if (offset < next) return {};
  std::string line = "{\"source\":";
  append_json_string(line, source);
  line += fmt::format(",\"offset\":{},\"reason\":", offset);
  append_json_string(line, rejected.reason);
  line += ",\"text\":";
  append_json_string(line, rejected.text);
  line += "}\n";
  if (file_->bytes() + line.size() > bytes_max_) {
    ++left_out_;
    return {};
  }
  if (Result<void> appended = file_->append(line); !appended) return appended;
  next = offset + 1;
  return {};
}

}  // namespace retimu
