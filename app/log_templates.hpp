// SPDX-License-Identifier: Apache-2.0
// The templates of log files: how many lines each has, where, and which line has which.
#ifndef APP_LOG_TEMPLATES_HPP
#define APP_LOG_TEMPLATES_HPP

#include "retimu/core/result.hpp"
#include "retimu/text/scanner.hpp"
#include "retimu/text/template_miner.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace retimu::app {

// Where a line stands.
struct LinePlace {
  std::size_t file = 0;    // index of the path
  std::uint64_t line = 0;  // of the file, from 1
  std::string time;        // as its header has it; empty without one
};

struct LogTemplate {
  TemplateId id = 0;
  std::string text;
  std::uint64_t lines = 0;
  LinePlace first, last;
  std::string example;  // the beginning of the first line
};

class LogTemplates {
 public:
  static constexpr std::size_t templates_max = 1'000'000;

  // `keeps_lines`: remembers the template of each line, 4 bytes each.
  explicit LogTemplates(bool keeps_lines) : keeps_lines_(keeps_lines) {}

  // A line that is not blank. Fault::input: more than templates_max templates; `path` for messages.
  Result<void> add(std::string_view line, std::size_t file, std::uint64_t number,
                   const std::string& path);
  // After the last line.
  void finish();

  std::uint64_t lines() const { return lines_; }
  // Most lines first; valid after finish().
  const std::vector<LogTemplate>& templates() const { return templates_; }
  // CSV as LogHub has it, one row a line, in pieces.
  template <class Append>
  Result<void> write(Append append) const;

 private:
  void follow_merges();
  TemplateId called(TemplateId id) const;
  std::string row_of(std::size_t line) const;

  bool keeps_lines_;
  Scanner scanner_;
  TemplateMiner miner_;
  std::uint64_t lines_ = 0;
  std::vector<LogTemplate> templates_;  // by id as the lines came, until finish()
  std::unordered_map<TemplateId, std::uint32_t> places_;
  std::unordered_map<TemplateId, TemplateId> renamed_;
  std::vector<std::uint32_t> kept_;  // of each line: its template
};

template <class Append>
Result<void> LogTemplates::write(Append append) const {
  constexpr std::size_t piece_bytes = 1 << 16;
  std::string piece = "LineId,EventId,EventTemplate\n";
  for (std::size_t line = 0; line < kept_.size(); ++line) {
    piece += row_of(line);
    if (piece.size() < piece_bytes) continue;
    if (Result<void> done = append(piece); !done) return done;
    piece.clear();
  }
  return append(piece);
}

}  // namespace retimu::app

#endif
