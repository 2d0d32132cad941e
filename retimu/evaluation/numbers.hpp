// SPDX-License-Identifier: Apache-2.0
// Tables of numbers as text: CSV or numbers between blanks, plain or packed by gzip.
#ifndef RETIMU_EVALUATION_NUMBERS_HPP
#define RETIMU_EVALUATION_NUMBERS_HPP

#include "retimu/core/result.hpp"
#include "retimu/evaluation/series.hpp"

#include <string>
#include <vector>

namespace retimu {

struct NumbersLayout {
  char delimiter = ',';           // ' ': any blanks
  bool has_header = true;         // without: the columns are m1, m2 ...
  std::vector<std::string> text;  // columns of the header that are kept as text
};

struct Numbers {
  std::vector<std::string> columns;  // of `table`; without the blanks around them
  Table table;                       // what is missing by its word, or infinite, is NaN
  // As many as layout.text, in its order; each has one text a row.
  std::vector<std::vector<std::string>> text;
};

// Fault::input with path and line: the file cannot be read, has no row, a row with another number
// of fields, a field that is no number; or the header lacks a column of layout.text.
Result<Numbers> read_numbers(const std::string& path, const NumbersLayout& layout);

// The column taken out of the table; Fault::input with `path` if there is none of this name.
Result<std::vector<double>> take_column(Numbers& numbers, const std::string& name,
                                        const std::string& path);

// 0 or 1 each. Fault::input with `path` and the row, counted from 1, of any other value.
Result<std::vector<std::uint8_t>> as_labels(std::span<const double> values,
                                            const std::string& path);

}  // namespace retimu

#endif
