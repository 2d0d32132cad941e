// SPDX-License-Identifier: Apache-2.0
// What stands in one record of CSV: fields and numbers.
#ifndef RETIMU_CONNECTORS_CSV_TEXT_HPP
#define RETIMU_CONNECTORS_CSV_TEXT_HPP

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace retimu {

// The text without blanks and tabs around it.
std::string_view trim(std::string_view text);

// The fields of a record, unquoted by RFC 4180: views into the record, or into `memory` where a
// field was in quotes. A quote within a field that does not begin with one stands for itself. False
// if a quote is not closed or text follows it.
bool split_csv(std::string_view record, char delimiter, std::vector<std::string_view>& fields,
               std::string& memory);

enum class CsvValue : std::uint8_t { number, missing, text };

// A field as a reading: a decimal number, `true` (1) or `false` (0); where the delimiter is a
// semicolon also with a decimal comma. Missing: nothing, infinities, what exceeds the range of
// double, and the usual words (NA, NaN, null, None, -, ? ...). `number` is set only with
// CsvValue::number. About 15 ns.
CsvValue read_csv_value(std::string_view text, char delimiter, double& number);

}  // namespace retimu

#endif
