// SPDX-License-Identifier: Apache-2.0
// One file of a source: its bytes, records and decoder.
#ifndef RETIMU_CONNECTORS_INPUT_FILE_HPP
#define RETIMU_CONNECTORS_INPUT_FILE_HPP

#include "retimu/connectors/decoder.hpp"
#include "retimu/connectors/file_source.hpp"

#include <memory>
#include <string>
#include <vector>

namespace retimu {

// Of records by the input, else as their sender states it, else by the path's ending, else by how
// the first of them look.
RecordFormat find_format(const FileInput& input, RecordFormat stated, std::string_view path,
                         const std::vector<std::string>& sample);
DecoderOptions decoder_options(const FileInput& input, Time written);

class InputFile {
 public:
  // Finds the format and reads the first 1,000 records; see open_files for what is refused. `path`
  // names the file for people; `written` is when it was changed last.
  static Result<std::unique_ptr<InputFile>> open(const FileInput& input, const std::string& path,
                                                 std::unique_ptr<ByteReader> bytes,
                                                 std::uint32_t partition, Columns& columns,
                                                 Time written = 0);
  // What came at once from a sender, as if it were a file: whatever is malformed is left to be
  // rejected record by record. `stated`: by the sender, where the input says nothing.
  static Result<std::unique_ptr<InputFile>> open_frame(const FileInput& input, RecordFormat stated,
                                                       const std::string& name,
                                                       std::unique_ptr<ByteReader> bytes,
                                                       std::uint32_t partition, Columns& columns,
                                                       Time arrived);

  // Decodes up to `count_max` records into the batch; false when there are no more. Where the file
  // cannot be read on, one rejected record says why and is the last.
  bool read(Batch& into, std::size_t count_max);
  // To a place that position() once gave; an earlier one than the first record is the beginning.
  // Fault::input if the file has become shorter.
  Result<void> seek(std::uint64_t offset);

  const std::string& path() const { return path_; }
  // Of the next record. A last one without a line end that waits for it, or that could not be read,
  // comes again after a seek: perhaps it was still being written.
  Position position() const { return {partition_, next_offset_}; }
  bool is_empty() const { return is_empty_; }
  bool uses_rows() const { return decoder_->uses_rows(); }  // for times
  bool is_waiting() const { return is_waiting_; }           // its last record perhaps goes on
  bool joins_lines() const { return decoder_->joins_lines(); }
  // Why it could not be read to its end; empty: it could.
  const std::string& damage() const { return damage_; }
  std::uint64_t records() const { return records_seen_; }  // since the last seek
  std::uint64_t rejected() const { return rejected_; }     // of them
  std::uint64_t bytes_read() const { return records_->bytes().bytes_read(); }
  std::uint64_t bytes_total() const { return records_->bytes().bytes_total(); }
  const std::vector<std::string>& notes() const { return decoder_->notes(); }
  std::uint64_t cut() const { return cut_; }  // records that lost something, since the last seek
  // Of its first record, where times have none; else 0.
  int first_year() const { return decoder_->first_year(); }
  void set_first_year(int year) { decoder_->set_first_year(year); }

 private:
  InputFile(std::string path, std::uint32_t partition, bool awaits_line_end);
  Result<void> prepare(const FileInput& input, RecordFormat stated, Columns& columns, Time written);
  Result<void> find_first();
  Result<std::vector<std::string>> sample();
  Result<void> make_decoder(const FileInput& input, RecordFormat stated, Columns& columns,
                            Time written);
  Result<void> make_csv(DecoderOptions options, Columns& columns);
  Result<void> make_log(const DecoderOptions& options, const std::vector<std::string>& lines);
  Result<void> probe();
  void decode(Record record, Batch& into);
  void count(const Batch& into, std::size_t rejected_before);
  void begin_at(std::uint64_t offset);

  std::string path_;
  std::uint32_t partition_;
  bool awaits_line_end_;
  std::unique_ptr<RecordReader> records_;
  std::unique_ptr<Decoder> decoder_;
  std::string_view format_;  // for messages
  std::uint64_t first_ = 0;  // offset of the first record that is not the header
  std::uint64_t next_offset_ = 0;
  std::uint64_t row_ = 0;  // of the last record, where rows are known
  bool is_row_known_ = true;
  std::uint64_t records_seen_ = 0, rejected_ = 0, cut_ = 0;
  bool is_empty_ = false, is_ended_ = false, is_waiting_ = false;
  std::string damage_;
  bool is_list_ = false;  // begins like a JSON list
};

}  // namespace retimu

#endif
