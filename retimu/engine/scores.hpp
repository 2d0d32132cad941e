// SPDX-License-Identifier: Apache-2.0
// scores.csv of `retimu detect`: one line an input record, in input order, malformed ones too.
//   source,row,time,entity,score,p_value,anomalous,alert,change,lead,reason
// score = s / (s + 4), 17 digits, with s = -log10 p, or the evidence of a detector that ranks by
// its own; during warm-up 0, and p_value empty. anomalous: an episode is open, or the evidence has
// been high for a while (decision/disturbance.hpp); alert: one was raised. change: a change point;
// docs/formats.md has the rest.
#ifndef RETIMU_ENGINE_SCORES_HPP
#define RETIMU_ENGINE_SCORES_HPP

#include "retimu/core/source.hpp"
#include "retimu/engine/engine.hpp"

#include <cstdio>
#include <map>
#include <memory>
#include <string>

namespace retimu {

// Of a strength in decades, 0 to 1.
inline double score_of(double strength) { return strength / (strength + 4); }

class ScoreWriter final : public Recorder {
 public:
  // Replaces the file. Files of the source are written one after another, in the order of its
  // positions.
  static Result<std::unique_ptr<ScoreWriter>> open(const std::string& path, const Source& source,
                                                   const Pipeline& pipeline);
  ~ScoreWriter() override;
  ScoreWriter(const ScoreWriter&) = delete;
  ScoreWriter& operator=(const ScoreWriter&) = delete;

  Result<void> record(const Round& round, std::span<const Alert> told) override;
  Result<void> finish();
  std::uint64_t lines() const { return lines_; }

 private:
  // The lines of one file of the source; beyond the first they wait in a file of their own.
  struct Part {
    std::string name;  // of the source's file
    std::string path;  // where its lines wait; empty: the output itself
    std::string lines;
    bool has_file = false;
  };

  ScoreWriter(std::string path, std::FILE* file, const Pipeline& pipeline);
  Part& part(const Position& position);
  void write_event(Part& part, const Round& round, std::size_t index, std::span<const Alert> told);
  void write_rejected(const Rejected& rejected);
  Result<void> flush(Part& part);
  Result<void> append(const std::string& path, std::string_view text);
  Result<void> write(std::string_view text);

  std::string path_;
  std::FILE* file_;
  const Pipeline& pipeline_;
  std::map<std::uint32_t, Part> parts_;  // by partition
  std::vector<std::uint32_t> order_;
  std::uint64_t lines_ = 0;
};

}  // namespace retimu

#endif
