// SPDX-License-Identifier: Apache-2.0
#include "app/log_templates.hpp"

#include "retimu/text/log_header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

namespace retimu::app {

namespace {

std::string csv_text(std::string_view text) {
  std::string field = "\"";
  for (const char c : text) {
    if (c == '"') field += '"';
    field += c;
  }
  return field + '"';
}

}  // namespace

Result<void> LogTemplates::add(std::string_view line, std::size_t file, std::uint64_t number,
                               const std::string& path) {
  const LogHeader header = read_log_header(line);
  const TemplateId id = miner_.add(scanner_.scan(header.content));
  follow_merges();
  ++lines_;
  const auto [at, is_new] = places_.emplace(id, static_cast<std::uint32_t>(templates_.size()));
  if (is_new) {
    if (templates_.size() >= templates_max) {
      return failure(Fault::input,
                     "{}:{}: more than {} templates: this does not look like a log, whose lines "
                     "repeat themselves",
                     path, number, templates_max);
    }
    LogTemplate one;
    one.id = id;
    one.first = {file, number, std::string(header.time)};
    one.example = line.substr(0, sample_bytes_max);
    templates_.push_back(std::move(one));
  }
  LogTemplate& one = templates_[at->second];
  ++one.lines;
  one.last.file = file;
  one.last.line = number;
  one.last.time.assign(header.time);
  if (keeps_lines_) kept_.push_back(at->second);
  return {};
}

void LogTemplates::follow_merges() {
  for (const TemplateMerge& merge : miner_.merges()) {
    renamed_.erase(merge.to);  // it may have been forgotten and learned anew
    renamed_[merge.from] = merge.to;
  }
  miner_.clear_merges();
}

TemplateId LogTemplates::called(TemplateId id) const {
  for (auto at = renamed_.find(id); at != renamed_.end(); at = renamed_.find(id)) id = at->second;
  return id;
}

void LogTemplates::finish() {
  std::vector<LogTemplate> merged;
  std::unordered_map<TemplateId, std::uint32_t> at;
  std::vector<std::uint32_t> moved(templates_.size());
  for (std::size_t i = 0; i < templates_.size(); ++i) {
    LogTemplate& one = templates_[i];
    const TemplateId id = called(one.id);
    const auto [place, is_new] = at.emplace(id, static_cast<std::uint32_t>(merged.size()));
    moved[i] = place->second;
    if (is_new) {
      one.id = id;
      one.text = miner_.text(id);
      if (one.text.empty()) {  // forgotten: as its first line was
        const Signature signature = scanner_.scan(read_log_header(one.example).content);
        one.text = render(signature.items, signature.line);
      }
      merged.push_back(std::move(one));
      continue;
    }
    LogTemplate& into = merged[place->second];  // whose first line came before
    into.lines += one.lines;
    if (std::tie(one.last.file, one.last.line) > std::tie(into.last.file, into.last.line)) {
      into.last = std::move(one.last);
    }
  }
  std::vector<std::uint32_t> order(merged.size()), rank(merged.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, std::ranges::greater(),
                           [&](std::uint32_t i) { return merged[i].lines; });
  templates_.clear();
  for (std::uint32_t i = 0; i < order.size(); ++i) {
    rank[order[i]] = i;
    templates_.push_back(std::move(merged[order[i]]));
  }
  for (std::uint32_t& line : kept_) line = rank[moved[line]];
}

std::string LogTemplates::row_of(std::size_t line) const {
  const LogTemplate& of = templates_[kept_[line]];
  return fmt::format("{},{:016x},{}\n", line + 1, of.id, csv_text(of.text));
}

}  // namespace retimu::app
