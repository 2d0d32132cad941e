// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/numbers.hpp"

#include "retimu/connectors/csv_text.hpp"
#include "retimu/connectors/record_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string_view>

namespace retimu {

namespace {

constexpr std::size_t record_bytes_max = std::size_t{4} << 20U;
constexpr double missing = std::numeric_limits<double>::quiet_NaN();

// Of the byte, from 1. Reads the file again: only for an error's message.
std::size_t line_of(const std::string& path, std::uint64_t offset) {
  std::size_t line = 1;
  const auto bytes = open_bytes(path, Holding::open);
  std::array<char, 16 * 1024> part{};
  while (bytes && offset > 0) {
    const Result<std::size_t> got = (*bytes)->read(
        part.data(), static_cast<std::size_t>(std::min<std::uint64_t>(part.size(), offset)));
    if (!got || *got == 0) break;
    line += static_cast<std::size_t>(std::count(part.data(), part.data() + *got, '\n'));
    offset -= *got;
  }
  return line;
}

bool split_blanks(std::string_view text, std::vector<std::string_view>& fields) {
  fields.clear();
  constexpr std::string_view blanks = " \t\r";
  for (std::size_t at = text.find_first_not_of(blanks); at != std::string_view::npos;) {
    const std::size_t end = std::min(text.find_first_of(blanks, at), text.size());
    fields.push_back(text.substr(at, end - at));
    at = text.find_first_not_of(blanks, end);
  }
  return true;
}

class Reader {
 public:
  Reader(const std::string& path, const NumbersLayout& layout, std::unique_ptr<ByteReader> bytes)
      : path_(path), layout_(layout), records_(std::move(bytes), record_bytes_max) {
    if (layout.delimiter != ' ') records_.set_delimiter(layout.delimiter);
  }

  Result<Numbers> read() {
    bool is_header = layout_.has_header;
    for (;;) {
      const Result<std::optional<Record>> record = records_.next();
      if (!record) return tl::unexpected(record.error());
      if (!*record) break;
      Result<void> done = split(**record);
      if (done && columns_of_.empty()) done = begin(**record, is_header);
      if (done && !is_header) done = append(**record);
      if (!done) return tl::unexpected(done.error());
      is_header = false;
    }
    if (numbers_.table.rows() == 0) return failure(Fault::input, "{}: has no rows", path_);
    return std::move(numbers_);
  }

 private:
  tl::unexpected<Error> wrong(const Record& record, const std::string& what) const {
    return failure(Fault::input, "{}:{}: {}", path_, line_of(path_, record.offset), what);
  }

  Result<void> split(const Record& record) {
    if (record.state == Record::State::too_long || record.state == Record::State::unclosed) {
      return wrong(record, "the line has no end, or its quotes have none");
    }
    std::string_view text = record.text;
    if (record.offset == 0 && text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    const bool is_split = layout_.delimiter == ' '
                              ? split_blanks(text, fields_)
                              : split_csv(text, layout_.delimiter, fields_, memory_);
    if (!is_split) return wrong(record, "text stands behind a field in quotes");
    return {};
  }

  // Which field is kept as what, by the first record.
  Result<void> begin(const Record& record, bool is_header) {
    numbers_.text.resize(layout_.text.size());
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      std::string name = is_header ? std::string(trim(fields_[i])) : fmt::format("m{}", i + 1);
      const auto at = std::ranges::find(layout_.text, name);
      columns_of_.push_back(
          at == layout_.text.end()
              ? nullptr
              : &numbers_.text[static_cast<std::size_t>(at - layout_.text.begin())]);
      if (columns_of_.back() == nullptr) numbers_.columns.push_back(std::move(name));
    }
    numbers_.table.columns = numbers_.columns.size();
    if (numbers_.columns.size() + layout_.text.size() != fields_.size()) {
      return wrong(record, fmt::format("the header must have one column \"{}\"",
                                       fmt::join(layout_.text, "\" and one \"")));
    }
    return {};
  }

  Result<void> append(const Record& record) {
    if (fields_.size() != columns_of_.size()) {
      return wrong(record, fmt::format("has {} fields, the lines before {}", fields_.size(),
                                       columns_of_.size()));
    }
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      if (columns_of_[i] != nullptr) {
        columns_of_[i]->emplace_back(trim(fields_[i]));
        continue;
      }
      double number = missing;
      const CsvValue value = read_csv_value(fields_[i], layout_.delimiter, number);
      if (value == CsvValue::text) {
        return wrong(record, fmt::format("\"{}\" is no number", fields_[i].substr(0, 40)));
      }
      numbers_.table.values.push_back(value == CsvValue::number ? number : missing);
    }
    return {};
  }

  const std::string& path_;
  const NumbersLayout& layout_;
  RecordReader records_;
  Numbers numbers_;
  std::vector<std::vector<std::string>*> columns_of_;  // by field; null: a number
  std::vector<std::string_view> fields_;
  std::string memory_;
};

}  // namespace

Result<Numbers> read_numbers(const std::string& path, const NumbersLayout& layout) {
  Result<std::unique_ptr<ByteReader>> bytes = open_bytes(path, Holding::open);
  if (!bytes) return tl::unexpected(bytes.error());
  return Reader(path, layout, std::move(*bytes)).read();
}

Result<std::vector<double>> take_column(Numbers& numbers, const std::string& name,
                                        const std::string& path) {
  const auto found = std::ranges::find(numbers.columns, name);
  if (found == numbers.columns.end()) {
    return failure(Fault::input, "{}: has no column \"{}\"", path, name);
  }
  const auto index = static_cast<std::size_t>(found - numbers.columns.begin());
  const Table table = std::move(numbers.table);
  std::vector<double> taken;
  numbers.columns.erase(found);
  numbers.table = {table.columns - 1, {}};
  for (std::size_t i = 0; i < table.rows(); ++i) {
    const auto row = table.row(i);
    taken.push_back(row[index]);
    numbers.table.append(row.first(index));
    numbers.table.append(row.subspan(index + 1));
  }
  return taken;
}

Result<std::vector<std::uint8_t>> as_labels(std::span<const double> values,
                                            const std::string& path) {
  std::vector<std::uint8_t> labels;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] != 0 && values[i] != 1) {
      return failure(Fault::input, "{}: the label of row {} is {}, neither 0 nor 1", path, i + 1,
                     values[i]);
    }
    labels.push_back(values[i] == 1 ? 1 : 0);
  }
  return labels;
}

}  // namespace retimu
