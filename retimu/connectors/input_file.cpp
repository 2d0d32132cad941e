// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/input_file.hpp"

#include "retimu/connectors/csv_decoder.hpp"
#include "retimu/connectors/json_decoder.hpp"
#include "retimu/connectors/log_decoder.hpp"

#include <algorithm>
#include <initializer_list>
#include <utility>

namespace retimu {

namespace {

constexpr std::size_t sample_records = 100;
constexpr std::size_t sample_bytes_max = 1024 * 1024;
constexpr std::size_t probed_records = 1'000;
constexpr std::size_t probed_bytes_max = 16 * 1024 * 1024;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool ends_with_any(std::string_view path, std::initializer_list<std::string_view> endings) {
  for (const std::string_view packed : {".gz", ".zst"}) {
    if (path.ends_with(packed)) path.remove_suffix(packed.size());
  }
  return std::ranges::any_of(endings,
                             [&](std::string_view ending) { return path.ends_with(ending); });
}

bool begins_with(std::string_view record, char wanted) {
  const std::size_t first = record.find_first_not_of(" \t\r");
  return first != std::string_view::npos && record[first] == wanted;
}

bool has_zero(std::string_view text) { return text.find('\0') != std::string_view::npos; }

}  // namespace

RecordFormat find_format(const FileInput& input, RecordFormat stated, std::string_view path,
                         const std::vector<std::string>& sample) {
  if (input.format != RecordFormat::automatic) return input.format;
  if (stated != RecordFormat::automatic) return stated;
  if (ends_with_any(path, {".jsonl", ".ndjson", ".json"})) return RecordFormat::jsonl;
  if (ends_with_any(path, {".csv", ".tsv"}) || sample.empty()) return RecordFormat::csv;
  if (begins_with(sample[0], '{')) return RecordFormat::jsonl;
  if (!input.pattern.empty()) return RecordFormat::log;
  if (!input.message.empty() || !input.alarm.empty()) return RecordFormat::csv;
  return resembles_log(sample) && !resembles_csv(sample) ? RecordFormat::log : RecordFormat::csv;
}

DecoderOptions decoder_options(const FileInput& input, Time written) {
  return {.time = input.time,
          .entity = input.entity,
          .ignore = input.ignore,
          .ignore_if_present = input.ignore_if_present,
          .delimiter = input.delimiter,
          .message = input.message,
          .level = input.level,
          .alarm = input.alarm,
          .severity = input.severity,
          .state = input.state,
          .severity_order = input.severity_order,
          .may_find_kind = input.format == RecordFormat::automatic,
          .pattern = input.pattern,
          .is_syslog = input.is_syslog,
          .written = written};
}

InputFile::InputFile(std::string path, std::uint32_t partition, bool awaits_line_end)
    : path_(std::move(path)), partition_(partition), awaits_line_end_(awaits_line_end) {}

Result<std::unique_ptr<InputFile>> InputFile::open(const FileInput& input, const std::string& path,
                                                   std::unique_ptr<ByteReader> bytes,
                                                   std::uint32_t partition, Columns& columns,
                                                   Time written) {
  std::unique_ptr<InputFile> file(new InputFile(path, partition, input.awaits_line_end));
  file->records_ = std::make_unique<RecordReader>(std::move(bytes), input.record_bytes_max);
  Result<void> done = file->prepare(input, RecordFormat::automatic, columns, written);
  if (done) done = file->probe();
  if (!done) return tl::unexpected(done.error());
  return file;
}

Result<std::unique_ptr<InputFile>> InputFile::open_frame(
    const FileInput& input, RecordFormat stated, const std::string& name,
    std::unique_ptr<ByteReader> bytes, std::uint32_t partition, Columns& columns, Time arrived) {
  std::unique_ptr<InputFile> file(new InputFile(name, partition, false));
  file->records_ = std::make_unique<RecordReader>(std::move(bytes), input.record_bytes_max);
  Result<void> done = file->prepare(input, stated, columns, arrived);
  if (done) done = file->seek(0);
  if (!done) return tl::unexpected(done.error());
  return file;
}

Result<void> InputFile::prepare(const FileInput& input, RecordFormat stated, Columns& columns,
                                Time written) {
  Result<void> done = find_first();
  if (done) done = make_decoder(input, stated, columns, written);
  return done;
}

// What lies behind a byte order mark.
Result<void> InputFile::find_first() {
  const Result<std::optional<Record>> record = records_->next();
  if (!record) return tl::unexpected(record.error());
  is_empty_ = !*record;
  if (is_empty_) return {};
  const std::string_view text = (*record)->text;
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    return failure(Fault::input, "{}: is UTF-16; `iconv -f UTF-16 -t UTF-8` makes it readable",
                   path_);
  }
  if ((*record)->offset == 0 && text.starts_with(byte_order_mark)) first_ = byte_order_mark.size();
  return {};
}

