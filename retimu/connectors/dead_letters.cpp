// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/dead_letters.hpp"

#include "retimu/core/alert.hpp"

#include <fmt/format.h>
#include <fstream>
#include <simdjson.h>

namespace retimu {

Result<std::unique_ptr<DeadLetters>> DeadLetters::open(const std::string& path,
                                                       std::uint64_t bytes_max) {
  Result<std::unique_ptr<AppendFile>> file = AppendFile::open(path);
  if (!file) return tl::unexpected(file.error());
  if (Result<void> cut = (*file)->cut_torn_line(); !cut) return tl::unexpected(cut.error());
  std::unique_ptr<DeadLetters> letters(new DeadLetters(std::move(*file), bytes_max));
  if (Result<void> remembered = letters->remember_kept(); !remembered) {
    return tl::unexpected(remembered.error());
  }
  return letters;
}

Result<void> DeadLetters::remember_kept() {
  std::ifstream file(file_->path());
  simdjson::dom::parser parser;
  for (std::string line; std::getline(file, line);) {
    simdjson::dom::element letter;
    std::string_view source;
    std::uint64_t offset = 0;
    if (parser.parse(line).get(letter) != simdjson::SUCCESS ||
        letter["source"].get_string().get(source) != simdjson::SUCCESS ||
        letter["offset"].get_uint64().get(offset) != simdjson::SUCCESS) {
      return failure(Fault::usage,
                     "{}: has lines that are not dead letters of RETIMU; move it away",
                     file_->path());
    }
    std::uint64_t& next = kept_[std::string(source)];
    next = std::max(next, offset + 1);
  }
  return {};
}

Result<void> DeadLetters::add(std::string_view source, const Rejected& rejected) {
  auto at = kept_.find(source);
  if (at == kept_.end()) at = kept_.emplace(std::string(source), 0).first;
  if (rejected.position.offset < at->second) return {};
  std::string line = "{\"source\":";
  append_json_string(line, source);
  line += fmt::format(",\"offset\":{},\"row\":{},\"reason\":", rejected.position.offset,
                      rejected.row);
  append_json_string(line, rejected.reason);
  line += ",\"text\":";
  append_json_string(line, rejected.text);
  line += "}\n";
  if (file_->bytes() + line.size() > bytes_max_) {
    ++left_out_;
    return {};
  }
  if (Result<void> appended = file_->append(line); !appended) return appended;
  at->second = rejected.position.offset + 1;
  return {};
}

}  // namespace retimu
