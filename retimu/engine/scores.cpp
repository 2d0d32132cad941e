// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/scores.hpp"

#include "retimu/engine/sentence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <iterator>

namespace retimu {

namespace {

constexpr std::size_t buffer_bytes_max = 1024 * 1024, buffer_bytes_min = 8 * 1024;
constexpr std::string_view header =
    "source,row,time,entity,score,p_value,anomalous,alert,change,lead,reason\n";

void append_field(std::string& to, std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    to += text;
    return;
  }
  to += '"';
  for (const char c : text) {
    if (c == '"') to += '"';
    to += c;
  }
  to += '"';
}

}  // namespace

ScoreWriter::ScoreWriter(std::string path, std::FILE* file, const Pipeline& pipeline)
    : path_(std::move(path)), file_(file), pipeline_(pipeline) {}

ScoreWriter::~ScoreWriter() {
  if (file_ != nullptr) std::fclose(file_);
  for (const auto& [key, part] : parts_) {
    if (part.has_file) std::remove(part.path.c_str());
  }
}

Result<std::unique_ptr<ScoreWriter>> ScoreWriter::open(const std::string& path,
                                                       const Source& source,
                                                       const Pipeline& pipeline) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) {
    return failure(Fault::system, "{}: cannot be written: {}", path, system_message(errno));
  }
  std::unique_ptr<ScoreWriter> writer(new ScoreWriter(path, file, pipeline));
  for (const Position& position : source.positions()) {
    Part& part = writer->parts_[position.partition];
    part.name = source.describe(position);
    if (!writer->order_.empty()) part.path = fmt::format("{}.part{}", path, writer->order_.size());
    writer->order_.push_back(position.partition);
  }
  if (Result<void> written = writer->write(header); !written) {
    return tl::unexpected(written.error());
  }
  return writer;
}

ScoreWriter::Part& ScoreWriter::part(const Position& position) {
  const auto at = parts_.find(position.partition);
  RETIMU_ASSERT(at != parts_.end());
  return at->second;
}

Result<void> ScoreWriter::record(const Round& round, std::span<const Alert> told) {
  const Batch& batch = round.shared->batch;
  auto rejected = std::ranges::find_if(
      batch.rejected, [&](const Rejected& one) { return one.before >= round.first; });
  std::size_t next_told = 0;
  for (std::size_t i = round.first; i < round.last; ++i) {
    for (; rejected != batch.rejected.end() && rejected->before <= i; ++rejected) {
      write_rejected(*rejected);
    }
    const std::uint64_t sequence = batch.events[i].sequence;
    while (next_told < told.size() && told[next_told].sequence < sequence) ++next_told;
    if (std::holds_alternative<Tick>(batch.events[i].payload)) continue;
    write_event(part(batch.events[i].position), round, i, told.subspan(next_told));
  }
  if (round.last == batch.events.size()) {
    for (; rejected != batch.rejected.end(); ++rejected) write_rejected(*rejected);
  }
  const std::size_t bytes_max = std::max(buffer_bytes_min, buffer_bytes_max / parts_.size());
  for (auto& [key, one] : parts_) {
    if (one.lines.size() < bytes_max) continue;
    if (Result<void> flushed = flush(one); !flushed) return flushed;
  }
  return {};
}

void ScoreWriter::write_rejected(const Rejected& rejected) {
  Part& to = part(rejected.position);
  append_field(to.lines, to.name);
  fmt::format_to(std::back_inserter(to.lines), ",{},", rejected.row);
  append_field(to.lines, rejected.time_text);
  to.lines += ",,0,,0,0,0,,";
  append_field(to.lines, rejected.reason);
  to.lines += '\n';
  ++lines_;
}