// The first records, from the first one on.
Result<std::vector<std::string>> InputFile::sample() {
  if (Result<void> sought = records_->seek(first_); !sought) return tl::unexpected(sought.error());
  std::vector<std::string> sample;
  std::size_t bytes = 0;
  while (sample.size() < sample_records && bytes < sample_bytes_max) {
    const Result<std::optional<Record>> record = records_->next();
    // What is whole of a damaged file is still read; the error is told where it comes.
    if (!record || !*record) break;
    bytes += (*record)->text.size();
    sample.emplace_back((*record)->text);
  }
  is_empty_ = sample.empty();
  return sample;
}

Result<void> InputFile::make_decoder(const FileInput& input, RecordFormat stated, Columns& columns,
                                     Time written) {
  const Result<std::vector<std::string>> lines = sample();
  if (!lines) return tl::unexpected(lines.error());
  const auto zeros = static_cast<std::size_t>(std::ranges::count_if(*lines, has_zero));
  if (!is_empty_ && (has_zero((*lines)[0]) || 2 * zeros > lines->size())) {
    return failure(Fault::input, "{}: is a binary file, not CSV, JSON lines or a log", path_);
  }
  DecoderOptions options = decoder_options(input, written);
  const RecordFormat format = find_format(input, stated, path_, *lines);
  if (format == RecordFormat::log) return make_log(options, *lines);
  if (format == RecordFormat::jsonl) {
    format_ = "JSON lines";
    is_list_ = !is_empty_ && begins_with((*lines)[0], '[');
    Result<std::unique_ptr<Decoder>> made = make_json_decoder(options, path_, *lines, columns);
    if (!made) return tl::unexpected(made.error());
    decoder_ = std::move(*made);
    return {};
  }
  format_ = "CSV";
  if (is_empty_) {
    decoder_ = make_csv_decoder({}, columns);
    return {};
  }
  if (options.delimiter == '\0' && ends_with_any(path_, {".tsv"})) options.delimiter = '\t';
  if (options.delimiter == '\0') options.delimiter = find_csv_delimiter(*lines);
  return make_csv(std::move(options), columns);
}

Result<void> InputFile::make_log(const DecoderOptions& options,
                                 const std::vector<std::string>& lines) {
  format_ = "a log";
  if (!options.alarm.empty()) {
    return failure(Fault::usage,
                   "{}: alarms are read from CSV and JSON lines, not from a log's lines", path_);
  }
  if (!options.message.empty() || !options.level.empty()) {
    return failure(Fault::usage,
                   "{}: message and level are for CSV and JSON lines; where they stand in a log's "
                   "lines its pattern says",
                   path_);
  }
  Result<LogLayout> layout = find_log_layout(options, path_, lines);
  if (!layout) return tl::unexpected(layout.error());
  decoder_ = make_log_decoder(std::move(*layout), options.written, lines);
  records_->join(
      [decoder = decoder_.get()](std::string_view line) { return decoder->goes_on(line); });
  return {};
}

// The lines are cut anew: once the delimiter is known, so is what quotes hold together.
Result<void> InputFile::make_csv(DecoderOptions options, Columns& columns) {
  records_->set_delimiter(options.delimiter);
  const Result<std::vector<std::string>> records = sample();
  if (!records) return tl::unexpected(records.error());
  Result<CsvLayout> layout = find_csv_layout(options, options.delimiter, path_, *records);
  if (!layout) return tl::unexpected(layout.error());
  if (layout->has_header) {
    if (Result<void> sought = records_->seek(first_); !sought) return sought;
    const Result<std::optional<Record>> header = records_->next();
    if (!header) return tl::unexpected(header.error());
    if (!*header || !reason_of((*header)->state).empty()) {
      return failure(Fault::input, "{}: its header cannot be read: {}", path_,
                     !*header ? "it is gone" : reason_of((*header)->state));
    }
    first_ = records_->offset();
  }
  decoder_ = make_csv_decoder(std::move(*layout), columns);
  return {};
}

