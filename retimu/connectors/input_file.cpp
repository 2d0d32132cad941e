// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/input_file.hpp"

#include "retimu/connectors/csv_decoder.hpp"
#include "retimu/connectors/json_decoder.hpp"

#include <algorithm>

namespace retimu {

namespace {

constexpr std::size_t sample_records = 100;
constexpr std::size_t sample_bytes_max = 1024 * 1024;
constexpr std::size_t probed_records = 1'000;

bool ends_with_any(std::string_view path, std::initializer_list<std::string_view> endings) {
  if (path.ends_with(".gz")) path.remove_suffix(3);
  return std::ranges::any_of(endings,
                             [&](std::string_view ending) { return path.ends_with(ending); });
}

FileFormat find_format(const FileInput& input, std::string_view path, std::string_view first) {
  if (input.format != FileFormat::automatic) return input.format;
  if (ends_with_any(path, {".jsonl", ".ndjson", ".json"})) return FileFormat::jsonl;
  if (ends_with_any(path, {".csv", ".tsv"})) return FileFormat::csv;
  const std::size_t at = first.find_first_not_of(" \t");
  return at != std::string_view::npos && first[at] == '{' ? FileFormat::jsonl : FileFormat::csv;
}

}  // namespace

InputFile::InputFile(std::string path, std::uint16_t source)
    : path_(std::move(path)),
      source_(source),
      partition_(static_cast<std::uint32_t>(hash(path_) >> 32U)) {}

Result<std::unique_ptr<InputFile>> InputFile::open(const FileInput& input, const std::string& path,
                                                   std::uint16_t source, Columns& columns) {
  Result<std::unique_ptr<ByteReader>> bytes = ByteReader::open(path);
  if (!bytes) return tl::unexpected(bytes.error());
  std::unique_ptr<InputFile> file(new InputFile(path, source));
  file->records_ = std::make_unique<RecordReader>(std::move(*bytes), input.record_bytes_max);
  const Result<std::vector<std::string>> sample = file->sample();
  if (!sample) return tl::unexpected(sample.error());
  if (Result<void> made = file->make_decoder(input, *sample, columns); !made) {
    return tl::unexpected(made.error());
  }
  if (Result<void> probed = file->probe(); !probed) return tl::unexpected(probed.error());
  return file;
}

// The first records as lines; leaves the reader behind a byte order mark.
Result<std::vector<std::string>> InputFile::sample() {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  std::vector<std::string> sample;
  std::size_t bytes = 0;
  while (sample.size() < sample_records && bytes < sample_bytes_max) {
    const Result<std::optional<Record>> record = records_->next();
    if (!record) {
      // What is whole of a truncated file is still read; if nothing is, the error stands.
      if (sample.empty()) return tl::unexpected(record.error());
      break;
    }
    if (!*record) break;
    std::string_view text = (*record)->text;
    if (sample.empty() && (*record)->offset == 0 && text.starts_with(mark)) {
      text.remove_prefix(mark.size());
      first_ = mark.size();
    }
    if (text.find('\0') != std::string_view::npos) {
      return failure(Fault::input, "{}: is a binary file, not CSV or JSON lines", path_);
    }
    bytes += text.size();
    sample.emplace_back(text);
  }
  is_empty_ = sample.empty();
  return sample;
}

Result<void> InputFile::make_decoder(const FileInput& input, const std::vector<std::string>& sample,
                                     Columns& columns) {
  DecoderOptions options{input.time, input.entity, input.ignore, input.delimiter};
  if (options.delimiter == '\0' && ends_with_any(path_, {".tsv"})) options.delimiter = '\t';
  const FileFormat format = find_format(input, path_, is_empty_ ? "" : sample[0]);
  if (format == FileFormat::jsonl) {
    Result<std::unique_ptr<Decoder>> made =
        make_json_decoder(options, input.ignore_if_present, path_, sample, columns);
    if (!made) return tl::unexpected(made.error());
    decoder_ = std::move(*made);
    return records_->seek(first_);
  }
  if (is_empty_) {
    decoder_ = make_csv_decoder({}, columns);
    return records_->seek(first_);
  }
  // Records are cut anew: quotes may hold line ends, and the delimiter decides where quotes count.
  Result<CsvLayout> layout = find_csv_layout(options, input.ignore_if_present, path_, sample);
  if (!layout) return tl::unexpected(layout.error());
  records_->set_delimiter(layout->delimiter);
  if (Result<void> sought = records_->seek(first_); !sought) return sought;
  if (layout->has_header) {
    const Result<std::optional<Record>> header = records_->next();
    if (!header) return tl::unexpected(header.error());
    first_ = records_->offset();
  }
  decoder_ = make_csv_decoder(std::move(*layout), columns);
  return {};
}

// "Not this format" is said before anything is judged.
Result<void> InputFile::probe() {
  Batch batch;
  for (bool more = true; more && row_ < probed_records;) {
    batch.clear();
    const Result<bool> read = this->read(batch, probed_records - row_);
    if (!read) break;  // said again where it comes
    more = *read;
    if (2 * rejected_ > std::min<std::uint64_t>(row_, probed_records) && !more) break;
  }
  if (row_ > 0 && 2 * rejected_ > row_) {
    const Rejected* first = batch.rejected.empty() ? nullptr : &batch.rejected.front();
    return failure(Fault::input,
                   "{}: not the format it was taken for: {} of the first {} records cannot be read "
                   "(record {}: {}); set --format, --delimiter or --time, or the same keys of the "
                   "[[source]]",
                   path_, rejected_, row_, first == nullptr ? row_ : first->row,
                   first == nullptr ? "malformed" : first->reason);
  }
  row_ = rejected_ = 0;
  is_broken_ = false;
  return records_->seek(first_);
}

Result<bool> InputFile::read(Batch& into, std::size_t count_max) {
  if (is_broken_) return false;
  for (std::size_t i = 0; i < count_max; ++i) {
    const std::uint64_t offset = records_->offset();
    const Result<std::optional<Record>> record = records_->next();
    if (!record) {
      // The rest of the file cannot be had: one rejected record says so, what came before is kept.
      is_broken_ = true;
      ++row_;
      ++rejected_;
      reject(into, {.text = {}, .offset = offset}, {source_, partition_, offset}, row_, {},
             record.error().message);
      return false;
    }
    if (!*record) return false;
    ++row_;
    const std::size_t before = into.rejected.size();
    decoder_->decode(**record, {source_, partition_, (*record)->offset}, row_, into);
    rejected_ += into.rejected.size() - before;
  }
  return true;
}

Result<void> InputFile::seek(std::uint64_t offset) {
  is_broken_ = false;
  row_ = rejected_ = 0;
  if (offset <= first_) return records_->seek(first_);
  if (!decoder_->uses_rows()) return records_->seek(offset);
  if (Result<void> sought = records_->seek(first_); !sought) return sought;
  while (records_->offset() < offset) {
    const Result<std::optional<Record>> record = records_->next();
    if (!record) return tl::unexpected(record.error());
    if (!*record) {
      return failure(Fault::input,
                     "{}: is shorter than it was when it was read last ({} bytes); restore it, or "
                     "start with an empty data_dir",
                     path_, offset);
    }
    ++row_;
  }
  return {};
}

}  // namespace retimu
