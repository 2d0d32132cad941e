// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/npy.hpp"

#include "retimu/evaluation/set_files.hpp"
#include "retimu/evaluation/zip.hpp"

#include <fmt/format.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>

static_assert(std::endian::native == std::endian::little);

namespace retimu {

namespace {

constexpr std::string_view magic = "\x93NUMPY";

template <class T>
double value_at(const char* at) {
  T value{};
  std::memcpy(&value, at, sizeof value);
  return static_cast<double>(value);
}

struct Type {
  std::string_view name;
  std::size_t bytes;
  double (*value)(const char* at);
};
constexpr Type types[] = {
    {"<f8", 8, value_at<double>},        {"<f4", 4, value_at<float>},
    {"<i8", 8, value_at<std::int64_t>},  {"<i4", 4, value_at<std::int32_t>},
    {"<i2", 2, value_at<std::int16_t>},  {"|i1", 1, value_at<std::int8_t>},
    {"<u8", 8, value_at<std::uint64_t>}, {"<u4", 4, value_at<std::uint32_t>},
    {"<u2", 2, value_at<std::uint16_t>}, {"|u1", 1, value_at<std::uint8_t>},
    {"|b1", 1, value_at<std::uint8_t>},
};

const Type* find_type(std::string_view name) {
  for (const Type& type : types) {
    if (type.name == name) return &type;
  }
  return nullptr;
}

// What stands behind 'key': in the header, a dictionary as Python writes it.
std::optional<std::string_view> entry(std::string_view header, std::string_view key) {
  const std::size_t at = header.find(fmt::format("'{}':", key));
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view text = header.substr(at + key.size() + 3);
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return text;
}

// "(3, 4)" or "(3,)".
std::optional<std::vector<std::size_t>> parse_shape(std::string_view text) {
  std::vector<std::size_t> shape;
  const std::size_t end = text.find(')');
  if (!text.starts_with('(') || end == std::string_view::npos) return std::nullopt;
  text = text.substr(1, end - 1);
  while (!text.empty()) {
    std::size_t size = 0;
    const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), size);
    if (error != std::errc()) return std::nullopt;
    shape.push_back(size);
    text.remove_prefix(static_cast<std::size_t>(at - text.data()));
    const std::size_t next = text.find_first_not_of(", ");
    text.remove_prefix(std::min(next, text.size()));
  }
  return shape;
}

// The header and the data behind it; none if the file is too short for them.
struct Parts {
  std::string_view header, data;
};
std::optional<Parts> split(std::string_view bytes) {
  if (!bytes.starts_with(magic) || bytes.size() < 12) return std::nullopt;
  const bool is_first_version = bytes[6] == 1;
  const std::size_t begin = is_first_version ? 10 : 12;
  std::uint32_t length = 0;
  std::memcpy(&length, bytes.data() + 8, begin - 8);
  if (bytes.size() - begin < length) return std::nullopt;
  return Parts{bytes.substr(begin, length), bytes.substr(begin + length)};
}

}  // namespace

Result<Table> parse_npy(std::string_view bytes, const std::string& path) {
  const std::optional<Parts> parts = split(bytes);
  if (!parts) return failure(Fault::input, "{}: is no .npy file, or a damaged one", path);
  const auto descr = entry(parts->header, "descr");
  const auto order = entry(parts->header, "fortran_order");
  const auto shape_text = entry(parts->header, "shape");
  const auto shape = shape_text ? parse_shape(*shape_text) : std::nullopt;
  if (!descr || descr->size() < 5 || !order || !shape) {
    return failure(Fault::input, "{}: the header of the .npy file is damaged", path);
  }
  const Type* type = find_type(descr->substr(1, 3));
  if (type == nullptr || (*descr)[4] != (*descr)[0]) {
    return failure(Fault::input,
                   "{}: holds values of type {}; numbers are read (float32, "
                   "float64, integers)",
                   path, descr->substr(0, descr->find(',')));
  }
  const std::size_t columns = shape->size() == 2 ? (*shape)[1] : 1;
  if (shape->empty() || shape->size() > 2 || columns == 0 || (*shape)[0] == 0) {
    return failure(Fault::input,
                   "{}: has {} dimensions, or no values; a table has rows and "
                   "columns",
                   path, shape->size());
  }
  const std::size_t values_max = parts->data.size() / type->bytes;
  if ((*shape)[0] > values_max / columns) {
    return failure(Fault::input, "{}: ends early: {} x {} values are said, {} are there", path,
                   (*shape)[0], columns, values_max);
  }
  const std::size_t rows = (*shape)[0];
  const bool is_by_column = order->starts_with("True");
  Table table{columns, std::vector<double>(rows * columns)};
  for (std::size_t i = 0; i < rows * columns; ++i) {
    const double value = type->value(parts->data.data() + i * type->bytes);
    const std::size_t to = is_by_column ? i % rows * columns + i / rows : i;
    table.values[to] = std::isfinite(value) ? value : std::numeric_limits<double>::quiet_NaN();
  }
  return table;
}

Result<Table> read_npy(const std::string& path) {
  const Result<std::string> bytes = read_unpacked(path);
  if (!bytes) return tl::unexpected(bytes.error());
  return parse_npy(*bytes, path);
}

Result<Table> read_npz(const std::string& path, const std::string& array) {
  const Result<std::string> bytes = read_unpacked(path);
  if (!bytes) return tl::unexpected(bytes.error());
  const Result<std::string> entry = read_zip_entry(*bytes, array + ".npy", path);
  if (!entry) return tl::unexpected(entry.error());
  return parse_npy(*entry, path + "/" + array + ".npy");
}

}  // namespace retimu