// "Not this format" is said before anything is judged.
Result<void> InputFile::probe() {
  if (Result<void> sought = seek(0); !sought) return sought;
  Batch batch;
  std::string example;
  for (bool has_more = true;
       has_more && records_seen_ < probed_records && next_offset_ - first_ < probed_bytes_max;) {
    batch.clear();
    has_more = read(batch, 1);
    if (example.empty() && !batch.rejected.empty()) {
      example = fmt::format("record {}: {}", row_, batch.rejected[0].reason);
    }
  }
  if (2 * rejected_ > records_seen_ && is_list_) {
    return failure(Fault::input,
                   "{}: is a JSON list, but not this format: JSON lines, an object a line; `jq -c "
                   "'.[]' {}` writes them",
                   path_, path_);
  }
  if (2 * rejected_ > records_seen_) {
    return failure(Fault::input,
                   "{}: taken for {}, but it is not this format: {} of the first {} records cannot "
                   "be read ({}); set --format, --delimiter or --time, or the same keys of the "
                   "[[source]]",
                   path_, format_, rejected_, records_seen_, example);
  }
  return seek(0);
}

bool InputFile::read(Batch& into, std::size_t count_max) {
  for (std::size_t i = 0; i < count_max && !is_ended_ && !is_empty_; ++i) {
    const Result<std::optional<Record>> record = records_->next();
    const std::size_t rejected_before = into.rejected.size();
    if (!record) {
      is_ended_ = true;
      damage_ = record.error().message;
      ++row_;
      reject(into, {{}, next_offset_}, position(), is_row_known_ ? row_ : 0, {},
             record.error().message);
      count(into, rejected_before);
    } else if (!*record) {
      is_ended_ = true;
    } else if ((*record)->is_at_end && awaits_line_end_ && records_->bytes().may_grow()) {
      is_ended_ = is_waiting_ = true;
    } else {
      ++row_;
      decode(**record, into);
      count(into, rejected_before);
    }
  }
  return !is_ended_ && !is_empty_;
}

void InputFile::decode(Record record, Batch& into) {
  if (record.spans_lines && !decoder_->is_one_record(record.text)) {
    record = records_->keep_first_line(record);
  }
  const std::size_t rejected_before = into.rejected.size();
  decoder_->decode(record, {partition_, record.offset}, is_row_known_ ? row_ : 0, into);
  cut_ += record.is_cut ? 1 : 0;
  const bool is_torn =
      record.state == Record::State::unended && into.rejected.size() > rejected_before;
  next_offset_ = is_torn ? record.offset : records_->offset();
}

void InputFile::count(const Batch& into, std::size_t rejected_before) {
  ++records_seen_;
  rejected_ += into.rejected.size() - rejected_before;
}

void InputFile::begin_at(std::uint64_t offset) {
  next_offset_ = offset;
  row_ = records_seen_ = rejected_ = cut_ = 0;
  is_row_known_ = true;
  is_ended_ = is_waiting_ = false;
  decoder_->begin();
}

Result<void> InputFile::seek(std::uint64_t offset) {
  begin_at(std::max(offset, first_));
  if (offset <= first_) return records_->seek(first_);
  if (!decoder_->needs_past()) {
    is_row_known_ = false;
    return records_->resume(offset, path_);
  }
  // Event times depend on the records before: they are read again.
  begin_at(first_);
  if (Result<void> sought = records_->seek(first_); !sought) return sought;
  Batch passed;
  while (next_offset_ < offset) {
    passed.clear();
    if (!read(passed, 1)) break;
  }
  if (next_offset_ < offset) return shorter_than_before(path_, offset);
  if (!passed.rejected.empty() && passed.rejected[0].position.offset == offset) {
    --row_;  // a torn record, which comes again
    if (Result<void> sought = records_->resume(offset, path_); !sought) return sought;
  }
  records_seen_ = rejected_ = cut_ = 0;
  is_ended_ = false;
  return {};
}

}  // namespace retimu
