// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/rotated_files.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>

namespace retimu {

namespace {

constexpr std::size_t number_digits_max = 6;
constexpr std::size_t date_digits_min = 8;  // 20260131, 2026-01-31, seconds since 1970

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_packed_name(std::string_view name) {
  return name.ends_with(".gz") || name.ends_with(".zst");
}

bool is_date(std::string_view text) {
  const auto digits = static_cast<std::size_t>(std::ranges::count_if(text, is_digit));
  return digits >= date_digits_min && is_digit(text.front()) &&
         std::ranges::all_of(text, [](char c) {
           return is_digit(c) || c == '-' || c == '_' || c == ':' || c == 'T' || c == '.';
         });
}

}  // namespace

bool RotatedFile::is_packed() const { return is_packed_name(path); }

std::string rotation_key(std::string_view name, std::string_view of) {
  if (!name.starts_with(of)) return {};
  name.remove_prefix(of.size());
  if (is_packed_name(name)) name = name.substr(0, name.rfind('.'));
  if (name.size() < 2 || (name[0] != '.' && name[0] != '-')) return {};
  const bool is_dotted = name[0] == '.';
  name.remove_prefix(1);
  if (is_dotted && name.size() <= number_digits_max && std::ranges::all_of(name, is_digit)) {
    std::uint32_t number = 0;
    (void)std::from_chars(name.data(), name.data() + name.size(), number);
    return fmt::format("1 {:06}", 999'999 - number);
  }
  return is_date(name) ? fmt::format("2 {}", name) : std::string();
}

std::vector<RotatedFile> find_rotated(const std::string& path) {
  const std::filesystem::path whole(path);
  const std::string name = whole.filename().string();
  const std::filesystem::path folder = whole.parent_path();
  std::map<std::string, RotatedFile> found;
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder.empty() ? "." : folder, error), end;
       !error && at != end; at.increment(error)) {
    const std::string key = rotation_key(at->path().filename().string(), name);
    struct stat status {};
    if (key.empty() || ::stat(at->path().c_str(), &status) != 0 || !S_ISREG(status.st_mode)) {
      continue;
    }
    const FileIdentity identity{static_cast<std::uint64_t>(status.st_dev),
                                static_cast<std::uint64_t>(status.st_ino)};
    const Time written = status.st_mtim.tv_sec * second + status.st_mtim.tv_nsec;
    const RotatedFile file{at->path().string(), identity, written};
    const auto [known, is_new] = found.try_emplace(key, file);
    if (!is_new && known->second.is_packed()) known->second = file;
    if (found.size() > rotated_files_max) found.erase(found.begin());
  }
  std::vector<RotatedFile> list;
  list.reserve(found.size());
  for (auto& [key, file] : found) list.push_back(std::move(file));
  return list;
}

std::vector<RotatedFile> rotated_after(const std::vector<RotatedFile>& list, std::size_t index) {
  std::vector<RotatedFile> newer;
  for (std::size_t i = index + 1; i < list.size(); ++i) {
    const bool is_told = !list[i].is_packed() && !list[index].is_packed();
    if (!is_told || list[i].written >= list[index].written) newer.push_back(list[i]);
  }
  return newer;
}

}  // namespace retimu
