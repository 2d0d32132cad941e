// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/loghub.hpp"

#include "retimu/connectors/csv_text.hpp"
#include "retimu/evaluation/set_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>

namespace retimu {

namespace {

constexpr std::string_view ending = "_structured.csv";
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

Result<void> read_structured(const std::string& path, LabelledLog& into) {
  const Result<std::string> text = read_unpacked(path);
  if (!text) return tl::unexpected(text.error());
  std::string_view left = *text, line;
  if (left.starts_with(byte_order_mark)) left.remove_prefix(byte_order_mark.size());
  std::vector<std::string_view> fields;
  std::string memory;
  std::optional<std::size_t> content, truth;
  for (std::size_t row = 0; next_line(left, line); ++row) {
    if (!split_csv(line, ',', fields, memory)) {
      return failure(Fault::input, "{}:{}: is no record of CSV", path, row + 1);
    }
    if (row == 0) {
      content = column_of(fields, "Content");
      truth = column_of(fields, "EventId");
      if (!content || !truth) {
        return failure(Fault::input, "{}: has no column Content or none EventId", path);
      }
      continue;
    }
    if (fields.size() <= std::max(*content, *truth)) {
      return failure(Fault::input, "{}:{}: has only {} fields", path, row + 1, fields.size());
    }
    into.content.emplace_back(fields[*content]);
    into.truth.emplace_back(fields[*truth]);
  }
  if (into.content.empty()) return failure(Fault::input, "{}: has no line", path);
  return {};
}

Result<void> read_raw(const std::string& path, LabelledLog& into) {
  const Result<std::string> text = read_unpacked(path);
  if (!text) return tl::unexpected(text.error());
  std::string_view left = *text, line;
  while (into.raw.size() < into.content.size() && next_line(left, line)) {
    into.raw.emplace_back(line);
  }
  if (into.raw.size() < into.content.size()) {
    return failure(Fault::input, "{}: has {} lines, but {} have a template", path, into.raw.size(),
                   into.content.size());
  }
  return {};
}

std::vector<std::string> folders_in(const std::string& folder) {
  std::vector<std::string> folders;
  std::error_code error;
  std::filesystem::directory_iterator at(folder, error);
  for (; !error && at != std::filesystem::directory_iterator(); at.increment(error)) {
    if (is_folder(at->path().string())) folders.push_back(at->path().string());
  }
  std::ranges::sort(folders);
  return folders;
}

}  // namespace

Result<std::vector<LabelledLog>> read_loghub(const std::string& folder) {
  if (!is_folder(folder)) return failure(Fault::input, "{}: there is no such folder", folder);
  std::vector<LabelledLog> logs;
  for (const std::string& top : {folder, folder + "/loghub"}) {
    for (const std::string& inner : folders_in(top)) {
      for (const std::string& name : list_files(inner, ending)) {
        LabelledLog log;
        log.name = std::filesystem::path(inner).filename().string();
        const auto structured = find_file(inner, name + std::string(ending));
        if (Result<void> read = read_structured(*structured, log); !read) {
          return tl::unexpected(read.error());
        }
        if (const auto raw = find_file(inner, name)) {
          if (Result<void> read = read_raw(*raw, log); !read) return tl::unexpected(read.error());
        }
        logs.push_back(std::move(log));
      }
    }
    if (!logs.empty()) return logs;
  }
  return failure(Fault::input, "{}: the set is not there: no folder in it holds *{}", folder,
                 ending);
}

}  // namespace retimu
