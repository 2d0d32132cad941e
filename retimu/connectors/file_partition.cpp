// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/file_partition.hpp"

#include "retimu/connectors/byte_reader.hpp"
#include "retimu/core/hash.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

namespace retimu {

namespace {

constexpr std::size_t mark_bytes_max = 4'096;
constexpr std::string_view again = " (again)";

Result<Partition> numbered(Partition partition, std::span<const Partition> others) {
  partition.number = static_cast<std::uint32_t>(hash(partition.name) >> 32U);
  const auto other = std::ranges::find(others, partition.number, &Partition::number);
  if (other == others.end()) return partition;
  return failure(Fault::usage, "{} and {} have the same 32-bit hash: rename one of them",
                 other->name, partition.name);
}

}  // namespace

Result<std::string> mark_of(const std::string& path, std::size_t bytes_max) {
  const Result<std::string> beginning = read_beginning(path, bytes_max);
  if (!beginning) return tl::unexpected(beginning.error());
  return fmt::format("{}:{:016x}", beginning->size(), hash(*beginning));
}

Result<Partition> make_partition(const std::string& path, std::span<const Partition> others) {
  std::error_code error;
  Partition partition;
  partition.name = std::filesystem::canonical(path, error).string();
  if (error) return failure(Fault::input, "{}: cannot be opened: {}", path, error.message());
  const Result<std::string> mark = mark_of(partition.name, mark_bytes_max);
  if (!mark) return tl::unexpected(mark.error());
  partition.mark = *mark;
  while (std::ranges::count(others, partition.name, &Partition::name) > 0) partition.name += again;
  return numbered(std::move(partition), others);
}

Result<Partition> make_partition(const MadeFile& made, std::span<const Partition> others) {
  Partition partition;
  partition.name = made.name;
  partition.mark = fmt::format("{}:{:016x}", made.recipe.size(), hash(made.recipe));
  return numbered(std::move(partition), others);
}

bool is_made(const Partition& partition) { return !partition.name.starts_with('/'); }

Result<void> check_made(const Partition& before, const Partition& now) {
  if (before.mark == now.mark) return {};
  return failure(Fault::input,
                 "{}: makes other records than those that were judged before; put its options "
                 "back, or start with an empty data_dir",
                 now.name);
}

int year_of_mark(const std::string& mark) {
  const std::size_t at = mark.find(':', mark.find(':') + 1);
  int year = 0;
  if (at != std::string::npos) {
    (void)std::from_chars(mark.data() + at + 1, mark.data() + mark.size(), year);
  }
  return year;
}

std::string mark_with_year(const std::string& mark, int year) {
  std::string without = mark.substr(0, mark.find(':', mark.find(':') + 1));
  return year == 0 ? without : fmt::format("{}:{}", without, year);
}

Result<void> check_mark(const std::string& name, const std::string& mark) {
  std::string path = name;
  while (path.ends_with(again)) path.resize(path.size() - again.size());
  std::size_t bytes = 0;
  const auto [end, error] = std::from_chars(mark.data(), mark.data() + mark.size(), bytes);
  if (error != std::errc() || *end != ':' || bytes > mark_bytes_max) {
    return failure(Fault::corrupt,
                   "{}: what is stored of it is damaged; restore data_dir from a "
                   "backup or start with an empty one",
                   path);
  }
  const Result<std::string> now = mark_of(path, bytes);
  if (!now) return tl::unexpected(now.error());
  if (*now == mark_with_year(mark, 0)) return {};
  return failure(Fault::input,
                 "{}: is another file than the one that was read before under this name, or was "
                 "overwritten; give it another name, or start with an empty data_dir",
                 path);
}

}  // namespace retimu
