// SPDX-License-Identifier: Apache-2.0
// The tables of ADBench: rows without order, split at random in five ways. The order in which a
// stream sees them is random too, from the same seed.
#include "retimu/core/random.hpp"
#include "retimu/evaluation/case_parts.hpp"
#include "retimu/evaluation/npy.hpp"
#include "retimu/evaluation/numbers.hpp"
#include "retimu/evaluation/set_files.hpp"
#include "retimu/evaluation/set_readers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace retimu {

namespace {

constexpr std::size_t rows_max = 20'000;
constexpr std::uint64_t splits = 5;

using RowNumbers = std::vector<std::size_t>;

struct Labelled {
  TablePart part;
  std::vector<std::uint8_t> labels;
};

void shuffle(RowNumbers& rows, Random& random) {
  for (std::size_t left = rows.size(); left > 1; --left) {
    std::swap(rows[left - 1], rows[random.below(left)]);
  }
}

// The rows at random, cut so that `wanted` of them come first, of each class its share.
std::pair<RowNumbers, RowNumbers> split(const std::vector<std::uint8_t>& labels, std::size_t wanted,
                                        Random& random) {
  RowNumbers of_class[2];
  for (std::size_t row = 0; row < labels.size(); ++row) of_class[labels[row]].push_back(row);
  std::pair<RowNumbers, RowNumbers> parts;
  for (RowNumbers& rows : of_class) {
    shuffle(rows, random);
    const std::size_t first = (2 * rows.size() * wanted / labels.size() + 1) / 2;
    const auto cut = rows.begin() + static_cast<std::ptrdiff_t>(first);
    parts.first.insert(parts.first.end(), rows.begin(), cut);
    parts.second.insert(parts.second.end(), cut, rows.end());
  }
  shuffle(parts.first, random);
  shuffle(parts.second, random);
  return parts;
}

Labelled pick(const Labelled& from, const RowNumbers& rows) {
  Labelled picked{{from.part.path, from.part.columns, {from.part.table.columns, {}}}, {}};
  for (const std::size_t row : rows) {
    picked.part.table.append(from.part.table.row(row));
    picked.labels.push_back(from.labels[row]);
  }
  return picked;
}

Result<Labelled> read_csv(const std::string& path) {
  Result<Numbers> numbers = read_numbers(path, {.text = {}});
  if (!numbers) return tl::unexpected(numbers.error());
  const Result<std::vector<double>> values = take_column(*numbers, "label", path);
  if (!values) return tl::unexpected(values.error());
  Result<std::vector<std::uint8_t>> labels = as_labels(*values, path);
  if (!labels) return tl::unexpected(labels.error());
  return Labelled{{path, std::move(numbers->columns), std::move(numbers->table)},
                  std::move(*labels)};
}

Result<Labelled> read_arrays(const std::string& path) {
  Result<Table> table = read_npz(path, "X");
  if (!table) return tl::unexpected(table.error());
  const Result<Table> values = read_npz(path, "y");
  if (!values) return tl::unexpected(values.error());
  Result<std::vector<std::uint8_t>> labels = as_labels(values->values, path);
  if (!labels) return tl::unexpected(labels.error());
  std::vector<std::string> columns;
  for (std::size_t i = 1; i <= table->columns; ++i) columns.push_back(fmt::format("f{}", i));
  return Labelled{{path, std::move(columns), std::move(*table)}, std::move(*labels)};
}

// "38_thyroid" is how ADBench numbers its files.
std::string name_of(std::string_view file) {
  const std::size_t digits = file.find_first_not_of("0123456789");
  if (digits != 0 && digits != std::string_view::npos && file[digits] == '_') {
    file.remove_prefix(digits + 1);
  }
  return std::string(file);
}

Result<void> add_splits(const std::string& name, Labelled table, std::vector<Case>& cases) {
  if (table.labels.size() != table.part.table.rows()) {
    return failure(Fault::input, "{}: has {} labels and {} rows", table.part.path,
                   table.labels.size(), table.part.table.rows());
  }
  if (table.labels.size() > rows_max) {
    Random random(0);
    table = pick(table, split(table.labels, rows_max, random).first);
  }
  for (std::uint64_t seed = 1; seed <= splits; ++seed) {
    Random random(seed);
    const auto parts = split(table.labels, table.labels.size() * 7 / 10, random);
    Labelled train = pick(table, parts.first), test = pick(table, parts.second);
    Result<Case> one =
        make_case(fmt::format("{}/{}", name, seed), std::move(train.part), std::move(test.part),
                  {table.part.path, std::move(test.labels)}, second);
    if (!one) return tl::unexpected(one.error());
    cases.push_back(std::move(*one));
  }
  return {};
}

}  // namespace

Result<std::vector<Case>> read_tables(const std::string& folder) {
  static constexpr std::string_view below[] = {"adbench", "Classical", "datasets/Classical",
                                               "adbench/datasets/Classical",
                                               "ADBench/adbench/datasets/Classical"};
  static constexpr std::string_view marks[] = {"*.csv", "*.npz"};
  const Result<std::string> found = find_folder(folder, below, marks);
  if (!found) return tl::unexpected(found.error());
  std::vector<Case> cases;
  for (const std::string_view end : {".csv", ".npz"}) {
    for (const std::string& name : list_files(*found, end)) {
      const Result<std::string> path = need_file(*found, fmt::format("{}{}", name, end));
      if (!path) return tl::unexpected(path.error());
      Result<Labelled> table = end == ".csv" ? read_csv(*path) : read_arrays(*path);
      if (!table) return tl::unexpected(table.error());
      Result<void> added = add_splits(name_of(name), std::move(*table), cases);
      if (!added) return tl::unexpected(added.error());
    }
  }
  std::ranges::stable_sort(cases, {}, [](const Case& one) { return one.series.name; });
  return cases;
}

}  // namespace retimu
