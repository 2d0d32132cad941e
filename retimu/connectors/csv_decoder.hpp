// SPDX-License-Identifier: Apache-2.0
// CSV as it is in the wild: any of , ; tab | between fields, quotes by RFC 4180 that may hold line
// ends, a header or none, decimal commas where the delimiter is a semicolon. A field that is no
// number is not sent; a record with another number of fields than the first one is malformed, but
// for delimiters that end a line. Where a field is named as the message, records are log lines and
// nothing else is read of them; those with a value in the field of alarms are alarms. About 150 ns
// a record of 50 bytes and 4 columns, no allocation once warm.
#ifndef RETIMU_CONNECTORS_CSV_DECODER_HPP
#define RETIMU_CONNECTORS_CSV_DECODER_HPP

#include "retimu/connectors/csv_layout.hpp"

namespace retimu {

// `columns` must outlive the decoder. Columns that it cannot take are noted and left out.
std::unique_ptr<Decoder> make_csv_decoder(CsvLayout layout, Columns& columns);

}  // namespace retimu

#endif
