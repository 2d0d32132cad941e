// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/set_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace retimu {

namespace {

constexpr std::size_t step_bytes = 1 << 16;

bool exists(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

bool holds_any(const std::string& folder, Names marks) {
  return std::ranges::any_of(marks, [&](std::string_view mark) {
    if (mark.starts_with('*')) return !list_files(folder, mark.substr(1)).empty();
    return find_file(folder, std::string(mark)).has_value();
  });
}

}  // namespace

bool is_folder(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_directory(path, ignored);
}

bool next_line(std::string_view& left, std::string_view& line) {
  if (left.empty()) return false;
  const std::size_t end = std::min(left.find('\n'), left.size());
  line = left.substr(0, end);
  left.remove_prefix(std::min(end + 1, left.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return true;
}

std::optional<std::size_t> column_of(const std::vector<std::string_view>& header,
                                     std::string_view name) {
  const auto at = std::ranges::find(header, name);
  if (at == header.end()) return std::nullopt;
  return static_cast<std::size_t>(at - header.begin());
}

Result<std::string> read_all(ByteReader& bytes) {
  std::string all;
  for (;;) {
    const std::size_t at = all.size();
    all.resize(at + std::max(step_bytes, at));
    const Result<std::size_t> got = bytes.read(all.data() + at, all.size() - at);
    if (!got) return tl::unexpected(got.error());
    all.resize(at + *got);
    if (*got == 0) return all;
  }
}

Result<std::string> read_unpacked(const std::string& path) {
  const Result<std::unique_ptr<ByteReader>> bytes = open_bytes(path, Holding::open);
  if (!bytes) return tl::unexpected(bytes.error());
  return read_all(**bytes);
}

Result<std::string> find_folder(const std::string& folder, Names below, Names marks) {
  if (!is_folder(folder)) return failure(Fault::input, "{}: there is no such folder", folder);
  if (holds_any(folder, marks)) return folder;
  for (const std::string_view name : below) {
    std::string inner = fmt::format("{}/{}", folder, name);
    if (holds_any(inner, marks)) return inner;
  }
  return failure(Fault::input,
                 "{}: the set is not there: neither it nor a folder {} in it holds {}", folder,
                 fmt::join(below, ", "), fmt::join(marks, " or "));
}

std::optional<std::string> find_file(const std::string& folder, const std::string& name) {
  std::string path = fmt::format("{}/{}", folder, name);
  if (exists(path)) return path;
  path += ".gz";
  if (exists(path)) return path;
  return std::nullopt;
}

Result<std::string> need_file(const std::string& folder, const std::string& name) {
  std::optional<std::string> path = find_file(folder, name);
  if (!path) return failure(Fault::input, "{}/{}: is missing, and so is it with .gz", folder, name);
  return *std::move(path);
}

std::vector<std::string> list_files(const std::string& folder, std::string_view end) {
  std::vector<std::string> names;
  std::error_code error;
  std::filesystem::directory_iterator at(folder, error);
  for (; !error && at != std::filesystem::directory_iterator(); at.increment(error)) {
    std::string name = at->path().filename().string();
    std::error_code ignored;
    if (!at->is_regular_file(ignored)) continue;
    if (name.ends_with(".gz")) name.resize(name.size() - 3);
    if (!name.ends_with(end)) continue;
    name.resize(name.size() - end.size());
    names.push_back(std::move(name));
  }
  std::ranges::sort(names);
  const auto same = std::ranges::unique(names);
  names.erase(same.begin(), same.end());
  return names;
}

}  // namespace retimu
