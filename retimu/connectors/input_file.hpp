// SPDX-License-Identifier: Apache-2.0
// One file of a source: its bytes, records and decoder.
#ifndef RETIMU_CONNECTORS_INPUT_FILE_HPP
#define RETIMU_CONNECTORS_INPUT_FILE_HPP

#include "retimu/connectors/decoder.hpp"
#include "retimu/connectors/file_source.hpp"

#include <string>

namespace retimu {

class InputFile {
 public:
  // Finds the format and looks at the first records; see open_files for what is refused.
  static Result<std::unique_ptr<InputFile>> open(const FileInput& input, const std::string& path,
                                                 std::uint16_t source, Columns& columns);

  // Decodes up to `count_max` records into the batch. False at the end of the file.
  Result<bool> read(Batch& into, std::size_t count_max);
  Result<void> seek(std::uint64_t offset);

  const std::string& path() const { return path_; }
  Position position() const { return {source_, partition_, records_->offset()}; }
  bool is_empty() const { return is_empty_; }
  std::uint64_t records() const { return row_; }
  std::uint64_t rejected() const { return rejected_; }
  std::uint64_t bytes_read() const { return records_->bytes().bytes_read(); }
  std::uint64_t bytes_total() const { return records_->bytes().bytes_total(); }
  const std::vector<std::string>& notes() const { return decoder_->notes(); }

 private:
  InputFile(std::string path, std::uint16_t source);
  Result<std::vector<std::string>> sample();
  Result<void> make_decoder(const FileInput& input, const std::vector<std::string>& sample,
                            Columns& columns);
  Result<void> probe();

  std::string path_;
  std::uint16_t source_;
  std::uint32_t partition_;
  std::unique_ptr<RecordReader> records_;
  std::unique_ptr<Decoder> decoder_;
  std::uint64_t first_ = 0;     // offset of the first record that is not the header
  std::uint64_t row_ = 0;       // records so far; counted anew after a seek unless times are rows
  std::uint64_t rejected_ = 0;
  bool is_empty_ = false, is_broken_ = false;
};

}  // namespace retimu

#endif
