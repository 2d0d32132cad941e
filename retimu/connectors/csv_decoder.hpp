// SPDX-License-Identifier: Apache-2.0
// CSV as it is in the wild: any of , ; tab | between fields, quotes by RFC 4180, a header or none, decimal commas where
// the delimiter is a semicolon. What the first two records say decides for the whole file.
#ifndef RETIMU_CONNECTORS_CSV_DECODER_HPP
#define RETIMU_CONNECTORS_CSV_DECODER_HPP

#include "retimu/connectors/decoder.hpp"

namespace retimu {

struct CsvLayout {
  char delimiter = ',';
  bool has_header = true;
  std::vector<std::string> names;   // of the fields; column_1, column_2 … without a header
  std::size_t time = SIZE_MAX;      // field of the time; none: the row's number
  std::vector<std::size_t> entity;  // fields
  std::vector<bool> is_left_out;    // by field: ignored, or its first value is a text
  std::vector<std::string> notes;
};

// From the first records of a file. Fault::usage if a name of the options is not in the header.
Result<CsvLayout> find_csv_layout(const DecoderOptions& options,
    const std::vector<std::string>& ignore_if_present, std::string_view path,
                                  const std::vector<std::string>& sample);

std::unique_ptr<Decoder> make_csv_decoder(CsvLayout layout, Columns& columns);

// The fields of a record, unquoted; views into the record or into `memory`. False if a quote is misplaced.
bool split_csv(std::string_view record, char delimiter, std::vector<std::string_view>& fields,
               std::string& memory);

}  // namespace retimu

#endif