void ScoreWriter::write_event(Part& to, const Round& round, std::size_t index,
                              std::span<const Alert> told) {
  const Event& event = round.shared->batch.events[index];
  const Origin& origin = round.shared->batch.origins[index];
  const Verdict& verdict = round.verdicts[index - round.first];
  bool is_raised = false;
  std::string reason;
  if (event.training) {
    reason = "training";
  } else if (verdict.is_duplicate) {
    reason = "duplicate";
  } else if (!verdict.has_p) {
    reason = verdict.phase == Phase::warming ? "warming up" : "nothing to judge";
  }
  for (const Alert& alert : told) {
    if (alert.sequence != event.sequence) break;
    if (alert.incident != nullptr || alert.change == Change::summary) continue;
    if (alert.entity != event.entity.text) continue;
    is_raised = is_raised || alert.change == Change::raised;
    reason = pipeline_.has_row_times ? make_sentence(alert, TimeTold::row) : alert.sentence;
  }

  append_field(to.lines, to.name);
  fmt::format_to(std::back_inserter(to.lines), ",{},", origin.row);
  if (origin.time_text.empty()) {
    fmt::format_to(std::back_inserter(to.lines), "{}", origin.row);
  } else {
    append_field(to.lines, origin.time_text);
  }
  to.lines += ',';
  append_field(to.lines, event.entity.text);
  if (verdict.has_p) {
    fmt::format_to(std::back_inserter(to.lines), ",{:.17g},{}", score_of(verdict.strength),
                   format_p_value(verdict.log10_p, 9));
  } else {
    to.lines += ",0,";
  }
  fmt::format_to(std::back_inserter(to.lines), ",{:d},{:d},{:d},", verdict.is_anomalous, is_raised,
                 verdict.is_change_point);
  if (verdict.has_p) to.lines += pipeline_.detectors[verdict.lead].name;
  to.lines += ',';
  append_field(to.lines, reason);
  to.lines += '\n';
  ++lines_;
}

Result<void> ScoreWriter::write(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), file_) == text.size()) return {};
  return failure(Fault::system, "{}: cannot be written: {}", path_, system_message(errno));
}

Result<void> ScoreWriter::append(const std::string& path, std::string_view text) {
  std::FILE* file = std::fopen(path.c_str(), "ab");
  const bool is_written =
      file != nullptr && std::fwrite(text.data(), 1, text.size(), file) == text.size();
  const int error = errno;
  if ((file != nullptr && std::fclose(file) != 0) || !is_written) {
    return failure(Fault::system, "{}: cannot be written: {}", path, system_message(error));
  }
  return {};
}

Result<void> ScoreWriter::flush(Part& part) {
  Result<void> done;
  if (part.path.empty()) {
    done = write(part.lines);
  } else {
    if (!part.has_file) std::remove(part.path.c_str());
    part.has_file = true;
    done = append(part.path, part.lines);
  }
  part.lines.clear();
  return done;
}

Result<void> ScoreWriter::finish() {
  std::string chunk(buffer_bytes_max, '\0');
  for (const std::uint32_t key : order_) {
    Part& part = parts_[key];
    if (part.has_file) {
      if (Result<void> flushed = flush(part); !flushed) return flushed;
      std::FILE* from = std::fopen(part.path.c_str(), "rb");
      if (from == nullptr) {
        return failure(Fault::system, "{}: cannot be read again: {}", part.path,
                       system_message(errno));
      }
      Result<void> copied;
      for (std::size_t got = 1; got > 0 && copied;) {
        got = std::fread(chunk.data(), 1, chunk.size(), from);
        copied = write(std::string_view(chunk).substr(0, got));
      }
      std::fclose(from);
      if (!copied) return copied;
    } else if (Result<void> written = write(part.lines); !written) {
      return written;
    }
    part.lines.clear();
  }
  const int closed = std::fclose(file_);
  file_ = nullptr;
  if (closed != 0) {
    return failure(Fault::system, "{}: cannot be written: {}", path_, system_message(errno));
  }
  return {};
}

}  // namespace retimu
